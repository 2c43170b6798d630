"""An operation's body as members of its call: JSON as it is, a form's files as references."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.actions.answers import is_text
from codegen.actions.entries import Report
from codegen.actions.flat import Flat, Flattener
from codegen.actions.names import member_name
from codegen.actions.parameters import NO_STREAM, ONCE, STREAM, Members
from codegen.actions.schemas import Projected, SchemaProjector
from codegen.actions.texts import PARAMETER, clamp, joined
from gateway.actions.adapter import FILE_REFERENCES
from gateway.contract.model import BodyType, Operation
from gateway.local.inner_body import DEFAULTS, PREFERENCE
from gateway.projection import FileMember, Member, Rewrite

OF_STREAMS = ("stream_options",)  # members that count only where `stream` is true
EVENTS = "sse"


@dataclass(frozen=True, slots=True)
class Body:
    """How a call's body goes out. `files` are the form's fields that take files."""

    media_type: str = ""
    files: tuple[FileMember, ...] = ()


class BodyProjector:
    """Projects the body of one operation."""

    def __init__(self, document: Mapping[str, Any], report: Report) -> None:
        self.report = report
        self.flattener = Flattener(document)
        self.schemas = SchemaProjector(self.flattener, report)

    def add(self, operation: Operation, body_type: BodyType, members: Members) -> Body:
        """Add the members of a body of one media type."""
        others = [t.media_type for t in operation.body.types] if operation.body else []
        others.remove(body_type.media_type)
        if others:
            what = f"only {body_type.media_type}, not {', '.join(others)}"
            self.report.add("body", what, "A call has one form of body.")
        if body_type.kind == "raw" and not is_text(body_type.media_type):
            return self._file(operation, body_type, members)
        if body_type.kind == "raw":
            return self._raw(operation, body_type, members)
        schema = body_type.schema if body_type.schema is not None else {}
        flat = self.flattener.flat(schema)
        if not flat.branches or {branch.kind for branch in flat.branches} != {"object"}:
            return self._whole(operation, body_type, flat, members)
        if not any(branch.properties for branch in flat.branches):
            return self._whole(operation, body_type, flat, members)
        files = file_fields(self.flattener, body_type)
        streaming = self._streaming(flat, members)
        found = self.schemas.members(flat, "body", skip={*files, *streaming})
        self._add_members(found, members)
        if files:
            self._add_references(files, members)
        return Body(body_type.media_type, tuple(files.values()))

    def _add_members(self, found: Projected, members: Members) -> None:
        required = found.schema.get("required", ())
        renamed = {r.path[0]: r.value for r in found.rewrites if _is_top_rename(r)}
        for key, schema in found.schema["properties"].items():
            target = str(renamed.get(key, key))
            name = member_name(target, "body", members.names | {FILE_REFERENCES})
            if name != target and key == target:
                self.report.add(f"body/{target}", f"renamed {name}", ONCE)
            self._append(members, name, target, schema, required=key in required)
            members.rewrites += [
                Rewrite((name, *r.path[1:]), r.kind, r.value)
                for r in found.rewrites
                if r.path[0] == key and not _is_top_rename(r)
            ]

    def _streaming(self, flat: Flat, members: Members) -> list[str]:
        """Return the members that are for streams alone; `stream` itself is set to false."""
        schemas = [b.properties[STREAM] for b in flat.branches if STREAM in b.properties]
        kinds = {b.kind for each in schemas for b in self.flattener.flat(each).branches}
        if kinds != {"boolean"}:
            return []
        self.report.add(f"body/{STREAM}", "left out", NO_STREAM)
        members.rewrites.append(Rewrite((STREAM,), "fixed", False))
        others = [n for n in OF_STREAMS if any(n in branch.properties for branch in flat.branches)]
        for name in others:
            self.report.add(f"body/{name}", "left out", "There is no streaming.")
        return [STREAM, *others]

    def _append(
        self, members: Members, name: str, target: str, schema: Mapping[str, Any], *, required: bool
    ) -> None:
        bare = {key: value for key, value in schema.items() if key != "description"}
        values = bare.get("enum", [])
        if name.startswith(STREAM) and EVENTS in values and len(values) > 1:
            bare["enum"] = [value for value in values if value != EVENTS]
            self.report.add(f"body/{target}", f"{EVENTS} left out", "There is no streaming.")
        description = str(schema.get("description", ""))
        members.found.append(Member(name, "body", target, required, bare, description))

    def _whole(
        self, operation: Operation, body_type: BodyType, flat: Flat, members: Members
    ) -> Body:
        """Add a body that is no object with members as one member, whose target is ""."""
        found = self.schemas.project_flat(flat, "body")
        name = member_name("body", "whole", members.names)
        what = f"became the member {name}"
        self.report.add("body", what, "A request's body must be one object with members.")
        required = operation.body is not None and operation.body.required
        self._append(members, name, "", found.schema, required=required)
        members.rewrites += found.below(name)
        return Body(body_type.media_type)

    def _raw(self, operation: Operation, body_type: BodyType, members: Members) -> Body:
        media_type = DEFAULTS.get(body_type.media_type, body_type.media_type)
        name = member_name("body", "whole", members.names)
        self.report.add("body", f"{media_type} became the member {name}", "Bodies are JSON.")
        schema = {"type": "string", "description": f"The body, as {media_type}."}
        required = operation.body is not None and operation.body.required
        self._append(members, name, "", schema, required=required)
        return Body(media_type)

    def _file(self, operation: Operation, body_type: BodyType, members: Members) -> Body:
        """Add a body that is one file; its target is ""."""
        required = operation.body is not None and operation.body.required
        files = {"": FileMember("", many=False, required=required)}
        self._add_references(files, members)
        return Body(body_type.media_type, tuple(files.values()))

    def _add_references(self, files: Mapping[str, FileMember], members: Members) -> None:
        """Add the member that names the files, and one for each field beyond the first."""
        first, *others = files.values()
        for each in others:
            name = member_name(each.target, "body", members.names | {FILE_REFERENCES})
            text = f"Name of the file among {FILE_REFERENCES} that is the {each.target}."
            named: dict[str, Any] = {"type": "string"}
            if each.many:
                named = {"type": "array", "items": named}
                text = f"Names of the files among {FILE_REFERENCES} that are the {each.target}."
            members.found.append(Member(name, "body", each.target, each.required, named, text))
        for each in files.values():
            what = f"files are given as {FILE_REFERENCES}"
            self.report.add(
                f"body/{each.target}".rstrip("/"), what, "A body is JSON and holds no files."
            )
        count = "Files" if first.many else "The file"
        text = joined(
            f"{count} for {first.target or 'the body'}", *(f"{o.target}: see there" for o in others)
        )
        schema = {"type": "array", "items": {"type": "string"}}
        required = any(each.required for each in files.values())
        members.found.append(
            Member(
                FILE_REFERENCES, "body", FILE_REFERENCES, required, schema, clamp(text, PARAMETER)
            )
        )


def choose_body(operation: Operation, flattener: Flattener, *, files: bool) -> BodyType | None:
    """Return the body that a call has: JSON, a form, a text; with `files`, one that takes them.

    None where the operation takes no body, or none that a call can have.
    """
    types = operation.body.types if operation.body else ()
    if files:
        for body_type in types:
            if takes_files(body_type) and (
                body_type.kind == "raw" or file_fields(flattener, body_type)
            ):
                return body_type
    for kind in PREFERENCE:
        for body_type in types:
            is_range = body_type.media_type.endswith("/*")
            fits = not is_range or body_type.media_type in DEFAULTS
            if body_type.kind == kind and fits and not takes_files(body_type):
                return body_type
    return next((each for each in types if files and takes_files(each)), None)


def file_fields(flattener: Flattener, body_type: BodyType) -> dict[str, FileMember]:
    """Return a form's fields that take files: a required one first, then one that takes several."""
    found: dict[str, FileMember] = {}
    fields = body_type.properties.items() if body_type.kind == "multipart" else ()
    for name, schema in fields:
        required = name in body_type.required
        for branch in flattener.flat(schema).branches:
            if _is_file(branch.said):
                found.setdefault(name, FileMember(name, many=False, required=required))
            elif branch.kind == "array":
                items = flattener.flat(branch.said.get("items", True)).branches
                if any(_is_file(item.said) for item in items):
                    found[name] = FileMember(name, many=True, required=required)
    order = sorted(found.values(), key=lambda each: (not each.required, not each.many))
    return {each.target: each for each in order}


def takes_files(body_type: BodyType) -> bool:
    """Tell whether a body is a form with files, or bytes that are no text."""
    raw = body_type.kind == "raw" and not is_text(body_type.media_type)
    return raw or body_type.kind == "multipart"


def _is_file(said: Mapping[str, Any]) -> bool:
    """Tell whether a form's property is a file (OpenAPI 3.0.3, 4.7.14.2; 3.1.0, 4.8.14.2)."""
    if said.get("format") == "binary":
        return True
    media_type = str(said.get("contentMediaType", ""))
    return bool(media_type) and "contentEncoding" not in said and "json" not in media_type


def _is_top_rename(rewrite: Rewrite) -> bool:
    return rewrite.kind == "rename" and len(rewrite.path) == 1

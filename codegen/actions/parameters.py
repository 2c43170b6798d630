"""An operation's parameters as members of its call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codegen.actions.entries import Report
from codegen.actions.flat import SCALARS, Flat, Flattener
from codegen.actions.hints import hint, listed
from codegen.actions.names import member_name
from codegen.actions.schemas import Projected, SchemaProjector
from codegen.actions.texts import PARAMETER, clamp, joined
from gateway.contract.model import Operation, Parameter
from gateway.contract.pointer import resolve
from gateway.contract.segments import TEMPLATE
from gateway.local.inner_parameters import NEVER_GIVEN
from gateway.projection import Member, Rewrite

STREAM = "stream"
NO_STREAM = "There is no streaming; false is sent."
CHARACTERS = "Names are up to 64 letters, digits, _ and -."
ONCE = "A name is used once over path, query and body."


@dataclass(slots=True)
class Members:
    """The members of one call while they are collected."""

    found: list[Member] = field(default_factory=list)
    rewrites: list[Rewrite] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The names that are taken."""
        return {member.name for member in self.found}


class ParameterProjector:
    """Projects the parameters of one operation."""

    def __init__(self, document: Mapping[str, Any], report: Report) -> None:
        self.document = document
        self.report = report
        self.flattener = Flattener(document)
        self.schemas = SchemaProjector(self.flattener, report)

    def add_all(self, operation: Operation, members: Members) -> None:
        """Add the parameters: those of the path first, which keep their names."""
        for place in ("path", "query", "header", "cookie"):
            for parameter in operation.parameters:
                if parameter.place == place:
                    self._add(parameter, members)
            if place == "path":
                self._add_undeclared(operation, members)

    def _add_undeclared(self, operation: Operation, members: Members) -> None:
        """Add the names of the path that nothing declares; they take any text."""
        declared = {member.target for member in members.found}
        for name in dict.fromkeys(TEMPLATE.findall(operation.path)):
            if name not in declared:
                fit = member_name(name, "path", members.names)
                self.report.add(f"path/{name}", "declared as a text", "The document leaves it out.")
                members.found.append(Member(fit, "path", name, True, {"type": "string"}))

    def _add(self, parameter: Parameter, members: Members) -> None:
        place = f"{parameter.place}/{parameter.name}"
        if parameter.place == "cookie":
            self.report.add(place, "left out", "Cookies are not sent.")
            return
        if parameter.place == "header":
            if parameter.name.lower().encode() in NEVER_GIVEN:
                self.report.add(place, "left out", "The gateway sets it, or nobody does.")
                return
            self.report.add(place, "became a query parameter", "Header parameters are ignored.")
        if place == f"query/{STREAM}" and parameter.types <= {"boolean", "null"}:
            self.report.add(place, "left out", NO_STREAM)
            members.rewrites.append(Rewrite(("query", STREAM), "fixed", False))
            return
        name = self._name(parameter, place, members)
        found = self._projected(parameter, place)
        members.rewrites += found.below(name)
        schema = {key: value for key, value in found.schema.items() if key != "description"}
        members.found.append(
            Member(
                name=name,
                place=parameter.place,
                target=parameter.name,
                required=parameter.required,
                schema=schema,
                description=clamp(found.schema.get("description", ""), PARAMETER),
            )
        )

    def _name(self, parameter: Parameter, place: str, members: Members) -> str:
        wanted = parameter.name
        # `name[]` is how some APIs spell a list; the consumer sees the name alone.
        stem = wanted.removesuffix("[]") or wanted
        name = member_name(stem, parameter.place, members.names)
        if name != wanted:
            reason = ONCE if stem in members.names else CHARACTERS
            self.report.add(place, f"renamed {name}", reason)
        return name

    def _projected(self, parameter: Parameter, place: str) -> Projected:
        """Return a parameter's schema as one plain scalar: a URL holds text alone."""
        flat = self.flattener.flat(parameter.schema)
        said = self._said(parameter)
        if said:
            flat = Flat(flat.branches, flat.nullable, said, flat.default, flat.unsaid)
        kinds = {branch.kind for branch in flat.branches}
        if parameter.media_type is None and kinds and kinds <= {*SCALARS, "array"}:
            if "array" in kinds:
                return self._list(flat, place)
            if len(kinds) > 1:
                return Projected({"type": "string", "description": joined(flat.description)})
        found = self.schemas.project_flat(flat, place)
        if found.schema["type"] in SCALARS:
            return found
        self.report.add(place, "became a string that holds JSON", "A parameter is one text.")
        text = hint(self.flattener, flat)
        description = joined(clamp(flat.description, PARAMETER - len(text) - 2), text)
        return Projected({"type": "string", "description": description}, _json())

    def _list(self, flat: Flat, place: str) -> Projected:
        arrays = [branch for branch in flat.branches if branch.kind == "array"]
        items = self.flattener.flat({"anyOf": [b.said.get("items", True) for b in arrays]})
        kinds = {branch.kind for branch in items.branches}
        if not kinds or not kinds <= set(SCALARS):
            self.report.add(place, "became a string that holds JSON", "A parameter is one text.")
            text = joined(flat.description, hint(self.flattener, flat))
            return Projected({"type": "string", "description": clamp(text, PARAMETER)}, _json())
        reason = "Arrays in queries are serialised wrongly."
        self.report.add(place, "became a comma-separated string", reason)
        values = [str(value) for branch in items.branches for value in branch.enum or ()]
        text = f"Comma-separated; of {listed(values, 'and')}." if values else "Comma-separated."
        description = joined(clamp(flat.description, PARAMETER - len(text) - 2), text)
        made: dict[str, Any] = {"type": "string", "description": description}
        return Projected(made, (Rewrite((), "csv"),))

    def _said(self, parameter: Parameter) -> str:
        """Return the parameter's own description, which goes before its schema's."""
        place = parameter.pointer.rpartition("/")[0]
        while place and not place.rpartition("/")[2].isdigit() and "/parameters/" in place:
            try:
                node = resolve(self.document, place)
            except LookupError:
                return ""
            if isinstance(node, Mapping) and node.get("name") == parameter.name:
                return str(node.get("description") or "")
            place = place.rpartition("/")[0]
        node = resolve(self.document, place) if place else {}
        return str(node.get("description") or "") if isinstance(node, Mapping) else ""


def _json() -> tuple[Rewrite, ...]:
    return (Rewrite((), "json", None),)

"""A request's schema as Actions take it: plain types, and strings for what has no plain type."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.actions import scalars
from codegen.actions.entries import Report
from codegen.actions.flat import SCALARS, Branch, Flat, Flattener
from codegen.actions.hints import discriminator, fixed_values, hint, listed
from codegen.actions.texts import PARAMETER, clamp, is_cut, joined
from gateway.contract.model import Schema
from gateway.projection import Rewrite

MAX_DEPTH = 5  # objects within each other
MAX_ALTERNATIVES = 8  # objects that are merged into one; more become a string
MAX_MEMBERS = 24  # of such a merged object
MAX_NESTED = 150  # members within one member of the root, in all; what comes later is a string
NAME = re.compile(r"[A-Za-z0-9_.$-]{1,64}")
UNFIT = re.compile(r"[^A-Za-z0-9_.$-]+")
NOT_TEXT = ("array", "boolean", "integer", "null", "number", "object")
RECURSION = "Recursive schemas block the import."
UNIONS = "A union of different types has no plain type, and documents with such ones failed."
MAPS = "Members that are not declared are stripped before the call."
TYPELESS = "A schema without a type has no plain type."
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Projected:
    """A plain schema and the rewrites that lead back; their paths begin at the value itself."""

    schema: dict[str, Any]
    rewrites: tuple[Rewrite, ...] = ()

    def below(self, *names: str) -> tuple[Rewrite, ...]:
        """Return the rewrites as the value's holder sees them."""
        return tuple(Rewrite((*names, *r.path), r.kind, r.value) for r in self.rewrites)


class SchemaProjector:
    """Projects the schemas of one operation; what it changes goes to the report."""

    def __init__(self, flattener: Flattener, report: Report) -> None:
        self.flattener = flattener
        self.report = report
        self._room = MAX_NESTED

    def project(
        self, schema: Schema, place: str, refs: frozenset[str] = frozenset(), depth: int = 0
    ) -> Projected:
        """Return a plain form of a schema that stands at `place`, `depth` objects deep."""
        return self.project_flat(self.flattener.flat(schema, refs), place, depth)

    def project_flat(self, flat: Flat, place: str, depth: int = 0) -> Projected:
        """Return a plain form of a schema that is opened already."""
        self._tell_small_losses(flat, place)
        kinds = {branch.kind for branch in flat.branches}
        if any(branch.recursive for branch in flat.branches):
            return self._text(flat, place, RECURSION)
        if not kinds or "" in kinds:
            return self._text(flat, place, TYPELESS)
        if kinds <= set(SCALARS):
            return self._scalar(flat, place)
        if kinds == {"object"}:
            return self._object(flat, place, depth)
        if kinds == {"array"}:
            return self._array(flat, place, depth)
        return self._text(flat, place, UNIONS)

    def members(
        self, flat: Flat, place: str, depth: int = 0, skip: Collection[str] = ()
    ) -> Projected:
        """Return alternatives that are all objects as one object, without the members `skip`."""
        by = discriminator(flat.branches)
        if len(flat.branches) > 1:
            told = f"told apart by {by}" if by else "with the members of all"
            what = f"{len(flat.branches)} alternatives became one object, {told}"
            self.report.add(place, what, "Only one plain object is taken, no oneOf or anyOf.")
        required = frozenset.intersection(*(branch.required for branch in flat.branches))
        properties: dict[str, Any] = {}
        rewrites: list[Rewrite] = []
        for name, schema in self._declared(flat, required).items():
            if depth == 0:
                self._room = MAX_NESTED
            if name in skip:
                continue
            if self._is_read_only(schema):
                self.report.add(f"{place}/{name}", "left out", "It is read-only.")
                continue
            fit = self._fit_name(name, properties, f"{place}/{name}")
            refs = frozenset().union(*(b.refs for b in flat.branches if name in b.properties))
            found = self.project(schema, f"{place}/{name}", refs, depth + 1)
            properties[fit] = _noted(found.schema, _condition(flat.branches, by, name))
            rewrites += found.below(fit)
            if fit != name:
                rewrites.append(Rewrite((fit,), "rename", name))
        made: dict[str, Any] = {"type": "object", "properties": properties}
        names = {each.path[0]: each.value for each in rewrites if _renames_here(each)}
        needed = [name for name in properties if names.get(name, name) in required]
        if needed:
            made["required"] = needed
        return Projected(_described(made, flat.description), tuple(rewrites))

    def _declared(self, flat: Flat, required: frozenset[str]) -> dict[str, Schema]:
        """Return each member's schema: of several alternatives, what fits any of them."""
        found: dict[str, list[Schema]] = {}
        for branch in flat.branches:
            for name, schema in branch.properties.items():
                known = found.setdefault(name, [])
                if schema not in known:
                    known.append(schema)
        for name in sorted(required - found.keys()):
            found[name] = [True]
        return {
            name: schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
            for name, schemas in found.items()
        }

    def _is_read_only(self, schema: Schema) -> bool:
        flat = self.flattener.flat(schema)
        return bool(flat.branches) and all(b.said.get("readOnly") is True for b in flat.branches)

    def _fit_name(self, name: str, taken: Mapping[str, Any], place: str) -> str:
        if NAME.fullmatch(name) and name not in taken:
            return name
        stem = UNFIT.sub("_", name).strip("_")[:60] or "member"
        fit, number = stem, 2
        while fit in taken:
            fit, number = f"{stem}_{number}", number + 1
        self.report.add(place, f"renamed {fit}", "Names are up to 64 letters, digits, _, . and -.")
        return fit

    def _object(self, flat: Flat, place: str, depth: int) -> Projected:
        closed = all(branch.said.get("additionalProperties") is False for branch in flat.branches)
        names = {name for branch in flat.branches for name in branch.properties}
        if not names and not closed:
            return self._text(flat, place, MAPS)
        if depth > MAX_DEPTH:
            return self._text(flat, place, f"It stands more than {MAX_DEPTH} objects deep.")
        if len(names) > self._room:
            return self._text(flat, place, f"More than {MAX_NESTED} members would stand here.")
        if len(flat.branches) > MAX_ALTERNATIVES or (
            len(flat.branches) > 1 and len(names) > MAX_MEMBERS
        ):
            return self._text(flat, place, "Its alternatives are too many for one plain object.")
        if any(
            branch.said.get("additionalProperties") not in (None, False) and branch.properties
            for branch in flat.branches
        ):
            self.report.add(place, "takes declared members only", MAPS)
        self._room -= len(names)
        return self.members(flat, place, depth)

    def _array(self, flat: Flat, place: str, depth: int) -> Projected:
        items: list[Schema] = []
        for branch in flat.branches:
            item = branch.said.get("items", True)
            tuples = branch.said.get("prefixItems")
            for each in [*(tuples if isinstance(tuples, list) else ()), item]:
                if each not in items and not (tuples and each is False):
                    items.append(each)
        schema = items[0] if len(items) == 1 else {"anyOf": items}
        refs = frozenset().union(*(branch.refs for branch in flat.branches))
        found = self.project(schema, f"{place}/*", refs, depth)
        made = {"type": "array", "items": found.schema}
        if len(flat.branches) == 1:
            made |= scalars.bounds(flat.branches[0].said, ("minItems", "maxItems"))
        if isinstance(flat.default, list) and not found.rewrites:
            made["default"] = flat.default
        return Projected(_described(made, flat.description), found.below("*"))

    def _scalar(self, flat: Flat, place: str) -> Projected:
        kinds = {branch.kind for branch in flat.branches}
        if len(kinds) > 1 and kinds != {"integer", "number"}:
            return self._text(flat, place, UNIONS)
        return Projected(_described(scalars.merged(flat, self.report, place), flat.description))

    def _text(self, flat: Flat, place: str, reason: str) -> Projected:
        """Return a string field for what has no plain type."""
        kinds = {branch.kind for branch in flat.branches}
        types: tuple[str, ...] | None = None
        if not kinds or "" in kinds:
            types = NOT_TEXT
        elif "string" in kinds:
            types = tuple(sorted(kinds - {"string"}))
        what = "became a string that holds JSON" + (", or plain text" if types else "")
        self.report.add(place, what, reason)
        text = hint(self.flattener, flat)
        description = joined(clamp(flat.description, PARAMETER - len(text) - 2), text)
        made: dict[str, Any] = {"type": "string", "description": description}
        return Projected(made, (Rewrite((), "json", types),))

    def _tell_small_losses(self, flat: Flat, place: str) -> None:
        if flat.nullable:
            self.report.add(place, "null is left out", "Nullable unions fail; absence will do.")
        if flat.unsaid:
            what = f"{listed(sorted(flat.unsaid), 'and')} not repeated"
            self.report.add(place, what, "Plain types only; the gateway checks it all the same.")
        if is_cut(flat.description, PARAMETER):
            self.report.add(place, "description cut", "At most 700 characters are taken.")


def _renames_here(rewrite: Rewrite) -> bool:
    return rewrite.kind == "rename" and len(rewrite.path) == 1


def _described(schema: dict[str, Any], description: str) -> dict[str, Any]:
    own = joined(clamp(description, PARAMETER), schema.pop("description", ""))
    return {**schema, "description": clamp(own, PARAMETER)} if own else schema


def _noted(schema: dict[str, Any], note: str) -> dict[str, Any]:
    """Add a note to a description, which gives way to it."""
    if not note:
        return schema
    text = joined(clamp(schema.get("description", ""), PARAMETER - len(note) - 2), note)
    return {**schema, "description": text}


def _condition(branches: Sequence[Branch], by: str, name: str) -> str:
    """Tell with which values of the discriminating member a member goes."""
    having = [branch for branch in branches if name in branch.properties]
    if not by or name == by or len(having) == len(branches):
        return ""
    values = [value for branch in having for value in fixed_values(branch.properties[by])]
    return f"Only with {by} {listed(values)}."

"""One of the two documents that are compared: its schemas, and the forms of each."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.drift.forms import Form, Keywords, make_forms
from gateway.contract.model import Schema
from gateway.contract.pointer import follow, pointer_of, tokens
from gateway.contract.types import type_of

APPLICATORS = frozenset(("$ref", "allOf", "anyOf", "oneOf"))
ANY = ("null", "boolean", "number", "string", "array", "object")
MOST = 400  # forms of one schema
HINTS = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties",
                "propertyNames", "minProperties", "maxProperties", "dependentRequired")),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")),
    ("string", ("minLength", "maxLength", "pattern", "contentEncoding")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)  # fmt: skip

Choice = tuple[tuple[Keywords, ...], str]  # keywords that go together, and the component's name


class Side:
    """The schemas of one document; keywords in `ignored` are read as if they were not there.

    `anyOf/required` among them is a union of which members there must be one.
    `vague`: a schema without a keyword says nothing, and so has no form that could be refused.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        ignored: frozenset[str] = frozenset(),
        *,
        vague: bool = False,
    ) -> None:
        self._document = document
        self._ignored = ignored
        self._vague = vague
        self._known: dict[tuple[int, bool], tuple[Schema, tuple[Form, ...] | None]] = {}

    def target(self, schema: Schema) -> Schema:
        """Follow a schema that is only a reference."""
        if isinstance(schema, Mapping) and schema.keys() == {"$ref"}:
            found: Schema = follow(self._document, schema)[0]
            return found
        return schema

    def forms(self, schema: Schema, *, hinted: bool) -> tuple[Form, ...] | None:
        """Return the forms; None where there are too many.

        `hinted`: a schema without a type is of the type that its keywords are for, as is meant
        wherever an author left the type out; else it is of any type, as JSON Schema has it.
        """
        known = self._known.get((id(schema), hinted))
        if known is None:
            # The schema is kept so that its identity is not given to another one.
            known = self._known[(id(schema), hinted)] = (schema, self._forms(schema, hinted))
        return known[1]

    def _forms(self, schema: Schema, hinted: bool) -> tuple[Form, ...] | None:
        choices = self._choices(schema, ())
        if choices is None:
            return None
        made = [
            form
            for parts, name in choices
            if not (hinted and self._vague and not any(parts))
            for form in make_forms(parts, _kinds(parts, hinted), name)
        ]
        return tuple(made)

    def _choices(self, schema: Schema, above: tuple[int, ...]) -> list[Choice] | None:
        if isinstance(schema, bool) or id(schema) in above:
            return [] if schema is False else [((), "")]
        above = (*above, id(schema))
        own = {
            key: value
            for key, value in schema.items()
            if key not in APPLICATORS and key not in self._ignored
        }
        found: list[Choice] = [((own,), "")]
        for factor in self._factors(schema, above):
            if factor is None or len(found) * len(factor) > MOST:
                return None
            found = [
                (parts + more, other or name) for parts, name in found for more, other in factor
            ]
        return found

    def _factors(self, schema: Keywords, above: tuple[int, ...]) -> Iterator[list[Choice] | None]:
        if "$ref" in schema:
            yield self._choices(follow(self._document, schema)[0], above)
        for part in schema.get("allOf") or ():
            yield self._choices(part, above)
        for key in ("anyOf", "oneOf"):
            if isinstance(schema.get(key), list) and not self._only_requires(schema[key]):
                yield self._union(schema[key], above)

    def _only_requires(self, branches: list[Schema]) -> bool:
        """Tell a union that only says which members must be there: type hints have none."""
        return "anyOf/required" in self._ignored and all(
            isinstance(each, Mapping) and each.keys() <= {"required", "title", "description"}
            for each in branches
        )

    def _union(self, branches: list[Schema], above: tuple[int, ...]) -> list[Choice] | None:
        found: list[Choice] = []
        for branch in branches:
            choices = self._choices(branch, above)
            if choices is None:
                return None
            name = component(branch)
            found += [(parts, own or name) for parts, own in choices]
        return found


def component(schema: Schema) -> str:
    """Return the name of the component that a schema refers to, "" for none."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get("$ref"), str):
        return ""
    parts = tokens(pointer_of(schema["$ref"]) or "")
    return parts[-1] if len(parts) == 3 and parts[:2] == ["components", "schemas"] else ""


def _kinds(parts: tuple[Keywords, ...], hinted: bool) -> list[str]:
    declared = [kinds for part in parts if (kinds := _declared(part)) is not None]
    if declared:
        common = declared[0]
        for kinds in declared[1:]:
            common = _common(common, kinds)
        return [kind for kind in common if kind != "integer" or "number" not in common]
    said = {key for part in parts for key in part}
    hints = [kind for kind, keys in HINTS if not said.isdisjoint(keys)]
    return hints[:1] if hints and hinted else list(ANY)


def _declared(part: Keywords) -> list[str] | None:
    said = part.get("type")
    if said is not None:
        return [said] if isinstance(said, str) else list(said)
    if "const" in part:
        return [type_of(part["const"])]
    if isinstance(part.get("enum"), list):
        return list(dict.fromkeys(type_of(value) for value in part["enum"]))
    return None


def _common(first: list[str], second: list[str]) -> list[str]:
    common = [kind for kind in first if kind in second]
    both = {*first, *second}
    if "integer" in both and "number" in both and "integer" not in common:
        common.append("integer")
    return common

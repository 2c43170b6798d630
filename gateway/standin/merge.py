"""Flatten a schema: `$ref` and `allOf` merged into one set of keywords, unions kept beside it.

The merged keywords ask for at least what every part asks for, so that a value made for them is
valid for each part. Where two parts cannot be put into one keyword they are kept under `allOf`
below it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gateway.contract.model import Schema
from gateway.contract.pointer import pointer_of, resolve

Union = tuple[Schema, ...]
# Keywords whose effect the merged form does not show: a made value must be checked.
DELICATE = frozenset(
    (
        *("not", "if", "oneOf", "contains", "propertyNames", "patternProperties"),
        *("dependentSchemas", "unevaluatedProperties", "unevaluatedItems"),
    )
)
APART = frozenset(("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "discriminator"))


@dataclass(slots=True)
class Flat:
    """A flattened schema. `unions`: of each, one branch must hold. `target`: what it points to."""

    keywords: dict[str, Any] = field(default_factory=dict)
    unions: list[Union] = field(default_factory=list)
    conditions: list[Mapping[str, Any]] = field(default_factory=list)
    parts: int = 0
    possible: bool = True
    delicate: bool = False
    target: int = 0

    @property
    def types(self) -> tuple[str, ...]:
        """The JSON types that the value may take, as declared or as the keywords suggest."""
        declared = self.keywords.get("type")
        if declared is None:
            return (_suggested_type(self.keywords),)
        return (declared,) if isinstance(declared, str) else tuple(declared)


class Flattener:
    """Flattens the schemas of one document, each once. Schemas are told apart by identity."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._known: dict[int, tuple[Schema, Flat]] = {}

    def flat(self, schema: Schema) -> Flat:
        """Return the flattened form of `schema`."""
        known = self._known.get(id(schema))
        if known is None:
            flat = Flat(target=id(self.follow(schema)))
            self._collect(schema, flat, ())
            self._require_dependents(flat)
            flat.delicate = flat.delicate or (
                flat.parts > 1 and flat.keywords.get("additionalProperties", True) is not True
            )
            # The schema is kept so that its identity is not given to another one.
            known = self._known[id(schema)] = (schema, flat)
        return known[1]

    def follow(self, schema: Schema) -> Schema:
        """Follow a chain of bare `$ref`s."""
        for _ in range(32):
            if isinstance(schema, bool) or len(schema) != 1 or "$ref" not in schema:
                break
            schema = self.lookup(schema["$ref"])
        return schema

    def lookup(self, reference: Any) -> Schema:
        """Return the schema at a `#/…` reference; anything goes where none stands."""
        pointer = pointer_of(str(reference))
        try:
            found = True if pointer is None else resolve(self._document, pointer)
        except LookupError:
            return True
        return found if isinstance(found, Mapping | bool) else True

    def _collect(self, schema: Schema, into: Flat, above: tuple[int, ...]) -> None:
        if isinstance(schema, bool) or id(schema) in above:
            into.possible = into.possible and schema is not False
            return
        above = (*above, id(schema))
        into.parts += 1
        into.delicate = into.delicate or not DELICATE.isdisjoint(schema)
        for key, value in schema.items():
            if key not in APART:
                _merge_keyword(into.keywords, key, value)
        for key in ("oneOf", "anyOf"):
            if isinstance(schema.get(key), list):
                into.unions.append(tuple(self._named_branches(schema, schema[key])))
        if "if" in schema:
            into.conditions.append(schema)
        if "$ref" in schema:
            self._collect(self.lookup(schema["$ref"]), into, above)
        for part in schema.get("allOf", ()):
            self._collect(part, into, above)
        if into.keywords.get("type") == []:  # the parts contradict each other
            into.possible = False

    def _named_branches(self, schema: Mapping[str, Any], branches: list[Schema]) -> list[Schema]:
        """Give each branch the name that the discriminator's mapping has for it."""
        discriminator = schema.get("discriminator")
        if not isinstance(discriminator, Mapping):
            return branches
        name, mapping = discriminator.get("propertyName"), discriminator.get("mapping") or {}
        names = {target: value for value, target in mapping.items() if isinstance(target, str)}
        named: list[Schema] = []
        for branch in branches:
            value = names.get(branch.get("$ref", "")) if isinstance(branch, Mapping) else None
            if value is None or not self._takes_any_text(branch, name):
                named.append(branch)
            else:
                named.append({"allOf": [branch, {"properties": {name: {"const": value}}}]})
        return named

    def _takes_any_text(self, branch: Schema, name: Any) -> bool:
        properties = self.flat(branch).keywords.get("properties", {})
        own = self.flat(properties[name]).keywords if name in properties else {"const": None}
        return not {"const", "enum"} & own.keys()

    def _require_dependents(self, flat: Flat) -> None:
        """Add what `dependentRequired` and `dependentSchemas` ask for the required names."""
        keywords, done = flat.keywords, set[str]()
        while left := [name for name in keywords.get("required", ()) if name not in done]:
            for name in left:
                done.add(name)
                more = keywords.get("dependentRequired", {}).get(name, ())
                _merge_keyword(keywords, "required", list(more))
                dependent = keywords.get("dependentSchemas", {}).get(name)
                if dependent is not None:
                    self._collect(dependent, flat, ())


def _merge_keyword(keywords: dict[str, Any], key: str, value: Any) -> None:
    if key not in keywords:
        keywords[key] = value
    elif key in _MERGES:
        keywords[key] = _MERGES[key](keywords[key], value)


def _both(old: Schema, new: Schema) -> Schema:
    if old is True or new is False or old == new:
        return new
    return old if new is True or old is False else {"allOf": [old, new]}


def _by_name(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> dict[str, Schema]:
    return {**old, **{key: _both(old[key], new[key]) if key in old else new[key] for key in new}}


def _in_turn(old: list[Schema], new: list[Schema]) -> list[Schema]:
    shared = [_both(a, b) for a, b in zip(old, new, strict=False)]
    return shared + (old if len(old) > len(new) else new)[len(shared) :]


def _common_types(old: str | list[str], new: str | list[str]) -> list[str]:
    first = [old] if isinstance(old, str) else old
    second = [new] if isinstance(new, str) else new
    common = [kind for kind in first if kind in second]
    if "integer" not in common and "integer" in {*first, *second} and "number" in {*first, *second}:
        common.append("integer")
    return common


def _common_members(old: list[Any], new: list[Any]) -> list[Any]:
    return [member for member in old if member in new] or old


def _common_multiple(old: Any, new: Any) -> Any:
    first, second = Fraction(str(old)), Fraction(str(new))
    over = math.lcm(first.denominator, second.denominator)
    multiple = Fraction(math.lcm(int(first * over), int(second * over)), over)
    return int(multiple) if multiple.denominator == 1 else float(multiple)


def _joined(old: list[Any], new: list[Any]) -> list[Any]:
    return list(dict.fromkeys([*old, *new]))


def _named_lists(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> dict[str, Any]:
    return {**old, **{key: _joined(list(old.get(key, [])), value) for key, value in new.items()}}


_COUNTED = ("Length", "Items", "Properties", "Contains")
_LEAST = (("min", (*_COUNTED, "imum")), ("exclusiveMin", ("imum",)))
_MOST = (("max", (*_COUNTED, "imum")), ("exclusiveMax", ("imum",)))
_MERGES: dict[str, Callable[[Any, Any], Any]] = {
    "type": _common_types,
    "enum": _common_members,
    "required": _joined,
    "properties": _by_name,
    "patternProperties": _by_name,
    "dependentSchemas": _by_name,
    "dependentRequired": _named_lists,
    "items": _both,
    "additionalProperties": _both,
    "propertyNames": _both,
    "contains": _both,
    "prefixItems": _in_turn,
    "multipleOf": _common_multiple,
    "uniqueItems": lambda old, new: old or new,
    **{f"{least}{kind}": max for least, kinds in _LEAST for kind in kinds},
    **{f"{most}{kind}": min for most, kinds in _MOST for kind in kinds},
}
_HINTS = (
    ("object", "properties required additionalProperties patternProperties propertyNames "
     "minProperties maxProperties dependentRequired dependentSchemas"),
    ("array", "items prefixItems minItems maxItems uniqueItems contains"),
    ("number", "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"),
)  # fmt: skip


def _suggested_type(keywords: Mapping[str, Any]) -> str:
    for kind, names in _HINTS:
        if any(name in keywords for name in names.split()):
            return kind
    return "string"

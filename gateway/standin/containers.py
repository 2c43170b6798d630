"""Objects and arrays: which members they get, and how often a made value is tried again."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway.contract.model import Schema
from gateway.standin.depth import ENDLESS, Depths
from gateway.standin.merge import Flattener

OPTIONAL_DEPTH = 2  # levels of objects that get optional members without an example
ARRAY_DEPTH = 5  # levels below which arrays stay empty where they may
MORE_TRIES = 24  # for an item that must differ, a name that must match
MAX_COUNT = 1_000
CARRIERS = frozenset(("example", "examples", "default", "const"))


class Impossible(ValueError):
    """No value of the schema was found."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a value something is made.

    `seed` and `variant` decide which of the possible values it is; `trail` has the schemas that it
    is made inside of; `lean` asks for no more than is required.
    """

    seed: str = ""
    name: str = ""
    depth: int = 0
    variant: int = 0
    lean: bool = False
    trail: tuple[int, ...] = ()

    def below(self, name: str, **changes: Any) -> "Spot":
        """Return the spot of a member."""
        return replace(self, name=name, seed=f"{self.seed}/{name}", **changes)


Make = Callable[[Schema, Spot], Any]


class Containers:
    """Makes objects and arrays; what is in them is made by `make`, which raises Impossible."""

    def __init__(self, flattener: Flattener, depths: Depths, make: Make, hidden: str) -> None:
        self._flattener = flattener
        self._depths = depths
        self._make = make
        self._hidden = hidden  # the keyword of properties that this direction does not show

    def object(self, keywords: Mapping[str, Any], spot: Spot) -> dict[str, Any]:
        """Make an object: its required members, and optional ones as far as the spot allows."""
        required = list(keywords.get("required", ()))
        names = list(dict.fromkeys([*keywords.get("properties", {}), *required]))
        limit = keywords.get("maxProperties", MAX_COUNT)
        room = limit - len(required)
        value: dict[str, Any] = {}
        left_out = []
        for name in names:
            schema = member_schema(keywords, name)
            here = spot.below(name, depth=spot.depth + 1)
            if name in required:
                value[name] = self._make(schema, here)
            elif room > 0 and self._shows(keywords, name, schema, spot):
                room -= self._try(value, name, schema, here)
            else:
                left_out.append(name)
        if not value and not names and not spot.lean and spot.depth <= OPTIONAL_DEPTH:
            self._add_names(keywords, value, 1 if limit else 0, spot)
        least = keywords.get("minProperties", 0)
        for name in left_out:
            if len(value) < least:
                schema = member_schema(keywords, name)
                self._try(value, name, schema, spot.below(name, depth=spot.depth + 1))
        self._add_names(keywords, value, least, spot)
        if len(value) < least:
            raise Impossible("minProperties")
        return value

    def _shows(self, keywords: Mapping[str, Any], name: str, schema: Schema, spot: Spot) -> bool:
        flat = self._flattener.flat(schema)
        if spot.lean or not flat.possible or self._depths.of(schema) >= ENDLESS:
            return False
        if flat.keywords.get(self._hidden) is True or flat.target in spot.trail:
            return False
        if name in keywords.get("dependentRequired", {}) or name in keywords.get(
            "dependentSchemas", {}
        ):
            return False
        return spot.depth < OPTIONAL_DEPTH or not CARRIERS.isdisjoint(flat.keywords)

    def _try(self, value: dict[str, Any], name: str, schema: Schema, spot: Spot) -> bool:
        try:
            value[name] = self._make(schema, spot)
        except Impossible:
            return False
        return True

    def _add_names(
        self, keywords: Mapping[str, Any], value: dict[str, Any], count: int, spot: Spot
    ) -> None:
        """Invent members until there are `count`."""
        for name in self._names(keywords, spot):
            if len(value) >= count:
                return
            if name not in value:
                schema = member_schema(keywords, name)
                self._try(value, name, schema, spot.below(name, depth=spot.depth + 1))

    def _names(self, keywords: Mapping[str, Any], spot: Spot) -> Iterator[str]:
        tries = int(min(keywords.get("minProperties", 0), MAX_COUNT)) + MORE_TRIES
        rules = [
            {"type": "string", "pattern": pattern}
            for pattern in keywords.get("patternProperties", {})
        ]
        rule = keywords.get("propertyNames", True)
        for number in range(tries):
            for own in rules:
                both = own if rule is True else {"allOf": [own, rule]}
                yield from self._name(both, spot, number)
            if rule is True:
                yield f"key_{number + 1}" if number else "key"
            else:
                yield from self._name({"allOf": [rule, {"type": "string"}]}, spot, number)

    def _name(self, rule: Schema, spot: Spot, number: int) -> Iterator[str]:
        try:
            yield self._make(rule, spot.below("key", variant=number))
        except Impossible:
            return

    def array(self, keywords: Mapping[str, Any], spot: Spot) -> list[Any]:
        """Make an array: one item where none is required, the spot allowing."""
        prefix = keywords.get("prefixItems", [])
        items = keywords.get("items", True)
        least = int(keywords.get("minItems", 0))
        if least > MAX_COUNT:
            raise Impossible("minItems")
        sought = keywords.get("contains")
        wanted = int(keywords.get("minContains", 1)) if sought is not None else 0
        count = max(least, wanted, self._more_items(keywords, spot))
        count = min(count, int(keywords.get("maxItems", count)))
        value: list[Any] = []
        for index in range(count):
            schema = prefix[index] if index < len(prefix) else items
            if index >= count - wanted:
                schema = {"allOf": [schema, sought]}
            try:
                value.append(self._item(schema, value, keywords.get("uniqueItems") is True, spot))
            except Impossible:
                if index < least or wanted:
                    raise
                break
        return value

    def _more_items(self, keywords: Mapping[str, Any], spot: Spot) -> int:
        prefix, items = keywords.get("prefixItems", []), keywords.get("items", True)
        if spot.lean or spot.depth > ARRAY_DEPTH:
            return 0
        if prefix:
            return len(prefix)
        if items is True or self._depths.of(items) >= ENDLESS:
            return 0
        return 0 if self._flattener.flat(items).target in spot.trail else 1

    def _item(self, schema: Schema, others: list[Any], unique: bool, spot: Spot) -> Any:
        index = len(others)
        if not unique:
            return self._make(schema, spot.below(str(index)))
        known = {json.dumps(other, sort_keys=True) for other in others}
        for more in range(MORE_TRIES):
            made = self._make(schema, spot.below(str(index), variant=index + more))
            if json.dumps(made, sort_keys=True) not in known:
                return made
        raise Impossible("uniqueItems")


def member_schema(keywords: Mapping[str, Any], name: str) -> Schema:
    """Return what a member must be (JSON Schema 2020-12, sections 10.3.2.1 to 10.3.2.3)."""
    found: list[Schema] = []
    if name in keywords.get("properties", {}):
        found.append(keywords["properties"][name])
    for pattern, schema in keywords.get("patternProperties", {}).items():
        if _matches(pattern, name):
            found.append(schema)
    if not found:
        rest: Schema = keywords.get("additionalProperties", True)
        return rest
    return found[0] if len(found) == 1 else {"allOf": found}


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False

"""Made-up values for schemas, from a seeded source: written from JSON Schema alone."""

import random
from collections.abc import Mapping
from typing import Any

from gateway.contract.model import Check
from gateway.contract.pointer import follow

WORDS = ("red apples", "x,y", "ä é", "a/b?c=d&e", "plain", "100%", "two  blanks", "tail")
DEEPEST = 7
TRIES = 60


class MadeUp:
    """Makes values up for the schemas of one document."""

    def __init__(self, document: Mapping[str, Any], seed: int) -> None:
        self.document = document
        self.random = random.Random(seed)
        self.chance = 0.3

    def valid(self, schema: Any, check: Check | None) -> Any:
        """Return a value that passes the check: with fewer optional members if need be."""
        for attempt in range(TRIES):
            self.chance = self.random.random() * 0.6 * (1 - attempt / TRIES)
            value = self.value(schema)
            if check is None or check.is_valid(value):
                return value
        raise AssertionError("no valid value was found")

    def value(self, schema: Any, depth: int = 0) -> Any:
        schema, _ = follow(self.document, schema)
        if not isinstance(schema, Mapping):
            return self.random.choice(WORDS)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self.random.choice(schema["enum"])
        found = self._of_type(schema, depth)
        for part in schema.get("allOf", ()):
            found = self._joined(found, self.value({**part}, depth))
        for key in ("anyOf", "oneOf"):
            if schema.get(key):
                found = self._joined(found, self.value(self.random.choice(schema[key]), depth))
        return found

    def _joined(self, left: Any, right: Any) -> Any:
        if isinstance(left, dict) and isinstance(right, dict):
            return {**left, **right}
        return right if right is not None else left

    def _of_type(self, schema: Mapping[str, Any], depth: int) -> Any:
        kinds = schema.get("type")
        if isinstance(kinds, list):
            kinds = self.random.choice([kind for kind in kinds if kind != "null"] or ["null"])
        if kinds is None and "properties" in schema:
            kinds = "object"
        if kinds == "object":
            return self._object(schema, depth)
        if kinds == "array":
            return self._array(schema, depth)
        if kinds in ("integer", "number"):
            return self._number(schema, kinds)
        if kinds == "boolean":
            return self.random.random() < 0.5
        if kinds == "string":
            return self._string(schema)
        if kinds == "null" or any(key in schema for key in ("allOf", "anyOf", "oneOf")):
            return None
        return self.random.choice((*WORDS, 3, True, [1, 2], {"a": "b"}))

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        found = {}
        for name, member in (schema.get("properties") or {}).items():
            if name in required or (depth < DEEPEST and self.random.random() < self.chance):
                found[name] = self.value(member, depth + 1)
        more = schema.get("additionalProperties")
        if isinstance(more, Mapping) or (more and not schema.get("properties")):
            for index in range(self.random.randrange(3)):
                found[f"k{index}"] = self.value(more, depth + 1)
        return found

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        most = min(schema.get("maxItems", least + 3), least + 3)
        count = self.random.randint(max(least, 1 if most else 0), most)
        return [self.value(schema.get("items", True), depth + 1) for _ in range(count)]

    def _number(self, schema: Mapping[str, Any], kind: str) -> float:
        low = schema.get("minimum", -3)
        high = max(schema.get("maximum", low + 100), low)
        if kind == "integer":
            return self.random.randint(int(low), int(high))
        return round(self.random.uniform(low, high), 3)

    def _string(self, schema: Mapping[str, Any]) -> str:
        if schema.get("examples") and self.random.random() < 0.5:
            return str(self.random.choice(schema["examples"]))
        known = {"uri": "https://example.com/a", "date": "2024-02-29"}
        text = known.get(schema.get("format", ""), self.random.choice(WORDS))
        least, most = schema.get("minLength", 0), schema.get("maxLength", 10_000)
        return text.ljust(least, "z")[:most]

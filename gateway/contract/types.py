"""What JSON types a schema can take, worked out through `$ref`, `allOf` and unions."""

from collections.abc import Mapping
from typing import Any

from gateway.contract.model import Schema
from gateway.contract.pointer import follow

ANY: frozenset[str] = frozenset()
UNIONS = ("allOf", "anyOf", "oneOf")
DEPTH = 12  # of nested references and unions; deeper ones are read as any type


class TypeReader:
    """Reads types, members and items of schemas of one document, mended or not."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        # By identity; the schema is kept, so that its identity is not given to another one.
        self._known: dict[int, tuple[Schema, frozenset[str]]] = {}

    def types(self, schema: Schema, depth: int = 0) -> frozenset[str]:
        """Return the types that `schema` admits; the empty set is any."""
        node = self.target(schema)
        if not isinstance(node, Mapping) or depth > DEPTH:
            return ANY
        known = self._known.get(id(node))
        if known is None:
            # A schema that holds itself takes any type where it comes back.
            self._known[id(node)] = (node, ANY)
            known = self._known[id(node)] = (node, self._read(node, depth))
        return known[1]

    def _read(self, node: Mapping[str, Any], depth: int) -> frozenset[str]:
        if isinstance(node.get("type"), str | list):
            kind = node["type"]
            return frozenset([kind] if isinstance(kind, str) else kind)
        if "const" in node:
            return frozenset([type_of(node["const"])])
        if _list(node, "enum"):
            return frozenset(type_of(value) for value in node["enum"])
        for part in _list(node, "allOf"):
            found = self.types(part, depth + 1)
            if found:
                return found
        for key in ("anyOf", "oneOf"):
            parts = [self.types(part, depth + 1) for part in _list(node, key)]
            if parts and all(parts):
                return frozenset().union(*parts)
        if "properties" in node or "additionalProperties" in node:
            return frozenset(["object"])
        return frozenset(["array"]) if "items" in node else ANY

    def items(self, schema: Schema) -> frozenset[str]:
        """Return the types of an array's items."""
        found: frozenset[str] = ANY
        for part in self._parts(schema):
            if "items" in part:
                found |= self.types(part["items"])
        return found

    def properties(self, schema: Schema) -> dict[str, Schema]:
        """Return each property's schema, its own top-level `$ref` followed; first wins."""
        found: dict[str, Schema] = {}
        for part in self._parts(schema):
            for name, value in (part.get("properties") or {}).items():
                found.setdefault(name, self.target(value))
        return found

    def required(self, schema: Schema, depth: int = 0) -> frozenset[str]:
        """Return the names that every object of `schema` must have, as far as can be told."""
        node = self.target(schema)
        if not isinstance(node, Mapping) or depth > DEPTH:
            return frozenset()
        names = frozenset(_list(node, "required"))
        for part in _list(node, "allOf"):
            names |= self.required(part, depth + 1)
        return names

    def target(self, schema: Schema) -> Schema:
        """Follow a schema that is only a reference."""
        node, _ = follow(self.document, schema)
        return node  # type: ignore[no-any-return]

    def _parts(self, schema: Schema) -> list[Mapping[str, Any]]:
        """List a schema and all that it is made of: `allOf` and the members of its unions."""
        parts: dict[int, Mapping[str, Any]] = {}
        waiting = [schema]
        while waiting:
            node = self.target(waiting.pop())
            if isinstance(node, Mapping) and id(node) not in parts:
                parts[id(node)] = node
                below = [part for key in UNIONS for part in _list(node, key)]
                waiting.extend(reversed(below))
        return list(parts.values())


def _list(node: Mapping[str, Any], key: str) -> list[Any]:
    value = node.get(key)
    return value if isinstance(value, list) else []


def type_of(value: Any) -> str:
    """Return the JSON type of a value; "integer" for what is no fraction by its type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"

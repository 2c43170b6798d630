"""What JSON types a schema can take, worked out through `$ref`, `allOf` and unions."""

from collections.abc import Mapping
from typing import Any

from gateway.contract.model import Schema
from gateway.contract.pointer import follow

ANY: frozenset[str] = frozenset()
DEPTH = 12  # of nested references and unions; deeper ones are read as any type


class TypeReader:
    """Reads types, members and items of schemas of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def types(self, schema: Schema, depth: int = 0) -> frozenset[str]:
        """Return the types that `schema` admits; the empty set is any."""
        node = self.target(schema)
        if not isinstance(node, Mapping) or depth > DEPTH:
            return ANY
        if "type" in node:
            kind = node["type"]
            return frozenset([kind] if isinstance(kind, str) else kind)
        for key in ("const", "enum"):
            if key in node:
                values = [node[key]] if key == "const" else node[key]
                return frozenset(type_of(value) for value in values)
        for part in node.get("allOf", ()):
            found = self.types(part, depth + 1)
            if found:
                return found
        for key in ("anyOf", "oneOf"):
            parts = [self.types(part, depth + 1) for part in node.get(key, ())]
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

    def required(self, schema: Schema) -> frozenset[str]:
        """Return the names that every object of `schema` must have, as far as can be told."""
        node = self.target(schema)
        if not isinstance(node, Mapping):
            return frozenset()
        names = frozenset(node.get("required", ()))
        for part in node.get("allOf", ()):
            names |= self.required(part)
        return names

    def target(self, schema: Schema) -> Schema:
        """Follow a schema that is only a reference."""
        node, _ = follow(self.document, schema)
        return node  # type: ignore[no-any-return]

    def _parts(self, schema: Schema, depth: int = 0) -> list[Mapping[str, Any]]:
        """List a schema and all that it is made of: `allOf` and the members of its unions."""
        node = self.target(schema)
        if not isinstance(node, Mapping) or depth > DEPTH:
            return []
        parts = [node]
        for key in ("allOf", "anyOf", "oneOf"):
            for part in node.get(key, ()):
                parts.extend(self._parts(part, depth + 1))
        return parts


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

"""The alternatives of a union, and what tells them apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gateway.contract.types import DEPTH, TypeReader
from gateway.validate.subschemas import Node, Subschemas

UNIONS = 256  # whose alternatives are kept
# Beside these a union is nothing but its alternatives.
_WITHOUT_RULE = frozenset(
    ("title", "description", "default", "example", "examples", "deprecated")
) | frozenset(("readOnly", "writeOnly", "discriminator", "externalDocs", "$comment", "xml"))


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative of a union.

    `types` are the JSON types that it admits (empty: any); `values` the values, if it lists them;
    `tags` the values of those properties whose values it lists; `required` the properties that it
    asks for.
    """

    node: Node
    types: frozenset[str]
    values: tuple[Any, ...] | None
    tags: Mapping[str, tuple[Any, ...]]
    required: frozenset[str]


class BranchReader:
    """Reads the alternatives of unions, each union once as long as it is in use."""

    def __init__(self, subschemas: Subschemas) -> None:
        self.subschemas = subschemas
        self._types = TypeReader(subschemas.document)
        self._known = lru_cache(UNIONS)(self._read_at)

    def read(self, node: Node, keyword: str) -> tuple[Branch, ...]:
        """Return the alternatives, those of unions that stand directly in the union included."""
        if node.pointer is None:
            return self._read(node, keyword)
        return self._known(node.pointer, keyword)

    def _read_at(self, pointer: str, keyword: str) -> tuple[Branch, ...]:
        return self._read(self.subschemas.node(pointer), keyword)

    def _read(self, node: Node, keyword: str) -> tuple[Branch, ...]:
        return tuple(
            _branch(self.subschemas, self._types, end)
            for index in range(len(node.keywords[keyword]))
            for end in _flat(self.subschemas, node.child(keyword, index), 0)
        )


def among(value: Any, values: Sequence[Any]) -> bool:
    """Tell whether `value` is one of `values`; true and 1 are different values in JSON."""
    return any(
        value == known and isinstance(value, bool) == isinstance(known, bool) for known in values
    )


def _flat(subschemas: Subschemas, node: Node, depth: int) -> Iterator[Node]:
    end = _end(subschemas, node)
    if isinstance(end.schema, Mapping) and depth < DEPTH:
        for keyword in ("anyOf", "oneOf"):
            if _is_only(end.schema, keyword):
                for index in range(len(end.schema[keyword])):
                    yield from _flat(subschemas, end.child(keyword, index), depth + 1)
                return
    yield node


def _end(subschemas: Subschemas, node: Node) -> Node:
    """Follow a schema that is a reference and no more."""
    for _ in range(DEPTH):
        if not isinstance(node.schema, Mapping) or not _is_only(node.schema, "$ref"):
            break
        node = subschemas.target(node)
    return node


def _is_only(schema: Mapping[str, Any], keyword: str) -> bool:
    """Tell whether a schema has one rule; `type: object` beside it is taken for a note."""
    rules = {key for key in schema if key not in _WITHOUT_RULE and not key.startswith("x-")}
    return rules - {"type"} == {keyword} and schema.get("type", "object") == "object"


def _branch(subschemas: Subschemas, reader: TypeReader, node: Node) -> Branch:
    tags: dict[str, tuple[Any, ...]] = {}
    required: set[str] = set()
    values = None
    for schema in _parts(subschemas, node, 0):
        values = _values(subschemas, Node(schema, None)) if values is None else values
        required.update(schema.get("required", ()))
        for name, declared in schema.get("properties", {}).items():
            listed = _values(subschemas, Node(declared, None))
            if listed is not None:
                tags.setdefault(name, listed)
    return Branch(node, reader.types(node.schema), values, tags, frozenset(required))


def _parts(subschemas: Subschemas, node: Node, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield a schema and those that hold together with it."""
    schema = node.schema
    if not isinstance(schema, Mapping) or depth > DEPTH:
        return
    yield schema
    if "$ref" in schema:
        yield from _parts(subschemas, subschemas.target(node), depth + 1)
    for index in range(len(schema.get("allOf", ()))):
        yield from _parts(subschemas, node.child("allOf", index), depth + 1)


def _values(subschemas: Subschemas, node: Node, depth: int = 0) -> tuple[Any, ...] | None:
    """Return the values that a schema lists, None if it does not."""
    schema = _end(subschemas, node).schema
    if not isinstance(schema, Mapping) or depth > DEPTH:
        return None
    if "const" in schema:
        return (schema["const"],)
    if "enum" in schema:
        return tuple(schema["enum"])
    if schema.get("type") == "null":
        return (None,)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            found = [_values(subschemas, Node(s, None), depth + 1) for s in schema[keyword]]
            if None not in found:
                return tuple(value for values in found for value in values or ())
    return None

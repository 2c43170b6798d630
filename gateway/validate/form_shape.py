"""What a form's schema says of each place in it: its types, its members and its items."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from jsonschema_rs import Draft202012Validator

from gateway.contract.model import BodyType, Check, Schema
from gateway.contract.types import DEPTH, TypeReader
from gateway.validate.schemas import CompiledCheck
from gateway.validate.subschemas import Node, Subschemas

Schemas = Sequence[Schema]  # alternatives: a place is declared by one or more of them


class FormShape:
    """Reads the schemas of one body, their references followed where the document is known.

    What was read of a schema is kept, by the schema's identity: the document holds it.
    """

    def __init__(self, body: BodyType) -> None:
        self._subschemas: Subschemas | None = None
        if isinstance(body.check, CompiledCheck):
            self._subschemas = body.check.subschemas
        self._reader = TypeReader(self._subschemas.document if self._subschemas else {})
        # Not the body: it holds the check that this shape is kept by.
        self._schema, self._properties = body.schema, body.properties
        self._types: dict[int, frozenset[str]] = {}
        self._parts: dict[int, list[Mapping[str, Any]]] = {}
        self._validators: dict[int, Draft202012Validator] = {}

    @classmethod
    def of(cls, body: BodyType) -> "FormShape":
        """Return the shape of a body, made once: that takes longer than to read a form with it."""
        if body.check is None:
            return cls(body)
        if body.check not in _SHAPES:
            _SHAPES[body.check] = cls(body)
        return _SHAPES[body.check]

    def types(self, schemas: Schemas) -> frozenset[str]:
        """Return the JSON types that a place admits; the empty set is any."""
        if len(schemas) == 1:
            known = self._types.get(id(schemas[0]))  # asked for each text, more than once
            return self._types_of(schemas[0]) if known is None else known
        found = [self._types_of(schema) for schema in schemas]
        return frozenset().union(*found) if all(found) else frozenset()

    def property(self, name: str) -> Schemas:
        """Return the schemas of a property of the body."""
        found = [] if self._schema is None else self.member([self._schema], name)
        first = self._properties.get(name)
        return found if first is None or found else [first]

    def member(self, schemas: Schemas, name: str) -> list[Schema]:
        """Return the schemas of a member of an object; there are none for an unknown one."""
        parts = [part for schema in schemas for part in self._parts_of(schema)]
        named = [part["properties"][name] for part in parts if name in part.get("properties", ())]
        return named or [
            part["additionalProperties"] for part in parts if "additionalProperties" in part
        ]

    def names(self, schemas: Schemas) -> set[str]:
        """Return the names of an object's declared members."""
        parts = (part for schema in schemas for part in self._parts_of(schema))
        return {name for part in parts for name in part.get("properties", ())}

    def items(self, schemas: Schemas) -> list[Schema]:
        """Return the schemas of an array's items."""
        parts = (part for schema in schemas for part in self._parts_of(schema))
        return [part["items"] for part in parts if "items" in part]

    def admits(self, schemas: Schemas, value: Any) -> bool:
        """Tell whether one of the schemas admits a value; without the document, all do."""
        if self._subschemas is None or not schemas:
            return True
        return any(self._fits(self._subschemas, schema, value) for schema in schemas)

    def _fits(self, subschemas: Subschemas, schema: Schema, value: Any) -> bool:
        if isinstance(schema, bool):
            return schema
        if id(schema) not in self._validators:
            self._validators[id(schema)] = subschemas.compile(Node(schema, None))
        return self._validators[id(schema)].is_valid(value)

    def _types_of(self, schema: Schema) -> frozenset[str]:
        if isinstance(schema, bool):
            return frozenset()
        if id(schema) not in self._types:
            self._types[id(schema)] = self._reader.types(schema)
        return self._types[id(schema)]

    def _parts_of(self, schema: Schema) -> list[Mapping[str, Any]]:
        if isinstance(schema, bool):
            return []
        if id(schema) not in self._parts:
            self._parts[id(schema)] = list(self._read_parts(schema, 0))
        return self._parts[id(schema)]

    def _read_parts(self, schema: Schema, depth: int) -> Iterator[Mapping[str, Any]]:
        """Yield a schema and all that it is made of: `allOf` and the members of its unions."""
        node = self._reader.target(schema)
        if not isinstance(node, Mapping) or depth > DEPTH:
            return
        yield node
        for keyword in ("allOf", "anyOf", "oneOf"):
            for part in node.get(keyword, ()):
                yield from self._read_parts(part, depth + 1)


_SHAPES: WeakKeyDictionary[Check, FormShape] = WeakKeyDictionary()

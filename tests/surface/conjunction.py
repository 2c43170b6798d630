"""What several schemas that must all hold ask for together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.surface.schema_graph import Choice, Schema

Options = Sequence[tuple[Any, Choice | None]]  # values, each with the choice that it is
KINDS = ("string", "integer", "number", "boolean", "array", "object", "null")
# What a schema without `type` is about.
HINTS = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "items": "array",
    "minItems": "array",
    "maxItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
    "minimum": "number",
    "maximum": "number",
}
LEAST = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum")
MOST = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum")


@dataclass(slots=True)
class Conjunction:
    """The keywords of schemas that hold together; unions are chosen before they come here.

    `members` are the allowed values, each with the choice that it is, None where any value goes.
    `types` likewise. `properties` and `items` hold a list of schemas each: all must hold.
    """

    schemas: list[Schema] = field(default_factory=list)
    types: Options | None = None
    members: Options | None = None
    limits: dict[str, float] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    properties: dict[str, list[tuple[Schema, Choice]]] = field(default_factory=dict)
    items: list[tuple[Schema, Choice]] = field(default_factory=list)
    more: list[tuple[Schema, Choice]] = field(default_factory=list)
    closed: bool = False  # whether unknown properties are refused
    pattern: str | None = None
    format: str | None = None

    @property
    def place(self) -> tuple[int, ...]:
        """What tells this place in the document from others."""
        return tuple(id(schema) for schema in self.schemas)

    @property
    def kinds(self) -> Options:
        """The JSON types of a value, each with the choice that it is; all where any goes."""
        if self.types is not None:
            return self.types
        return [(kind, None) for kind in (self._hints() or KINDS)]

    def _hints(self) -> list[str]:
        found: dict[str, None] = {}
        for schema in self.schemas:
            if isinstance(schema, Mapping):
                found |= {HINTS[key]: None for key in schema if key in HINTS}
        return list(found)

    def take(self, schema: Mapping[str, Any]) -> None:
        """Add the keywords of one more schema."""
        self.schemas.append(schema)
        own = id(schema)
        self._take_values(schema, own)
        for key in LEAST:
            if key in schema:
                self.limits[key] = max(schema[key], self.limits.get(key, schema[key]))
        for key in MOST:
            if key in schema:
                self.limits[key] = min(schema[key], self.limits.get(key, schema[key]))
        for name in schema.get("required", ()):
            if name not in self.required:
                self.required.append(name)
        for name, value in schema.get("properties", {}).items():
            self.properties.setdefault(name, []).append((value, (own, "properties", name)))
        if isinstance(schema.get("items"), Mapping):
            self.items.append((schema["items"], (own, "items", 0)))
        more = schema.get("additionalProperties", True)
        if isinstance(more, Mapping):
            self.more.append((more, (own, "additionalProperties", 0)))
        self.closed = self.closed or more is False or "propertyNames" in schema
        self.pattern = schema.get("pattern", self.pattern)
        self.format = schema.get("format", self.format)

    def _take_values(self, schema: Mapping[str, Any], own: int) -> None:
        found: Options | None = None
        if "const" in schema:
            found = [(schema["const"], None)]
        elif "enum" in schema:
            found = [(one, (own, "enum", index)) for index, one in enumerate(schema["enum"])]
        if found is not None:
            before = found if self.members is None else self.members
            chosen = {repr(value): choice for value, choice in found}
            self.members = [
                (value, choice or chosen[repr(value)])
                for value, choice in before
                if repr(value) in chosen
            ]
        said = schema.get("type")
        if said is None:
            return
        several = isinstance(said, list) and found is None
        listed = said if isinstance(said, list) else [said]
        kinds = [(kind, (own, "type", i) if several else None) for i, kind in enumerate(listed)]
        if self.types is None:
            self.types = kinds
            return
        said_now = dict(kinds)
        kept = []
        for kind, choice in self.types:
            if kind in said_now:
                kept.append((kind, choice or said_now[kind]))
            elif kind == "integer" and "number" in said_now:
                kept.append((kind, choice or said_now["number"]))
            elif kind == "number" and "integer" in said_now:
                kept.append(("integer", choice or said_now["integer"]))
        self.types = kept

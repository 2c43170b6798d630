"""What the document says about the parts of a multipart body (OpenAPI 3.1.0, 4.8.14.4, 4.8.15)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gateway.contract.model import BodyType, PartEncoding, Schema
from gateway.contract.types import DEPTH, TypeReader
from gateway.validate.brackets import MAX_DEPTH, last_bracket
from gateway.validate.media_types import kind_of
from gateway.validate.multipart_parser import Malformed
from gateway.validate.part_headers import PartHead
from gateway.validate.readings import Shape

Carrier = Literal["file", "text", "either"]

MAX_KEPT = 256  # rules; more names than that are a client's invention
_NO_ENCODING = PartEncoding()
_BOTH = frozenset({"file", "text"})
_ANNOTATIONS = frozenset(
    {"title", "description", "default", "example", "examples", "deprecated", "readOnly"}
    | {"writeOnly", "externalDocs", "$comment"}
)


@dataclass(frozen=True, slots=True)
class PartRule:
    """How parts of one name are taken.

    `field` is the declared property that the name stands for; `path` are the segments in brackets
    behind it; `shape` is its JSON types. An array property comes in `least` to `most` parts.
    `alone` tells whether the property can be checked by itself: it cannot where the members of a
    union declare it differently.
    """

    field: str
    path: tuple[str, ...]
    carrier: Carrier
    shape: Shape
    alone: bool
    least: int
    most: int | None
    content_types: tuple[str, ...]

    @property
    def repeats(self) -> bool:
        """Whether the property may come in more than one part."""
        return not self.shape.types or "array" in self.shape.types

    @property
    def nested(self) -> bool:
        """Whether the name stands for something inside the property, not for it or an item."""
        return len(self.path) > 1 or any(part and not part.isdigit() for part in self.path)

    @property
    def composite(self) -> bool:
        """Whether the text of a part can be an object, or a list that holds more than text."""
        types, items = self.shape.types, self.shape.items
        return self._open or "object" in types or "object" in items or "array" in items

    @property
    def textual(self) -> bool:
        """Whether the text of a part can be a string as it is."""
        return self._open or "string" in self.shape.types | self.shape.items

    @property
    def _open(self) -> bool:
        """Whether the property or its items can be of any type."""
        return not self.shape.types or (self.shape.types == {"array"} and not self.shape.items)

    def is_file(self, head: PartHead) -> bool:
        """Tell whether the part is passed on without reading its content."""
        if self.carrier == "either":
            return head.file or not _is_textual(head.media_type)
        return self.carrier == "file"

    def accepts(self, media_type: str) -> bool:
        """Tell whether the declared content types, if any, cover `media_type`."""
        return not self.content_types or any(
            covers(declared, media_type) for declared in self.content_types
        )


class PartRules:
    """Finds the rule for a part by its name."""

    def __init__(self, body: BodyType, document: Mapping[str, Any]) -> None:
        self._body = body
        self._reader = TypeReader(document)
        self._found: dict[str, PartRule] = {}
        self.closed = self._takes_nothing_else()

    def rule_for(self, name: str) -> PartRule | None:
        """Return the rule for a name, None if nothing declared is meant."""
        rule = self._found.get(name)
        if rule is None:
            rule = self._make(name)
            if rule is not None and len(self._found) < MAX_KEPT:
                self._found[name] = rule
        return rule

    def _takes_nothing_else(self) -> bool:
        """Tell whether the schema, or a part of its `allOf`, takes declared names only."""
        schema = self._reader.target(True if self._body.schema is None else self._body.schema)
        if isinstance(schema, bool):
            return not schema
        parts = [schema, *(self._reader.target(part) for part in schema.get("allOf", ()))]
        return any(
            part.get("additionalProperties") is False and "patternProperties" not in part
            for part in parts
            if isinstance(part, Mapping)
        )

    def _make(self, name: str) -> PartRule | None:
        field, path = self._split(name)
        if field is None:
            return None
        schema = self._body.properties[field]
        declared = self._declarations(field)
        kinds = self._body.encoding.get(field, _NO_ENCODING).content_types
        least, most = self._bounds(schema)
        return PartRule(
            field=field,
            path=path,
            carrier=self._carrier(schema, path, bool(kinds)),
            shape=self._shape(declared),
            alone=len(declared) == 1,
            least=least,
            most=most,
            content_types=tuple(kind.partition(";")[0].strip() for kind in kinds),
        )

    def _declarations(self, field: str) -> list[Schema]:
        """List the schemas of a property that differ; of a union's members each may have one."""
        found = [self._body.properties[field]]
        for part in self._members(True if self._body.schema is None else self._body.schema):
            schema = self._reader.target((part.get("properties") or {}).get(field, found[0]))
            if schema not in found:
                found.append(schema)
        return found

    def _shape(self, declared: list[Schema]) -> Shape:
        types = [self._reader.types(schema) for schema in declared]
        schema: Schema = {"anyOf": declared} if len(declared) > 1 else declared[0]
        members = self._reader.properties(schema)
        return Shape(
            types=frozenset[str]().union(*types) if all(types) else frozenset(),
            items=self._reader.items(schema),
            properties={name: self._reader.types(value) for name, value in members.items()},
        )

    def _split(self, name: str) -> tuple[str | None, tuple[str, ...]]:
        """Return the declared property that a name stands for, and its segments in brackets."""
        keys: list[str] = []
        field = name
        while field not in self._body.properties:
            split = last_bracket(field)
            if split is None:
                return None, ()
            if len(keys) == MAX_DEPTH:
                raise Malformed(f"A part's name is nested more than {MAX_DEPTH} deep.")
            field, key = split
            keys.append(key)
        return field, tuple(reversed(keys))

    def _carrier(self, schema: Schema, path: tuple[str, ...], typed: bool) -> Carrier:
        node = self._reader.target(schema)
        if not path and typed and _is_empty(node):
            return "file"
        for segment in path:
            node = self._inside(node, segment)
        found = self._carriers(node, set())
        return "either" if found == _BOTH else "file" if "file" in found else "text"

    def _inside(self, schema: Schema, segment: str) -> Schema:
        members = self._reader.properties(schema)
        if segment in members:
            return members[segment]
        for array in self._arrays(schema):
            return self._reader.target(array.get("items", True))
        return schema if not segment or segment.isdigit() else {}

    def _carriers(self, schema: Schema, seen: set[int]) -> frozenset[str]:
        """Tell what can carry a value: "file" (its bytes, not read), "text" or both."""
        node = self._reader.target(schema)
        if not isinstance(node, Mapping) or _is_empty(node):
            return _BOTH if node is not False else frozenset()
        if id(node) in seen or node.get("type") == "null":
            return frozenset()
        if node.get("format") == "binary":
            return frozenset({"file"})
        if "contentMediaType" in node and "contentEncoding" not in node:
            return frozenset({"file"})
        seen.add(id(node))
        members = [member for key in ("anyOf", "oneOf") for member in node.get(key, ())]
        members += [member for member in node.get("allOf", ()) if not _is_empty(member)]
        members += [node["items"]] if "items" in node else []
        found = frozenset[str]().union(*(self._carriers(member, seen) for member in members))
        return found or frozenset({"text"})

    def _bounds(self, schema: Schema) -> tuple[int, int | None]:
        """Return how few and how many parts an array property may have, as far as can be told."""
        arrays = list(self._arrays(schema))
        if not arrays:
            return 0, None
        only_arrays = self._reader.types(schema) == {"array"}
        least = min(int(array.get("minItems", 0)) for array in arrays) if only_arrays else 0
        most = [int(array["maxItems"]) for array in arrays if "maxItems" in array]
        return least, max(most) if len(most) == len(arrays) else None

    def _arrays(self, schema: Schema) -> Iterator[Mapping[str, Any]]:
        for node in self._members(schema):
            if "items" in node or "array" in node.get("type", ()):
                yield node

    def _members(self, schema: Schema, depth: int = 0) -> Iterator[Mapping[str, Any]]:
        """Yield a schema and all that it is made of: `allOf` and the members of its unions."""
        node = self._reader.target(schema)
        if not isinstance(node, Mapping) or depth > DEPTH:
            return
        yield node
        for key in ("allOf", "anyOf", "oneOf"):
            for member in node.get(key, ()):
                yield from self._members(member, depth + 1)


def covers(declared: str, media_type: str) -> bool:
    """Tell whether a media type or range (`image/*`, `*/*`) covers `media_type`."""
    if declared in {media_type, "*/*"}:
        return True
    return declared.endswith("/*") and media_type.startswith(declared[:-1])


def _is_textual(media_type: str) -> bool:
    return not media_type or media_type.startswith("text/") or kind_of(media_type) == "json"


def _is_empty(schema: Schema) -> bool:
    """Tell whether a schema says nothing about the value."""
    return schema is True or (isinstance(schema, Mapping) and not set(schema) - _ANNOTATIONS)

"""Where a schema leaves a set of values open to growth: the marks `x-open-set`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.contract.pointer import follow
from gateway.contract.types import type_of
from tests.surface.instances import Path
from tests.surface.schema_graph import UNIONS, Schema

MARK = "x-open-set"


def openness(
    schema: Schema, document: Mapping[str, Any], value: Any, path: Path
) -> frozenset[str] | None:
    """Tell whether the text at `path` in `value` is of a set that the schema leaves open.

    None is a closed set. The tag of an open union comes with the union's known tags: another one
    of these must still be refused, since the value has not the shape that it stands for. Members
    of unions that the value can not be meant for are not looked at.
    """
    reader = _Reader(document)
    schemas = [schema]
    known: set[str] | None = None
    for index, key in enumerate(path):
        parts = [part for one in schemas for part in reader.parts(one, value)]
        if index == len(path) - 1:
            known = reader.open_tags(parts, key)
        schemas = [child for part in parts for child in _children(part, key)]
        value = value[key]
    if known is not None:
        return frozenset(known)
    marked = any(part.get(MARK) for one in schemas for part in reader.parts(one, value))
    return frozenset() if marked else None


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def parts(self, schema: Schema, value: Any) -> Iterator[Mapping[str, Any]]:
        """Yield a schema and what it is made of: its target, `allOf`, members for the value."""
        waiting, seen = [schema], set[int]()
        while waiting:
            node, _ = follow(self._document, waiting.pop())
            if not isinstance(node, Mapping) or id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            waiting.extend(node.get("allOf", ()))
            for keyword in UNIONS:
                waiting.extend(one for one in node.get(keyword, ()) if self._meant(one, value))

    def open_tags(self, parts: Iterable[Mapping[str, Any]], key: str | int) -> set[str] | None:
        """Return the tags that unions with an open member know under `key`; None if none is."""
        found: set[str] | None = None
        for part in parts:
            for member in (one for keyword in UNIONS for one in part.get(keyword, ())):
                node, _ = follow(self._document, member)
                if node.get(MARK) and key in node.get("properties", {}):
                    excluded = node["properties"][key].get("not", {})
                    found = (found or set()) | set(excluded.get("enum", ()))
        return found

    def _meant(self, member: Schema, value: Any) -> bool:
        """Tell whether a union's member can be meant: its types and the constants in it agree."""
        node, _ = follow(self._document, member)
        if not isinstance(node, Mapping):
            return True
        said = node.get("type")
        types = {said} if isinstance(said, str) else set(said or ())
        kind = type_of(value)
        if types and kind not in types and not (kind == "integer" and "number" in types):
            return False
        if not isinstance(value, dict):
            return True
        if any(not self._meant(part, value) for part in node.get("allOf", ())):
            return False
        properties = node.get("properties", {})
        both = properties.keys() & value.keys()
        return all(self._allows(properties[name], value[name]) for name in both)

    def _allows(self, schema: Schema, value: Any) -> bool:
        node, _ = follow(self._document, schema)
        if not isinstance(node, Mapping):
            return True
        if value in node.get("not", {}).get("enum", ()):
            return False
        return value in node.get("enum", [node.get("const", value)])


def _children(part: Mapping[str, Any], key: str | int) -> Iterator[Schema]:
    if isinstance(key, int):
        yield part.get("items", True)
    elif key in part.get("properties", {}):
        yield part["properties"][key]
    elif isinstance(part.get("additionalProperties"), Mapping):
        yield part["additionalProperties"]

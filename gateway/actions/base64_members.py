"""Base64 in JSON answers: found by the schema, or by what a long text opens with.

`contentEncoding: base64` (JSON Schema 2020-12) and `format: byte` (OpenAPI 3.0) declare it. Long
texts that are a picture, a sound or a document all the same are found by their first bytes: no
model can read them either.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.actions.media import OCTETS, OPENING, sniffed
from gateway.contract.model import Operation, Schema
from gateway.contract.pointer import follow

# Characters from which a text is looked at that nothing declares; more where the bytes tell little.
UNDECLARED = 64
FAINT = {"audio/mpeg": 1_024, "audio/aac": 1_024}
MAX_DEPTH = 64
UNIONS = ("allOf", "anyOf", "oneOf")
SCHEMA_DEPTH = 12  # of references and unions at one place
TEXT = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


@dataclass(frozen=True, slots=True)
class Base64Member:
    """A text that is a file: `holder[key]`. `media_type` is what the schema or the bytes tell."""

    holder: Any
    key: str | int
    media_type: str

    def decoded(self) -> bytes | None:
        """Return the file, None where the text is no base64 after all."""
        return decoded(self.holder[self.key])


def decoded(text: str) -> bytes | None:
    """Decode base64, in either alphabet, padded or not; None where it is none."""
    plain = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def success_schema(operation: Operation, status: int) -> Schema:
    """Return the schema of an operation's JSON answer with a status; True where it has none."""
    exact = str(status)
    for wanted in (exact, f"{exact[0]}XX", "default"):
        for answer in operation.answers:
            if answer.status.upper() == wanted.upper():
                for kind, media in answer.content.items():
                    if "json" in kind.lower():
                        schema: Schema = media.get("schema", True)
                        return schema
    return True


class Base64Search:
    """Finds the texts of JSON values that are files; what is learnt of schemas is kept.

    `document` is where the schemas' references lead; it never changes.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        # By identity; the schema is kept, so that its identity is not given to another one.
        self._known: dict[int, tuple[Any, list[Mapping[str, Any]]]] = {}

    def members(self, value: Any, schemas: Sequence[Any], depth: int = 0) -> Iterator[Base64Member]:
        """Yield the texts of `value` that are files, in document order."""
        if depth > MAX_DEPTH:
            return
        nodes = self._all_nodes(schemas)
        for key, item in _parts(value):
            if not isinstance(item, str | dict | list):
                continue
            inner = _members(nodes, key) if isinstance(value, dict) else _items(nodes, key)
            if not isinstance(item, str):
                yield from self.members(item, inner, depth + 1)
            elif media_type := self._media_type(item, inner):
                yield Base64Member(value, key, media_type)

    def _media_type(self, text: str, schemas: Sequence[Any]) -> str:
        """Return the kind of file that a text is, "" where it is none."""
        opening = _opening(text)
        known = sniffed(opening) if opening else None
        for node in self._all_nodes(schemas):
            if node.get("contentEncoding") == "base64" or node.get("format") == "byte":
                if not text or TEXT.fullmatch("".join(text[:OPENING].split())) is None:
                    return ""
                said = node.get("contentMediaType")
                return known or (said if isinstance(said, str) else OCTETS)
        return known if known and len(text) >= FAINT.get(known, UNDECLARED) else ""

    def _all_nodes(self, schemas: Sequence[Any]) -> list[Mapping[str, Any]]:
        """Return what some schemas say, each node once."""
        found: dict[int, Mapping[str, Any]] = {}
        for schema in schemas:
            if id(schema) not in self._known:
                self._known[id(schema)] = (schema, list(self._nodes(schema, 0)))
            found.update((id(node), node) for node in self._known[id(schema)][1])
        return list(found.values())

    def _nodes(self, schema: Any, depth: int) -> Iterator[Mapping[str, Any]]:
        """Yield what a schema says through references and unions."""
        node, _ = follow(self._document, schema)
        if not isinstance(node, Mapping) or depth > SCHEMA_DEPTH:
            return
        yield node
        for key in UNIONS:
            parts = node.get(key)
            for part in parts if isinstance(parts, list) else ():
                yield from self._nodes(part, depth + 1)


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return enumerate(value) if isinstance(value, list) else ()


def _opening(text: str) -> bytes | None:
    """Return the first bytes of what a text encodes."""
    head = "".join(text[: OPENING * 2].split())
    return decoded(head[: len(head) // 4 * 4]) if TEXT.fullmatch(head) else None


def _members(nodes: Sequence[Mapping[str, Any]], name: str) -> tuple[Any, ...]:
    found = []
    for node in nodes:
        properties = node.get("properties")
        if isinstance(properties, Mapping) and name in properties:
            found.append(properties[name])
        elif isinstance(node.get("additionalProperties"), Mapping):
            found.append(node["additionalProperties"])
    return tuple(found)


def _items(nodes: Sequence[Mapping[str, Any]], index: int) -> tuple[Any, ...]:
    found = []
    for node in nodes:
        prefix = node.get("prefixItems")
        if isinstance(prefix, list) and index < len(prefix):
            found.append(prefix[index])
        elif "items" in node:
            found.append(node["items"])
    return tuple(found)

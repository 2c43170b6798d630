"""The bodies of answers, each made once from the document."""

import json
from collections.abc import Mapping
from typing import Any

from gateway.contract.model import Operation, Schema
from gateway.contract.pointer import follow
from gateway.standin.answers import Choice, essence, is_json
from gateway.standin.events import sample_events
from gateway.standin.examples import ExampleMaker

JSON_LINES = ("application/jsonl", "application/x-ndjson", "application/json-seq")
TEXTUAL = ("application/sdp", "application/xml", "application/yaml", "application/javascript")
FRAMING = frozenset(
    b"content-length content-type transfer-encoding connection content-encoding date".split()
)

Key = tuple[str, int, str]


class Contents:
    """Makes the values of answers. What it returns is shared: never change it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.maker = ExampleMaker(document)
        self._document = document
        self._values: dict[Key, Any] = {}
        self._events: dict[Key, list[bytes]] = {}
        self._fields: dict[Key, tuple[tuple[bytes, bytes], ...]] = {}

    def value(self, operation: Operation, choice: Choice) -> Any:
        """Return the JSON value of an answer: the document's own example, or a made one."""
        key = _key(operation, choice)
        if key not in self._values:
            self._values[key] = self._make(operation, choice)
        return self._values[key]

    def events(self, operation: Operation, choice: Choice) -> list[bytes]:
        """Return the encoded events of an event stream."""
        key = _key(operation, choice)
        if key not in self._events:
            self._events[key] = sample_events(choice.media, self.maker, operation.id)
        return self._events[key]

    def fields(self, operation: Operation, choice: Choice) -> tuple[tuple[bytes, bytes], ...]:
        """Return the declared response headers that are required or have an example."""
        key = _key(operation, choice)
        if key not in self._fields:
            self._fields[key] = tuple(self._make_fields(operation, choice))
        return self._fields[key]

    def _make(self, operation: Operation, choice: Choice) -> Any:
        schema: Schema = choice.media.get("schema", True)
        examples = choice.media.get("examples")
        given = [choice.media["example"]] if "example" in choice.media else []
        for example in examples.values() if isinstance(examples, Mapping) else ():
            found, _ = follow(self._document, example)
            if isinstance(found, Mapping) and "value" in found:
                given.append(found["value"])
        for value in given:
            if self.maker.validity.holds(schema, value):
                return value
        if schema is True and is_json(choice.declared or ""):
            return {}
        return self.maker.make(schema, operation.id)

    def _make_fields(self, operation: Operation, choice: Choice) -> list[tuple[bytes, bytes]]:
        fields = []
        for name, header in choice.answer.headers.items() if choice.answer else ():
            described, _ = follow(self._document, header)
            raw = name.lower().encode("latin-1", "replace")
            if raw in FRAMING or not isinstance(described, Mapping):
                continue
            if described.get("required") is not True and "example" not in described:
                continue
            schema = described.get("schema", True)
            value = described.get("example", self.maker.make(schema, f"{operation.id} {name}"))
            text = value if isinstance(value, str) else json.dumps(value)
            if text.isprintable():
                fields.append((raw, text.encode("latin-1", "replace")))
        return fields


def is_text(media_type: str) -> bool:
    """Tell whether bodies of the media type are text."""
    name = essence(media_type)
    return name.startswith("text/") or name in TEXTUAL or name.endswith(("+xml", "+yaml"))


def encode_body(media_type: str, value: Any) -> bytes:
    """Encode the value of an answer that is JSON, JSON lines or text."""
    if essence(media_type) in JSON_LINES:
        lines = value if isinstance(value, list) else [value]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    if not is_json(media_type) and isinstance(value, str):
        return value.encode()
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _key(operation: Operation, choice: Choice) -> Key:
    return operation.id, choice.status, choice.declared or ""

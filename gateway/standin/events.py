"""Event streams (WHATWG HTML, section 9.2): the document's sample events, or made ones."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.contract.model import Schema
from gateway.standin.examples import ExampleMaker

COUNT = 3  # of the events that are made where the document has no sample
DONE = b"data: [DONE]\n\n"


def sample_events(media: Mapping[str, Any], maker: ExampleMaker, seed: str) -> list[bytes]:
    """Return the events of a Media Type Object, encoded.

    `x-stream` holds them: `{events: [{event?: name, data: …}], done: true}`; without it they are
    made from the schema: of a union one of each of its first branches.
    """
    stream = media.get("x-stream")
    if isinstance(stream, Mapping) and isinstance(stream.get("events"), Sequence):
        events = [encode(event.get("data"), event.get("event")) for event in stream["events"]]
        return events + ([DONE] if stream.get("done") is True else [])
    schema: Schema = media.get("schema", True)
    return [_made(value) for value in _values(schema, maker, seed)]


def encode(data: Any, name: str | None = None) -> bytes:
    """Encode one event. Text is sent as it is, all else as JSON."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    lines = [f"event: {name}"] if name else []
    lines += [f"data: {line}" for line in text.splitlines() or [""]]
    return ("\n".join(lines) + "\n\n").encode()


def _values(schema: Schema, maker: ExampleMaker, seed: str) -> Iterator[Any]:
    flat = maker.flattener.flat(schema)
    branches = flat.unions[0] if len(flat.unions) == 1 else ()
    for number in range(COUNT):
        if number < len(branches):
            value = maker.make(branches[number], f"{seed}#{number}")
            if maker.validity.holds(schema, value):
                yield value
        elif not branches:
            yield maker.make(schema, f"{seed}#{number}")


def _made(value: Any) -> bytes:
    """Encode a made value; one that is an event with its data is written as such."""
    if not isinstance(value, Mapping):
        return encode(value)
    if "data" in value and set(value) <= {"event", "data", "id", "retry"}:
        name = value.get("event")
        return encode(value["data"], name if isinstance(name, str) else None)
    name = value.get("type", value.get("event"))
    return encode(value, name if isinstance(name, str) and "\n" not in name else None)

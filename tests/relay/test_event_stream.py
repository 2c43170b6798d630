"""Where an event ends, however the stream is cut into chunks."""

import pytest

from gateway.relay.event_stream import TAIL, between_events, is_event_stream, with_stream_headers

WHOLE = [
    b"",
    b"data: 1\n\n",
    b"data: 1\r\n\r\n",
    b"data: 1\r\r",
    b": c\n\n",
    b"a\n\n\n",
    b"a\r\n\n",
]
INSIDE = [b"d", b"data: 1", b"data: 1\n", b"data: 1\r\n", b"data: 1\r", b"a\n\nb", b"a\n\nb\n"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
@pytest.mark.parametrize(
    ("stream", "here"),
    [*((stream, True) for stream in WHOLE), *((stream, False) for stream in INSIDE)],
)
def test_boundary(stream: bytes, here: bool, size: int) -> None:
    tail = b""
    for start in range(0, len(stream), size):
        tail = (tail + stream[start : start + size])[-TAIL:]
    assert between_events(tail) is here


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"text/event-stream", True),
        (b"Text/Event-Stream; charset=utf-8", True),
        (b"text/event-stream;x", True),
        (b"text/event-streams", False),
        (b"application/json", False),
        (None, False),
    ],
)
def test_is_event_stream(value: bytes | None, expected: bool) -> None:
    assert is_event_stream(value) is expected


def test_stream_headers_are_added_where_they_lack() -> None:
    assert with_stream_headers([(b"cache-control", b"x")]) == [
        (b"cache-control", b"x"),
        (b"x-accel-buffering", b"no"),
    ]

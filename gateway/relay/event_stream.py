"""Event streams (WHATWG HTML, section 9.2): their header fields, and where an event ends."""

from collections.abc import Sequence
from functools import lru_cache

Pairs = Sequence[tuple[bytes, bytes]]
ENDS = (b"\n\n", b"\r\r", b"\r\n\r\n", b"\n\r\n", b"\r\n\n", b"\n\r")


def is_event_stream(content_type: bytes | None) -> bool:
    """Tell whether a response of that type is an event stream."""
    return content_type is not None and media_type(content_type) == "text/event-stream"


@lru_cache(maxsize=256)  # upstreams write few
def media_type(content_type: bytes) -> str:
    """Return what a Content-Type names, lower-case, without its parameters."""
    return content_type.decode("latin-1").partition(";")[0].strip().lower()


def with_stream_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add what keeps caches and proxies from holding events back, where upstream has it not."""
    present = {name for name, _ in headers}
    for name, value in ((b"cache-control", b"no-cache"), (b"x-accel-buffering", b"no")):
        if name not in present:
            headers.append((name, value))
    return headers


TAIL = 4  # bytes of a stream's end that tell whether an event could begin there


def between_events(tail: bytes) -> bool:
    """Tell whether a stream that ends with `tail`, or is that alone, stands between two events."""
    return not tail or tail.endswith(ENDS)

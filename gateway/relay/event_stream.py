"""Event streams (WHATWG HTML, section 9.2): their header fields, and where an event ends."""

from collections.abc import Sequence
from functools import lru_cache

Pairs = Sequence[tuple[bytes, bytes]]
ENDS = (b"\n\n", b"\r\r", b"\r\n\r\n", b"\n\r\n", b"\r\n\n", b"\n\r")


def is_event_stream(headers: Pairs) -> bool:
    """Tell whether a response is an event stream."""
    for name, value in headers:
        if name == b"content-type" and media_type(value) == "text/event-stream":
            return True
    return False


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


class Boundary:
    """Whether the bytes so far end between two events, where one of ours can be put."""

    def __init__(self) -> None:
        self._tail = b"\n\n"

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the stream."""
        self._tail = (self._tail + chunk)[-4:] if len(chunk) < 4 else chunk[-4:]

    @property
    def here(self) -> bool:
        """Whether an event could begin here."""
        return self._tail.endswith(ENDS)

"""HTTP/1.1 on the wire, for tests: requests as they came, bodies taken apart, responses made."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class RawRequest:
    """A request as it came. `body` is de-chunked, `raw_body` is what stood on the wire.

    `connection` counts from 0. `complete` is False for a request whose body never ended; `size` is
    the body's length, also where bodies are not kept.
    """

    line: bytes
    header_lines: tuple[bytes, ...]
    connection: int = 0
    body: bytes = b""
    raw_body: bytes = b""
    size: int = 0
    complete: bool = False

    @property
    def method(self) -> bytes:
        return self.line.split(b" ", 1)[0]

    @property
    def target(self) -> bytes:
        return self.line.split(b" ", 1)[1].rsplit(b" ", 1)[0]

    @property
    def fields(self) -> list[tuple[bytes, bytes]]:
        """The header lines as pairs, names as they were written."""
        pairs = (line.partition(b":") for line in self.header_lines)
        return [(name, value.strip(b" \t")) for name, _, value in pairs]

    def values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def value(self, name: bytes) -> bytes | None:
        return next(iter(self.values(name)), None)


class Body:
    """Takes a message's body apart as it comes: by length, in chunks, or until the end."""

    def __init__(self, length: int | None, chunked: bool, keep: bool = True) -> None:
        self.decoded = bytearray()
        self.raw = bytearray()
        self.size = 0
        self.rest = b""
        self.keep = keep
        self._chunked = chunked
        self._left = length
        self._buffer = bytearray()
        self.done = length == 0 and not chunked

    def feed(self, data: bytes) -> None:
        if self.done:
            self.rest += data
        elif self._chunked:
            self._feed_chunked(data)
        else:
            taken = data if self._left is None else data[: self._left]
            self._take(taken, taken)
            self.rest = data[len(taken) :]
            if self._left is not None:
                self._left -= len(taken)
                self.done = self._left == 0

    def _take(self, decoded: bytes, raw: bytes) -> None:
        self.size += len(decoded)
        if self.keep:
            self.decoded += decoded
            self.raw += raw

    def _feed_chunked(self, data: bytes) -> None:
        self._buffer += data
        while not self.done:
            end = self._buffer.find(b"\r\n")
            if end < 0:
                return
            size = int(self._buffer[:end].split(b";")[0] or b"0", 16)
            stop = end + 2 + size + 2
            if size == 0:
                stop = end + 4 if self._buffer[end + 2 : end + 4] == b"\r\n" else -1
                if stop < 0:  # trailers
                    stop = self._buffer.find(b"\r\n\r\n", end) + 4
                    if stop < 4:
                        return
            if len(self._buffer) < stop:
                return
            chunk = bytes(self._buffer[:stop])
            del self._buffer[:stop]
            self._take(chunk[end + 2 : end + 2 + size], chunk)
            if size == 0:
                self.done, self.rest = True, bytes(self._buffer)


def body_of(fields: Sequence[tuple[bytes, bytes]], default: int | None, keep: bool) -> Body:
    known = {name.lower(): value for name, value in fields}
    chunked = known.get(b"transfer-encoding", b"").lower().endswith(b"chunked")
    length = int(known[b"content-length"]) if b"content-length" in known else default
    return Body(length, chunked, keep)


def respond(
    body: bytes = b"",
    status: str = "200 OK",
    headers: Sequence[tuple[str, str]] = (),
    length: bool = True,
) -> bytes:
    """Make a response's bytes, with its Content-Length unless `length` is False."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunk(data: bytes) -> bytes:
    """Frame one chunk; `chunk(b"")` is the last."""
    return b"%x\r\n%s\r\n" % (len(data), data)

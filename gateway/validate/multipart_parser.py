"""Multipart bodies, read while they arrive (RFC 2046, section 5.1; RFC 7578). No I/O.

The parser cuts the body into events without changing or losing a byte: joined, the `raw` of all
events is the body. What it has not decided yet (at most a delimiter and the part headers behind
it) it holds. Content passes uncopied: a chunk that lies inside one part comes out as it went in.

It refuses what receivers read in different ways, since the upstream could see other parts than
the ones that were checked: bare CR or LF at a delimiter, anything between a delimiter and its
CRLF, a delimiter behind the closing one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_HEADER_BYTES = 16 * 1024  # of one part
MAX_PARTS = 10_000
MAX_OUTSIDE_BYTES = 64 * 1024  # of the preamble, and of the epilogue
CRLF = b"\r\n"
NO_DELIMITER = "The body does not begin with the boundary that Content-Type names."
BARE_LINE_END = "The part headers hold a bare CR or LF; end lines with CRLF."
_BARE = re.compile(rb"\r(?!\n|\Z)|(?<!\r)\n")


class Malformed(ValueError):
    """The body is not well-formed. `param` is the field's JSON Pointer, "" where none is known."""

    def __init__(self, message: str, param: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.param = param


@dataclass(frozen=True, slots=True)
class Preamble:
    """Bytes in front of the first delimiter."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class PartBegin:
    """A delimiter and the header block behind it. `head` is that block, without its blank line."""

    raw: bytes
    head: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes of the part that began last."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing delimiter, up to and with its two hyphens."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Epilogue:
    """Bytes behind the closing delimiter, their CRLF included."""

    raw: bytes


Event = Preamble | PartBegin | Content | Closing | Epilogue
Step = tuple[Event | None, int]  # what was read, and how far
State = Literal["preamble", "content", "delimiter", "closed", "epilogue"]


class MultipartParser:
    """Reads one body. After `Malformed` was raised the parser must not be used further."""

    def __init__(self, boundary: bytes) -> None:
        self._dashes = b"--" + boundary
        self._state: State = "preamble"
        self._at_start = True  # of the body or of a part's content
        self._held = b""
        self._delimiter_size = 0
        self._parts = 0
        self._outside = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield what `chunk` completes. Iterate to the end before the next call."""
        data = self._held + chunk if self._held else chunk
        self._held = b""
        at = 0
        while at < len(data):
            event, at = self._step(data, at)
            if event is not None:
                yield event

    def finish(self) -> Iterator[Event]:
        """Yield the rest at the end of the body; raise `Malformed` if the body is cut short."""
        if self._state == "preamble":
            raise Malformed(NO_DELIMITER)
        if self._state == "delimiter":
            _check_line_ends(self._held)
        if self._state in {"content", "delimiter"}:
            raise Malformed("The body ends without the closing delimiter.")
        if self._state == "closed" and self._held:
            raise Malformed("Only CRLF may follow the closing delimiter.")
        if self._held:
            yield self._passage(self._held)
            self._held = b""

    def _step(self, data: bytes, at: int) -> Step:
        if self._state == "delimiter":
            return self._read_delimiter(data, at)
        if self._state == "closed":
            return self._read_behind_closing(data, at)
        return self._read_passage(data, at)

    def _hold(self, data: bytes, at: int) -> Step:
        self._held = data[at:]
        return None, len(data)

    def _read_passage(self, data: bytes, at: int) -> Step:
        """Read preamble, content or epilogue up to the next delimiter."""
        if self._at_start:
            if data.startswith(self._dashes, at):
                return self._begin_delimiter(data, at, at)
            if self._dashes.startswith(data[at : at + len(self._dashes)]):
                return self._hold(data, at)
            self._at_start = False
        dashes = self._find_dashes(data, at)
        stop = _line_end_before(data, at, dashes) if dashes >= 0 else self._undecided(data, at)
        if stop > at:
            return self._passage(data[at:stop]), stop
        return self._hold(data, at) if dashes < 0 else self._begin_delimiter(data, at, dashes)

    def _find_dashes(self, data: bytes, at: int) -> int:
        """Find `--boundary` at the beginning of a line, whatever ends the line before; -1: none."""
        found = data.find(self._dashes, at)
        if found < 0 or (found > at and data[found - 1] in CRLF):
            return found
        # In the middle of a line it is content. Two more searches bound the cost of many such.
        lf = data.find(b"\n" + self._dashes, found)
        cr = data.find(b"\r" + self._dashes, found, lf if lf >= 0 else len(data))
        line_end = cr if cr >= 0 else lf
        return line_end + 1 if line_end >= 0 else -1

    def _undecided(self, data: bytes, at: int) -> int:
        """Return where the tail of `data` begins that may be the beginning of a delimiter."""
        tail = max(at, len(data) - len(self._dashes))
        line_end = max(data.rfind(b"\n", tail), data.rfind(b"\r", tail))
        if line_end < 0 or not self._dashes.startswith(data[line_end + 1 :]):
            return len(data)
        return _line_end_before(data, at, line_end + 1)

    def _passage(self, raw: bytes) -> Event:
        if self._state == "content":
            return Content(raw)
        self._outside += len(raw)
        if self._state == "preamble":
            if self._outside > MAX_OUTSIDE_BYTES:
                raise Malformed(NO_DELIMITER)
            return Preamble(raw)
        if self._outside > MAX_OUTSIDE_BYTES:
            raise Malformed("Too much follows the closing delimiter; end the body there.")
        return Epilogue(raw)

    def _begin_delimiter(self, data: bytes, start: int, dashes: int) -> Step:
        """Enter the delimiter that starts, with the end of the line before it, at `start`."""
        if self._state == "epilogue":
            raise Malformed("A delimiter follows the closing delimiter.")
        if start == dashes and self._state == "content":
            raise Malformed("A delimiter follows the part headers without CRLF between them.")
        if start < dashes and data[start:dashes] != CRLF:
            raise Malformed("A delimiter follows a bare CR or LF; end lines with CRLF.")
        self._state = "delimiter"
        self._delimiter_size = dashes - start + len(self._dashes)
        return None, start

    def _read_delimiter(self, data: bytes, at: int) -> Step:
        """Read a delimiter and, unless it is the closing one, the header block behind it."""
        behind = at + self._delimiter_size
        mark = data[behind : behind + 2]
        if len(mark) < 2:
            return self._hold(data, at)
        if mark == b"--":
            self._state, self._outside = "closed", 0
            return Closing(data[at : behind + 2]), behind + 2
        # > Composers MUST NOT generate non-zero length transport padding (RFC 2046, 5.1.1), and
        # HTTP adds none. Receivers differ in whether they take such a line for a delimiter.
        if mark != CRLF:
            raise Malformed("Only CRLF or two hyphens may follow the boundary.")
        stop = data.find(CRLF + CRLF, behind)
        if (stop if stop >= 0 else len(data) - 3) - behind > MAX_HEADER_BYTES:
            _check_line_ends(data[behind : behind + MAX_HEADER_BYTES])
            raise Malformed(f"A part has more than {MAX_HEADER_BYTES} bytes of headers.")
        if stop < 0:
            return self._hold(data, at)
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise Malformed(f"The body has more than {MAX_PARTS} parts.")
        self._state, self._at_start = "content", True
        return PartBegin(data[at : stop + 4], data[behind + 2 : stop]), stop + 4

    def _read_behind_closing(self, data: bytes, at: int) -> Step:
        behind = data[at : at + 2]
        if behind == b"\r":
            return self._hold(data, at)
        if behind != CRLF:
            raise Malformed("Only CRLF may follow the closing delimiter.")
        self._state = "epilogue"
        return None, at


def _line_end_before(data: bytes, at: int, line: int) -> int:
    """Return where the line end (CRLF, CR or LF, not before `at`) in front of `line` begins."""
    return line - 2 if line - 2 >= at and data[line - 2 : line] == CRLF else line - 1


def _check_line_ends(head: bytes) -> None:
    if _BARE.search(head):
        raise Malformed(BARE_LINE_END)

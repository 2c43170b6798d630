"""Where the log goes: a file descriptor, written without a buffer of ours."""

import os
import select
from typing import Protocol

ATOMIC: int = getattr(select, "PIPE_BUF", 512)  # bytes that a pipe takes unparted (POSIX, write)


class Sink(Protocol):
    """Takes whole lines, and keeps nothing of them back for a later write."""

    def write(self, data: bytes, /) -> object:
        """Write all of it; it may wait for room. Raises OSError or ValueError."""


class Descriptor:
    """A file descriptor as a sink.

    `sys.stderr` has a buffer with a lock, and the interpreter takes it at exit: with a thread that
    waits in there for a reader, the process would never end.
    """

    def __init__(self, number: int, piece: int | None = None) -> None:
        """Write at most `piece` bytes at a time, in whole lines, but for a line that is longer."""
        self._number = number
        self._piece = piece

    def write(self, data: bytes, /) -> None:
        """Write all of it; raises OSError."""
        if self._piece is None or len(data) <= self._piece:
            self._write(data)
            return
        start = 0
        while start < len(data):
            end = data.rfind(b"\n", start, start + self._piece) + 1
            end = end or data.find(b"\n", start) + 1 or len(data)
            self._write(data[start:end])
            start = end

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._number, left) :]
            except BlockingIOError:  # another process that has the same pipe made it so
                select.select([], [self._number], [])

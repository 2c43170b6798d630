"""Text of the log on its way out, by a thread that may wait for whoever reads it."""

import os
import select
import threading
import time
from queue import SimpleQueue
from typing import Protocol

PIECE = 64 << 10  # characters; a pipe's buffer on Linux
ATOMIC: int = getattr(select, "PIPE_BUF", 512)  # bytes that a pipe takes unparted (POSIX, write)
STALL = 2.0  # seconds in which not one piece went out: nobody reads
TICK = 0.05  # seconds
CLOSING = 5.0  # seconds that a reader who is behind has at the end


class Sink(Protocol):
    """Takes text, and keeps nothing of it back for a later write."""

    def write(self, text: str, /) -> object:
        """Write all of a text; it may wait for room. Raises OSError or ValueError."""


class Descriptor:
    """A file descriptor as a sink.

    `sys.stderr` has a buffer with a lock, and the interpreter takes it at exit: with a thread that
    waits in there for a reader, the process would never end.
    """

    def __init__(self, number: int, encoding: str, piece: int | None = None) -> None:
        """Write at most `piece` bytes at a time, in whole lines, but for a line that is longer."""
        self._number = number
        self._encoding = encoding
        self._piece = piece

    def write(self, text: str, /) -> None:
        """Write all of a text; raises OSError."""
        data = text.encode(self._encoding, "backslashreplace")
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


class LineWriter:
    """Writes what it is given in the order of its coming. One thread alone may give.

    It keeps any amount: who gives looks at `waiting`.
    """

    def __init__(self, sink: Sink) -> None:
        self.failed = 0  # lines that could not be written
        self._sink = sink
        self._pieces: SimpleQueue[tuple[str, int] | None] = SimpleQueue()
        # Each is changed by one thread, so that neither needs a lock.
        self._given = self._gone = 0
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """The number of characters that have not been written."""
        return self._given - self._gone

    def give(self, text: str, lines: int) -> None:
        """Have a text written; `lines` is what its loss counts."""
        self._given += len(text)
        self._pieces.put((text, lines))

    def close(self) -> None:
        """Wait until all is written, but not for a reader that there is not."""
        self._pieces.put(None)
        began = moved = time.monotonic()
        gone = self._gone
        while self._thread.is_alive():
            self._thread.join(TICK)
            now = time.monotonic()
            if gone != self._gone:
                gone, moved = self._gone, now
            if now > min(began + CLOSING, moved + STALL):
                return

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            text, lines = piece
            try:
                self._sink.write(text)
            except (OSError, ValueError):  # the reader has gone, the disk is full
                self.failed += lines
            self._gone += len(text)

"""Where the log goes: a file descriptor, written without a buffer of ours."""

import os
import select
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

BRIEFLY = 0.2  # seconds that a line waits for its turn where it must not wait for a reader
TICK = 0.005  # seconds


class Sink(Protocol):
    """Takes whole lines, and keeps nothing of them back for a later write."""

    def write(self, data: bytes, /) -> object:
        """Write all of it; it may wait for room. Raises OSError or ValueError."""


class Descriptor:
    """A file descriptor as a sink.

    `sys.stderr` has a buffer with a lock, and the interpreter takes it at exit: with a thread that
    waits in there for a reader, the process would never end.
    """

    def __init__(self, number: int) -> None:
        self._number = number

    def write(self, data: bytes, /) -> None:
        """Write all of it; raises OSError."""
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._number, left) :]
            except BlockingIOError:  # another process that has the same pipe made it so
                select.select([], [self._number], [])


class SharedDescriptor(Descriptor):
    """A file descriptor to which several processes write, each when it is its turn.

    A pipe parts what is longer than 4 KiB (PIPE_BUF: POSIX, write), and another's line could come
    between. Make it before they are forked.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self._turns = Turns()

    def write(self, data: bytes, /) -> None:
        """Write all of it; raises OSError."""
        with self._turns.taken():
            super().write(data)

    def offer(self, data: bytes, /) -> None:
        """Write a line, or nothing where nobody reads. Raises OSError."""
        with self._turns.taken_briefly() as taken:
            if taken and self.has_room():
                super().write(data)

    def has_room(self) -> bool:
        """Tell whether a line could be written at once."""
        return bool(select.select([], [self._number], [], 0)[1])


class Turns:
    """Whose turn it is, among processes that were forked after it was made.

    It is a lock of a file's records (POSIX, lockf), which the system lets go when its holder dies.
    """

    def __init__(self) -> None:
        self._file = _unnamed_file()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn, and have it until the block ends."""
        os.lockf(self._file, os.F_LOCK, 0)
        try:
            yield
        finally:
            os.lockf(self._file, os.F_ULOCK, 0)

    @contextmanager
    def taken_briefly(self) -> Iterator[bool]:
        """Wait for the turn for a moment; give whether it came."""
        end = time.monotonic() + BRIEFLY
        while not (taken := self._try()) and time.monotonic() < end:
            time.sleep(TICK)
        try:
            yield taken
        finally:
            if taken:
                os.lockf(self._file, os.F_ULOCK, 0)

    def _try(self) -> bool:
        try:
            os.lockf(self._file, os.F_TLOCK, 0)
        except OSError:  # EACCES or EAGAIN: another has it
            return False
        return True


def _unnamed_file() -> int:
    """Open a file, in memory where the system can: there may be no folder that can be written."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("turns")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())

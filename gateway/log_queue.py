"""Lines of the log between the requests and whoever reads them: a thread writes them."""

import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

from gateway.log_sink import Sink

PAUSE = 0.05  # seconds in which lines gather
PIECE = 64 << 10  # bytes of one write, and what a pipe holds on Linux
# Bytes that may wait for a reader: 160,000 usual lines of 340, half a minute of a full core. It is
# memory, of each worker: 64 MiB, which nobody takes as long as the log is read.
LIMIT = 64 << 20
OBJECT = 64  # bytes that a line takes beside its own
STALL = 2.0  # seconds in which not one piece went out: nobody reads
TICK = 0.05  # seconds
CLOSING = 5.0  # seconds that a reader who is behind has at the end


class LineQueue:
    """Takes lines from any thread, and has a thread of its own write them, many at a time.

    A line costs the caller an append: a thread that woke for each one would fight for the
    interpreter's lock with the loop that serves.
    What nobody reads is dropped beyond `limit` bytes; then half of them have to go before more are
    taken. A line that `notice` makes of their number stands in the place of those that were
    dropped, or could not be written.
    """

    def __init__(self, sink: Sink, notice: Callable[[int], bytes], limit: int = LIMIT) -> None:
        self._sink = sink
        self._notice = notice
        self._limit = limit
        self._lines: deque[bytes | int] = deque()  # a number: so many were dropped here
        # A finalizer may log wherever its thread is, in here too: both can be entered again.
        self._lock = threading.RLock()
        self._wakes: SimpleQueue[None] = SimpleQueue()
        self._dropped = 0  # lines since the last one that was taken
        self._failed = 0  # lines that could not be written, and those that their notices told of
        # Bytes; each is changed by one side, the second by the thread alone.
        self._taken = self._gone = 0
        self._asleep = False
        self._ending = False
        self._thread = self._start()

    @property
    def waiting(self) -> int:
        """The number of bytes that have not been written, with what their objects take."""
        return self._taken - self._gone

    def has_room(self) -> bool:
        """Tell whether a line would be taken; if not, one was lost by that."""
        if self._taken - self._gone < (self._limit // 2 if self._dropped else self._limit):
            return True
        with self._lock:
            self._dropped += 1
        return False

    def put(self, line: bytes) -> None:
        """Take a line, its end included."""
        with self._lock:
            if self._dropped:
                self._mark()
            self._lines.append(line)
            self._taken += len(line) + OBJECT
        if self._asleep:
            self._asleep = False
            self._wakes.put(None)

    def close(self) -> None:
        """Write what is left, as far as it is read, and end.

        What comes after that is written by the next `close`.
        """
        if self._ending:
            if self._thread.is_alive() or not self._lines:
                return
            self._thread = self._start()
        self._ending = True
        self._wakes.put(None)
        began = moved = time.monotonic()
        gone = self._gone
        while self._thread.is_alive():
            self._thread.join(TICK)
            now = time.monotonic()
            if gone != self._gone:
                gone, moved = self._gone, now
            if now > min(began + CLOSING, moved + STALL):
                return

    def _start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="log", daemon=True)
        thread.start()
        return thread

    def _mark(self) -> None:
        self._lines.append(self._dropped)
        self._dropped = 0

    def _run(self) -> None:
        while not self._ending:
            self._wait()
            self._write_all()
        self._write_all()
        if self._failed:
            self._write_piece()

    def _wait(self) -> None:
        while True:
            self._asleep = True  # first: whoever adds a line after the look sees it
            if self._lines or self._ending:
                break
            self._wakes.get()
        self._asleep = False
        if not self._ending:
            time.sleep(PAUSE)

    def _write_all(self) -> None:
        while True:
            if self._dropped and not self._lines:  # nobody may log again
                with self._lock:
                    self._mark()
            if not self._lines:
                return
            self._write_piece()

    def _write_piece(self) -> None:
        """Write the first of the lines, as many as make a piece."""
        pieces: list[bytes] = []
        size = taken = 0
        lost = self._failed  # lines that are, if this is not written
        if lost:
            pieces.append(self._notice(lost))
        while self._lines and size < PIECE:
            line = self._lines.popleft()
            if isinstance(line, int):
                lost += line
                line = self._notice(line)
            else:
                lost += 1
                taken += len(line) + OBJECT
            size += len(line)
            pieces.append(line)
        try:
            self._sink.write(b"".join(pieces))
            self._failed = 0
        except (OSError, ValueError):  # the reader has gone, the disk is full
            self._failed = lost
        self._gone += taken

"""The handler of all loggers: a line is made where something is logged, and written elsewhere."""

import logging
import sys
from collections.abc import Callable
from contextlib import suppress

from gateway.log_queue import LIMIT, LineQueue
from gateway.log_sink import SharedDescriptor, Sink


class LineHandler(logging.Handler):
    """Makes a line of each record at once; a thread writes them (`LineQueue`).

    Made later, in a thread, a line would cost three times as much: two threads of one interpreter
    pass its lock to and fro, and a record that waits keeps its request.
    """

    def __init__(
        self, line: Callable[[logging.LogRecord], bytes], sink: Sink, limit: int = LIMIT
    ) -> None:
        """`line` makes a line of a record, its end included."""
        super().__init__()
        self._line = line
        self._queue = LineQueue(sink, self._notice, limit)

    def createLock(self) -> None:
        """Make none: the queue takes lines from any thread."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record that the filters let through."""
        if self.filters:
            passed = self.filter(record)
            if not passed:
                return False
            record = passed if isinstance(passed, logging.LogRecord) else record
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Make the line of a record, unless it would be dropped."""
        if self._queue.has_room():
            try:
                line = self._line(record)
            except Exception:
                # logging's own answer would print the record's arguments, where that may block.
                made = _record(logging.ERROR, "A record of the log could not be formatted.")
                made.exc_info = sys.exc_info()
                line = self._line(made)
            self._queue.put(line)

    def close(self) -> None:
        """Write what is left, as far as it is read.

        `logging` closes every handler at exit and when it is set up anew; what came since the last
        time is written.
        """
        self._queue.close()
        super().close()

    def _notice(self, lost: int) -> bytes:
        text = f"{lost} lines of the log were dropped: nobody read them, or a write failed."
        return self._line(_record(logging.WARNING, text))


class UnqueuedHandler(logging.Handler):
    """Writes each line at once, without a thread: for a process that forks others.

    A line that nobody reads is dropped: whoever is to replace a worker cannot wait for that.
    """

    def __init__(self, line: Callable[[logging.LogRecord], bytes], sink: SharedDescriptor) -> None:
        """`line` makes a line of a record, its end included."""
        super().__init__()
        self._line = line
        self._sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line of a record, or nothing where nobody reads."""
        with suppress(OSError, ValueError):
            self._sink.offer(self._line(record))


def _record(level: int, text: str) -> logging.LogRecord:
    return logging.LogRecord("specrelay", level, __file__, 0, text, None, None)

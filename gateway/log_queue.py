"""Records of the log between the requests and the writer: a thread turns them into text."""

import logging
import sys
import threading
import time
from collections import deque

from gateway.log_writer import CLOSING, PIECE, LineWriter, Sink

PAUSE = 0.05  # seconds in which records gather
TURN = 8  # records written in a row, and more of them the more there are
# Characters that may wait for a reader: 190,000 usual lines of 340, half a minute of a full core.
# It is memory, of each worker: 64 MiB, which nobody takes as long as the log is read. A record
# itself never waits: it would keep its request, four times a line's size and a body beside it.
LIMIT = 64 << 20
RETRY = 0.5  # seconds between looks whether a full log is read again


class BatchHandler(logging.Handler):
    """Formats records in a thread of its own, many at a time, and another one writes them.

    A record costs the caller an append. A thread that woke for each one would fight for the
    interpreter lock with the loop that serves (measured: half the throughput).
    What nobody reads is dropped beyond `limit` characters. A line stands in the place of what was
    dropped and tells how much; then half of the limit is free again.
    """

    def __init__(self, sink: Sink, limit: int = LIMIT) -> None:
        super().__init__()
        self._limit = limit
        self._records: deque[logging.LogRecord] = deque()
        self._some = threading.Event()
        self._ending = False
        self._dropped = 0  # lines that no notice tells yet
        self._failed = 0  # of those that the writer could not write, as many as a notice told
        self._told = 0  # lines that the notices among what is to be given stand for
        self._sink = sink
        self._writer = LineWriter(sink)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def createLock(self) -> None:
        """Make none: a deque takes records from any thread by itself."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Keep a record that the filters let through."""
        passed = self.filter(record)
        if passed:
            self.emit(passed if isinstance(passed, logging.LogRecord) else record)
        return bool(passed)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record for the next batch."""
        self._records.append(record)
        if not self._some.is_set():
            self._some.set()

    def close(self) -> None:
        """Write what is left, as far as it is read, and end.

        `logging` closes every handler at exit and when it is set up anew; what came since the last
        time is written.
        """
        if not self._ending:
            self._ending = True
            self._some.set()
            self._thread.join(CLOSING)
        elif self._records and not self._thread.is_alive():
            self._writer, self._failed = LineWriter(self._sink), 0
            self._format()
        else:
            return
        self._writer.close()
        super().close()

    def _run(self) -> None:
        while not self._ending:
            self._some.wait(RETRY if self._dropped else None)
            if not self._ending:
                time.sleep(PAUSE)
            self._format()
            # Under load there is always more, and nobody has to be woken.
            if not self._records:
                self._some.clear()
                if self._records:  # one came in between
                    self._some.set()
        self._format()
        self._give(self._notice())

    def _format(self) -> None:
        """Format what has come; drop it while too much waits for the reader."""
        lines: list[str] = self._notice() if self._flows() else []
        size = turn = 0
        flows = True
        while self._records:
            if turn == 0:
                time.sleep(0)  # the loop that serves waits for the interpreter's lock
                turn = TURN + len(self._records) // TURN
                flows = self._flows()
                if flows:
                    lines += self._notice()
            turn -= 1
            record = self._records.popleft()
            if not flows:
                self._dropped += 1
                continue
            line = self._line(record)
            lines.append(line)
            size += len(line)
            if size >= PIECE:
                self._give(lines)
                lines, size = [], 0
        self._give(lines)

    def _flows(self) -> bool:
        """Tell whether there is room: after something was dropped, half of the limit."""
        return self._writer.waiting < (self._limit // 2 if self._dropped else self._limit)

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record) + "\n"
        except Exception:
            # logging's own answer would print the record's arguments, on a stream that may block.
            made = self._record(logging.ERROR, "A record of the log could not be formatted.")
            made.exc_info = sys.exc_info()
            return self.format(made) + "\n"

    def _notice(self) -> list[str]:
        """Return the line that tells what is missing, if anything is."""
        failed = self._writer.failed
        missing = self._dropped + failed - self._failed
        if not missing:
            return []
        self._dropped, self._failed = 0, failed
        self._told += missing - 1  # the notice is a line itself
        text = f"{missing} lines of the log were dropped: nobody read them, or a write failed."
        return [self._line(self._record(logging.WARNING, text))]

    def _give(self, lines: list[str]) -> None:
        if lines:
            # A notice that cannot be written is told again by the next one.
            self._writer.give("".join(lines), len(lines) + self._told)
            self._told = 0

    def _record(self, level: int, text: str) -> logging.LogRecord:
        return logging.LogRecord("specrelay", level, __file__, 0, text, None, None)

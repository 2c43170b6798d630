"""Several worker processes on one port: started, watched, replaced and stopped."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

QUICK = 2.0  # seconds; a worker that lived shorter did not get to serve
PATIENCE = 3  # quick deaths in a row after which all is given up
GRACE = 2.0  # seconds beyond the drain time before a worker is killed
TICK = 0.05  # seconds

Work = Callable[[int], int]  # takes the lifeline's read end, returns the exit code


class Supervisor:
    """Keeps `count` processes at work until SIGTERM or Ctrl-C.

    Workers hold the read end of a pipe whose other end only the supervisor has, so that they stop
    when it is killed.
    """

    def __init__(self, count: int, work: Work, drain: float) -> None:
        self._count = count
        self._work = work
        self._drain = drain
        self._born: dict[int, float] = {}  # by process id
        self._signals = 0
        self._quick_deaths = 0
        self._read_end, self._write_end = os.pipe()

    def run(self) -> int:
        """Return 0 after a stop, 1 where workers die as soon as they start."""
        with self._catching():
            for _ in range(self._count):
                self._fork()
            while not self._signals and self._quick_deaths < PATIENCE:
                for pid in self._dead():
                    self._replace(pid)
                time.sleep(TICK)
            self._stop()
        return 1 if self._quick_deaths >= PATIENCE else 0

    def _fork(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            self._born[pid] = time.monotonic()
            return
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group
            os.close(self._write_end)
            code = self._work(self._read_end)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _dead(self) -> Iterator[int]:
        for pid in list(self._born):
            if os.waitpid(pid, os.WNOHANG)[0]:
                yield pid

    def _replace(self, pid: int) -> None:
        quick = time.monotonic() - self._born.pop(pid) < QUICK
        self._quick_deaths = self._quick_deaths + 1 if quick else 0
        if not self._signals and self._quick_deaths < PATIENCE:
            print(f"Worker {pid} died; another takes its place.", file=sys.stderr)
            self._fork()
        elif quick:
            print("Workers die as soon as they start.", file=sys.stderr)

    def _stop(self) -> None:
        """Let all workers drain; a second signal, or too long a wait, kills them."""
        self._tell(signal.SIGTERM)
        end = time.monotonic() + self._drain + GRACE
        asked = self._signals
        while self._born:
            for pid in self._dead():
                del self._born[pid]
            if time.monotonic() > end or self._signals > asked:
                self._tell(signal.SIGKILL)
            time.sleep(TICK)

    def _tell(self, number: int) -> None:
        for pid in self._born:
            os.kill(pid, number)

    @contextmanager
    def _catching(self) -> Iterator[None]:
        def count(number: int, frame: FrameType | None) -> None:
            self._signals += 1

        before = {each: signal.signal(each, count) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

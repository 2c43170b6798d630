"""Several worker processes on one port: started, watched, replaced and stopped."""

import contextlib
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from gateway.cli.start_report import StartReport
from gateway.errors import Problem, StartError

QUICK = 2.0  # seconds; a worker that lived shorter is not replaced at once
PATIENCE = 3  # failed starts in a row after which all is given up, if no worker serves
PAUSE = 0.5  # seconds before a worker that failed to start is replaced, times the failures
LONGEST = 10.0  # seconds of that pause at most
GRACE = 6.0  # seconds beyond the drain time before a worker is killed: its log may take five
TICK = 0.05  # seconds
STOPPING = (signal.SIGTERM, signal.SIGINT)

# Takes the lifeline's read end and what to call once it serves; returns the exit code.
Work = Callable[[int, Callable[[], None]], int]
log = logging.getLogger("specrelay")


class Supervisor:
    """Keeps `count` processes at work until SIGTERM or Ctrl-C.

    Workers hold the read end of a pipe whose other end only the supervisor has, so that they stop
    when it is killed. What it logs must not wait for a reader.
    """

    def __init__(
        self, count: int, work: Work, drain: float, on_serving: Callable[[], None] = lambda: None
    ) -> None:
        """`on_serving` is called once, when all workers serve."""
        self._count = count
        self._work = work
        self._drain = drain
        self._on_serving = on_serving
        self._born: dict[int, float] = {}  # by process id
        self._serving: set[int] = set()  # of these processes
        self._signals = 0
        self._failures = 0  # starts in a row
        self._next = 0.0  # when the next worker may start
        self._served = False  # whether all workers did, at once
        self._given_up = False
        self._problems: list[Problem] = []
        self._report = StartReport()
        self._read_end, self._write_end = os.pipe()

    def run(self) -> int:
        """Return 0 after a stop, 1 where no worker serves and none can be started.

        Raises StartError, once for all workers, with what kept the first ones from starting.
        """
        with self._catching():
            try:
                while not self._signals and not self._given_up:
                    self._fill()
                    time.sleep(TICK)
                    for pid in self._dead():
                        self._bury(pid)
                    self._hear()
            finally:
                self._stop()
        if not self._given_up:
            return 0
        if self._problems and not self._served:
            raise StartError(self._problems)
        log.error("Workers die as soon as they start.")
        return 1

    def _fill(self) -> None:
        while len(self._born) < self._count and time.monotonic() >= self._next:
            if self._signals:
                return
            try:
                self._fork()
            except OSError as error:
                log.warning("A worker cannot be started: %s.", error.strerror)
                self._failed()

    def _fork(self) -> None:
        with contextlib.suppress(OSError):
            sys.stdout.flush()  # else the worker would write it again
        # A signal between the fork and the worker's own handlers would be lost in the supervisor's.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            pid = os.fork()
            if not pid:
                self._live(before)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._born[pid] = time.monotonic()

    def _live(self, mask: set[int | signal.Signals]) -> NoReturn:
        """Be a worker, and end with it."""
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            os.close(self._write_end)
            code = self._work(self._read_end, self._report.serves)
        except StartError as error:
            self._report.tell(error)
        except Exception:
            sys.stderr.write(traceback.format_exc())  # at once: another may tell the same
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError):
                    stream.flush()
            os._exit(code)

    def _dead(self) -> Iterator[int]:
        for pid in list(self._born):
            if os.waitpid(pid, os.WNOHANG)[0]:
                yield pid

    def _bury(self, pid: int) -> None:
        """Note a death."""
        self._hear()
        born = self._born.pop(pid)
        if pid not in self._serving:
            self._failed()
        elif time.monotonic() - born < QUICK:
            self._next = time.monotonic() + PAUSE
        self._serving.discard(pid)
        if not self._given_up and not self._signals:
            log.warning("Worker %d died; another takes its place.", pid)

    def _failed(self) -> None:
        """Note a start that failed."""
        self._failures += 1
        self._next = time.monotonic() + min(PAUSE * self._failures, LONGEST)
        if self._failures >= PATIENCE and not (self._served and self._serving):
            self._given_up = True

    def _hear(self) -> None:
        """Note what workers tell: who serves, and what keeps one from it."""
        serving, problems = self._report.told()
        self._serving |= serving & self._born.keys()
        found = [each for each in problems if each not in self._problems]
        self._problems += found
        if self._problems and not self._served:
            self._given_up = True
        for each in found if self._served else ():
            log.error("%s", each)
        if len(self._serving) == self._count:
            self._failures = 0
            self._problems.clear()
            if not self._served:
                self._served = True
                self._on_serving()

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

        before = {each: signal.signal(each, count) for each in STOPPING}
        # Ignored, as a parent may leave it, the system would reap the workers, and none be missed.
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

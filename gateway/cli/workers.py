"""Several worker processes on one port: started, watched, replaced and stopped."""

import contextlib
import os
import select
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

QUICK = 2.0  # seconds; a worker that lived shorter did not get to serve
PATIENCE = 3  # quick deaths in a row after which all is given up
PAUSE = 0.5  # seconds before a worker that died quickly is replaced, times the quick deaths
GRACE = 6.0  # seconds beyond the drain time before a worker is killed: its log may take five
TICK = 0.05  # seconds
STOPPING = (signal.SIGTERM, signal.SIGINT)

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
        self._next = 0.0  # when the next worker may start
        self._served = False  # whether all workers have lived long enough once
        self._given_up = False
        self._problems: list[Problem] = []
        self._report = StartReport()
        self._read_end, self._write_end = os.pipe()

    def run(self) -> int:
        """Return 0 after a stop, 1 where workers die as soon as they start.

        Raises StartError, once for all workers, with what kept the first ones from starting.
        """
        with self._catching():
            try:
                while not self._signals and not self._given_up:
                    self._fill()
                    time.sleep(TICK)
                    for pid in self._dead():
                        self._bury(pid)
                    self._settle()
            finally:
                self._stop()
        if not self._given_up:
            return 0
        if self._problems and not self._served:
            raise StartError(self._problems)
        say("Workers die as soon as they start.")
        return 1

    def _fill(self) -> None:
        while len(self._born) < self._count and time.monotonic() >= self._next:
            if self._signals:
                return
            try:
                self._fork()
            except OSError as error:
                say(f"A worker cannot be started: {error.strerror}.")
                self._died_quickly()

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
            code = self._work(self._read_end)
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
        """Note a death, and what it was of; what a later worker could not start for is said."""
        quick = time.monotonic() - self._born.pop(pid) < QUICK
        found = [each for each in self._report.told() if each not in self._problems]
        self._problems += found
        if quick:
            self._died_quickly()
        if self._problems and not self._served:
            self._given_up = True
        for each in found if self._served else ():
            say(f"error: {each}")
        if not self._given_up and not self._signals:
            say(f"Worker {pid} died; another takes its place.")

    def _died_quickly(self) -> None:
        self._quick_deaths += 1
        self._next = time.monotonic() + PAUSE * self._quick_deaths
        if self._quick_deaths >= PATIENCE:
            self._given_up = True

    def _settle(self) -> None:
        """Forget the quick deaths, and what they were of, once all workers live long enough."""
        now = time.monotonic()
        if len(self._born) == self._count and all(
            now - born >= QUICK for born in self._born.values()
        ):
            self._served = True
            self._quick_deaths = 0
            self._problems.clear()

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


def say(text: str) -> None:
    """Write a line to standard error, unless nobody reads it: the workers cannot wait for that."""
    with contextlib.suppress(OSError, ValueError):
        number = sys.stderr.fileno()
        if select.select([], [number], [], 0)[1]:
            os.write(number, f"{text}\n".encode())

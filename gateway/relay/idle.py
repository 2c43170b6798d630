"""A limit on every single wait of one task, with one timer for all of them."""

import asyncio
from collections.abc import Awaitable, Generator
from types import coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class IdleLimit:
    """Interrupts a wait that lasts longer than `seconds` (None or 0: no limit).

    `asyncio.timeout` sets and drops a timer for each wait; most last a moment, and a stream has
    thousands. Here one timer runs on, and looks when it fires how long the wait of that moment has
    lasted. All waits are those of one task; `stop` ends the timer.
    """

    __slots__ = ("_expired", "_loop", "_seconds", "_since", "_task", "_timer")

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds or 0.0
        self._since = 0.0  # when the wait of this moment began; 0: there is none
        self._timer: asyncio.TimerHandle | None = None
        self._expired = False

    @coroutine
    def bound(self, wait: Awaitable[Result]) -> Generator[Any, Any, Result]:
        """Wait for a coroutine or a future; raises TimeoutError where it lasts too long."""
        steps = wait.__await__()
        try:
            pending = next(steps)
        except StopIteration as done:  # there at once, as most is: no clock is looked at
            result: Result = done.value
            return result
        self._begin()
        try:
            return (yield from _from_here(steps, pending))
        except asyncio.CancelledError:
            expired, self._expired = self._expired, False
            if expired and self._task is not None and self._task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            self._since = 0.0
            del pending, steps, wait  # a future that failed holds this frame

    def _begin(self) -> None:
        if not self._seconds:
            return
        if self._timer is None:
            self._task = asyncio.current_task()
            self._loop = asyncio.get_running_loop()
            self._timer = self._loop.call_later(self._seconds, self._look)
        self._since = self._loop.time()

    def stop(self) -> None:
        """Limit nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        now = self._loop.time()
        left = self._since + self._seconds - now if self._since else self._seconds
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
            return
        self._timer = None
        self._expired = True
        if self._task is not None:
            self._task.cancel()


def _from_here(steps: Generator[Any, Any, Result], pending: Any) -> Generator[Any, Any, Result]:
    """Go on with what has waited for `pending` already: `yield from`, from its second step on."""
    try:
        while True:
            try:
                got = yield pending
            except BaseException as error:
                pending = steps.throw(error)
            else:
                pending = steps.send(got)
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        del pending, steps

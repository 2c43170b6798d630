"""One timer for all waits of a task: each of them has the whole time, and no more."""

import asyncio
import contextlib
import gc
import time
import weakref
from collections.abc import Awaitable, Callable

import pytest

from gateway.relay.idle import IdleLimit

LIMIT = 0.15


def timed(work: Callable[[IdleLimit], Awaitable[None]], seconds: float | None = LIMIT) -> float:
    """Run something that waits under a limit; return how long it took."""

    async def run() -> float:
        limit = IdleLimit(seconds)
        began = time.perf_counter()
        try:
            await work(limit)
        finally:
            limit.stop()
        task = asyncio.current_task()
        assert task is not None and task.cancelling() == 0
        await asyncio.sleep(0)  # a cancellation that came too late would show here
        return time.perf_counter() - began

    return asyncio.run(run())


def test_a_wait_that_lasts_too_long() -> None:
    async def work(limit: IdleLimit) -> None:
        with pytest.raises(TimeoutError):
            await limit.bound(asyncio.sleep(30))

    assert LIMIT * 0.9 <= timed(work) < 10


def test_many_waits_may_last_longer_than_one() -> None:
    async def work(limit: IdleLimit) -> None:
        for _ in range(10):
            await limit.bound(asyncio.sleep(LIMIT / 5))

    assert timed(work) >= 2 * LIMIT


def test_a_later_wait_has_the_whole_time() -> None:
    async def work(limit: IdleLimit) -> None:
        await limit.bound(asyncio.sleep(0))
        await asyncio.sleep(LIMIT * 0.8)  # not limited; the timer runs
        await limit.bound(asyncio.sleep(LIMIT * 0.8))
        with pytest.raises(TimeoutError):
            await limit.bound(asyncio.sleep(30))

    assert timed(work) >= LIMIT * 2.5


def test_what_is_waited_for_comes_back_or_raises() -> None:
    async def work(limit: IdleLimit) -> None:
        assert await limit.bound(asyncio.sleep(0, "result")) == "result"
        with pytest.raises(asyncio.IncompleteReadError):
            await limit.bound(_failing())

    timed(work)


async def _failing() -> None:
    raise asyncio.IncompleteReadError(b"", 1)


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_no_limit(seconds: float | None) -> None:
    async def work(limit: IdleLimit) -> None:
        await limit.bound(asyncio.sleep(LIMIT))

    assert timed(work, seconds) >= LIMIT * 0.9


def test_another_cancellation_stays_one() -> None:
    async def waiting(limit: IdleLimit) -> None:
        await limit.bound(asyncio.sleep(30))

    async def work(limit: IdleLimit) -> None:
        task = asyncio.create_task(waiting(limit))
        await asyncio.sleep(LIMIT / 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    timed(work)


def test_a_cancellation_after_a_wait_that_lasted_too_long_stays_one() -> None:
    async def waiting(limit: IdleLimit) -> None:
        with pytest.raises(TimeoutError):
            await limit.bound(asyncio.sleep(30))
        await limit.bound(asyncio.sleep(30))

    async def work(limit: IdleLimit) -> None:
        task = asyncio.create_task(waiting(limit))
        await asyncio.sleep(LIMIT * 1.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    timed(work)


def test_a_wait_that_mends_its_own_delay_goes_on() -> None:
    async def patient() -> str:
        try:
            async with asyncio.timeout(LIMIT / 3):
                await asyncio.sleep(30)
        except TimeoutError:
            await asyncio.sleep(LIMIT / 3)
        return "at last"

    async def work(limit: IdleLimit) -> None:
        assert await limit.bound(patient()) == "at last"

    assert timed(work, LIMIT * 10) >= LIMIT * 0.6


def test_what_is_there_at_once_is_given_without_a_turn_of_the_loop() -> None:
    async def there() -> str:
        return "there"

    async def work(limit: IdleLimit) -> None:
        turns: list[None] = []
        asyncio.get_running_loop().call_soon(turns.append, None)
        for _ in range(3):
            assert await limit.bound(there()) == "there"
        assert turns == []

    timed(work)


def test_what_is_not_limited_may_last_between_two_waits() -> None:
    async def work(limit: IdleLimit) -> None:
        await limit.bound(asyncio.sleep(LIMIT / 10))
        await asyncio.sleep(LIMIT * 2.5)
        await limit.bound(asyncio.sleep(0))

    assert timed(work) >= LIMIT * 2.5


def test_a_wait_that_fails_leaves_nothing_to_the_collector() -> None:
    futures: list[weakref.ref[asyncio.Future[None]]] = []

    def soon_failed() -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        futures.append(weakref.ref(future))
        asyncio.get_running_loop().call_soon(future.set_exception, ConnectionResetError())
        return future

    async def failing() -> None:
        await soon_failed()

    async def work(limit: IdleLimit) -> None:
        for _ in range(10):
            with contextlib.suppress(ConnectionResetError):
                await limit.bound(failing())
        await asyncio.sleep(0)  # the loop lets go of the step that it is in
        assert [future() for future in futures] == [None] * 10

    gc.disable()
    try:
        timed(work)
    finally:
        gc.enable()


def test_a_wait_that_is_dropped_in_its_middle_ends() -> None:
    ended: list[str] = []

    async def waiting() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append("ended")

    async def limited(limit: IdleLimit, inner: Awaitable[None]) -> None:
        await limit.bound(inner)

    async def work(limit: IdleLimit) -> None:
        inner = waiting()
        wait = limited(limit, inner)
        wait.send(None)
        wait.close()  # not only let go: `inner` is still held
        assert ended == ["ended"]

    timed(work)

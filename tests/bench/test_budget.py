"""Counted costs: what a request may cost at most, however busy the machine is.

A budget stands a little above what is counted now. When a change needs more, `python -m
tests.bench.in_process` shows where it goes; raise a budget only for what is worth it.
"""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator

import pytest
import uvloop
from starlette.types import ASGIApp

from tests.bench.in_process import (
    Request,
    call,
    calls,
    close,
    cycles,
    gateway,
    peak,
    small,
    unobserved,
    upload,
)

# Later versions inline comprehensions and count a little less.
BUDGET = {"request": 318, "event": 56, "chunk": 49}
ROUNDS = 20
CHUNK = 64 * 1024
Measure = Callable[[Callable[[ASGIApp], Awaitable[float]]], float]


@pytest.fixture(scope="module")
def measure() -> Iterator[Measure]:
    """Run something with the gateway, in its one event loop, after a few requests."""
    with gateway() as (app, log), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(repeated(app, ROUNDS))
        yield lambda work: runner.run(work(app))
        runner.run(close(app))
    assert log.getvalue().count('"operation":"createChatCompletion"') >= ROUNDS


async def repeated(app: ASGIApp, rounds: int, request: Callable[[], Request] = small) -> None:
    for _ in range(rounds):
        await call(app, request())


async def counted(app: ASGIApp, request: Callable[[], Request], rounds: int = 1) -> float:
    """Return the calls of a request. What the first one compiles is not counted."""
    await repeated(app, 1, request)
    return (await calls(lambda: repeated(app, rounds, request))).total() / rounds


def test_calls_of_a_small_request(measure: Measure) -> None:
    count = measure(lambda app: counted(app, small, ROUNDS))
    # Far below, and nothing was counted at all.
    assert BUDGET["request"] / 2 < count <= BUDGET["request"]


def test_calls_of_an_event(measure: Measure) -> None:
    async def of_one_more(app: ASGIApp) -> float:
        few = await counted(app, lambda: small(x_events="20"))
        many = await counted(app, lambda: small(x_events="220"))
        return (many - few) / 200

    assert 1 < measure(of_one_more) <= BUDGET["event"]


def test_calls_of_a_chunk_of_an_upload(measure: Measure) -> None:
    async def of_one_more(app: ASGIApp) -> float:
        few = await counted(app, lambda: upload(4, CHUNK))
        many = await counted(app, lambda: upload(68, CHUNK))
        return (many - few) / 64

    assert 1 < measure(of_one_more) <= BUDGET["chunk"]


def test_calls_do_not_grow_with_the_upload(measure: Measure) -> None:
    """A small chunk costs what a large one costs: nothing is read byte by byte in Python."""

    async def difference(app: ASGIApp) -> float:
        large = await counted(app, lambda: upload(16, CHUNK))
        return large - await counted(app, lambda: upload(16, CHUNK // 8))

    assert abs(measure(difference)) <= BUDGET["chunk"]


def test_memory_of_a_small_request_at_its_worst(measure: Measure) -> None:
    assert measure(lambda app: peak(lambda: call(app, small()))) < 32 * 1024


def test_memory_of_an_upload_does_not_grow_with_it(measure: Measure) -> None:
    pieces = upload(256, CHUNK)  # one object, given again and again
    assert measure(lambda app: peak(lambda: call(app, pieces))) < 4 * 1024 * 1024


def test_a_request_leaves_no_cycles(measure: Measure) -> None:
    assert measure(lambda app: cycles(lambda: repeated(app, ROUNDS))) < ROUNDS


def test_a_request_leaves_nothing_behind(measure: Measure) -> None:
    """What stays is the log's line, which here is kept in memory; in pieces, not one by one."""

    async def kept(app: ASGIApp) -> float:
        gc.collect()
        before = sys.getallocatedblocks()
        with unobserved():
            await repeated(app, 10 * ROUNDS)
        await asyncio.sleep(0.2)  # the log is written by then
        gc.collect()
        return (sys.getallocatedblocks() - before) / (10 * ROUNDS)

    assert measure(kept) < 3

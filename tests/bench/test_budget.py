"""Counted costs: what a request may cost at most, however busy the machine is.

A budget stands a little above what is counted now. When a change needs more, `python -m
tests.bench.in_process` (calls) and `python -m tests.bench.allocations` show where it goes; raise a
budget only for what is worth it.
"""

import asyncio
import gc
import sys
from asyncio import wait_for
from collections.abc import Awaitable, Callable, Iterator

import pytest
import uvloop
from starlette.types import ASGIApp

from tests.bench.allocations import allocated, in_a_process
from tests.bench.in_process import (
    CHUNK,
    LIMIT,
    ROUNDS,
    call,
    calls,
    close,
    costs,
    counted,
    cycles,
    gateway,
    peak,
    repeated,
    small,
    unobserved,
    upload,
)

# Of a small request (its line in the log included), of each further event of a stream and chunk of
# an upload. Versions after 3.11 inline comprehensions, and need a little less of both.
BUDGET = {
    "calls": {"request": 310, "event": 54, "chunk": 49},
    "allocations": {"request": 345, "event": 38, "chunk": 36},
}
Measure = Callable[[Callable[[ASGIApp], Awaitable[float]]], float]
Costs = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[ASGIApp, asyncio.Runner]]:
    """Give the gateway after a few requests, and its one event loop."""
    with gateway() as (app, log), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(wait_for(repeated(app, ROUNDS), LIMIT))
            yield app, runner
        finally:
            runner.run(close(app))
    assert log.getvalue().count(b'"operation":"createChatCompletion"') >= ROUNDS


@pytest.fixture
def measure(running: tuple[ASGIApp, asyncio.Runner]) -> Measure:
    """Run something with the gateway."""
    app, runner = running
    return lambda work: runner.run(wait_for(work(app), LIMIT))


@pytest.fixture(scope="module")
def seen(running: tuple[ASGIApp, asyncio.Runner]) -> Costs:
    app, runner = running
    return {
        "calls": runner.run(wait_for(costs(calls, app), LIMIT)),
        "allocations": in_a_process(allocated),
    }


@pytest.mark.parametrize("what", BUDGET["calls"])
@pytest.mark.parametrize("kind", BUDGET)
def test_cost_is_within_its_budget(seen: Costs, kind: str, what: str) -> None:
    # Far below, and nothing was counted at all.
    assert BUDGET[kind][what] / 2 < seen[kind][what] <= BUDGET[kind][what]


def test_calls_do_not_grow_with_the_upload(measure: Measure) -> None:
    """A small chunk costs what a large one costs: nothing is read byte by byte in Python."""

    async def difference(app: ASGIApp) -> float:
        large = await counted(calls, app, lambda: upload(16, CHUNK))
        return large - await counted(calls, app, lambda: upload(16, CHUNK // 8))

    assert abs(measure(difference)) <= BUDGET["calls"]["chunk"]


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

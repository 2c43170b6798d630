"""The counter of allocations itself: that it counts, and only what it should."""

import asyncio
import sys
import threading
from itertools import repeat

import pytest

from tests.bench.allocations import allocations, in_a_process

MANY = 1000
FEW = MANY // 50  # what the counting itself adds
KEPT: list[object] = []


async def objects() -> None:
    for _ in repeat(None, MANY):
        object()  # freed at once, and so made each time in the place of the one before


async def large_objects() -> None:
    for _ in repeat(None, MANY):
        bytes(10_000)  # not of Python's own allocator for small blocks


async def kept() -> None:
    KEPT.extend(object() for _ in repeat(None, MANY))


async def those_of_a_thread() -> None:
    def make() -> None:
        for _ in repeat(None, MANY):
            object()

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()


async def nothing() -> None:
    pass


MAKING = (objects, large_objects, kept)
WORKS = (*MAKING, those_of_a_thread, nothing)


def seen() -> dict[str, int]:
    """Count each work's allocations in this file; and the blocks in use, once freeing is back."""

    async def run() -> dict[str, int]:
        found = {work.__name__: (await allocations(work))[__file__] for work in WORKS}
        before = sys.getallocatedblocks()
        await objects()
        found["left once freeing is back"] = sys.getallocatedblocks() - before
        return found

    return asyncio.run(run())


@pytest.fixture(scope="module")
def counts() -> dict[str, int]:
    return in_a_process(seen)


@pytest.mark.parametrize("work", [work.__name__ for work in MAKING])
def test_every_block_is_counted_however_soon_it_is_freed(counts: dict[str, int], work: str) -> None:
    assert MANY <= counts[work] <= MANY + FEW


@pytest.mark.parametrize("work", ["those_of_a_thread", "nothing", "left once freeing is back"])
def test_nothing_else_is_counted(counts: dict[str, int], work: str) -> None:
    assert counts[work] <= FEW


def test_two_counts_are_alike(counts: dict[str, int]) -> None:
    again = in_a_process(seen)
    assert all(again[work.__name__] == counts[work.__name__] for work in MAKING)

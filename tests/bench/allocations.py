"""What the gateway asks of Python's allocator, counted: each block, however soon it is freed.

Python counts the blocks that are in use. So that every block stays in use, nothing is freed while
work is counted: what it has allocated is lost to the process, which should therefore be one of
its own, as in `in_a_process`. Not seen: what Python takes from its lists of free objects (small
tuples, lists, dictionaries, floats), a block that grows, and what other languages allocate.

`python -m tests.bench.allocations` prints in which files a small request allocates.
"""

import asyncio
import collections
import ctypes
import gc
import multiprocessing
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import uvloop

from tests.bench import in_process
from tests.bench.in_process import Work, close, costs, gateway, repeated, unobserved

DEPTH = 200  # calls of which an allocation's place is made up; no thread here stands deeper
OBJECTS, MEMORY = 2, 1  # PyMemAllocatorDomain; the third one, raw, needs no lock and is left alone
Result = TypeVar("Result")


class Allocator(ctypes.Structure):
    """Python's own `PyMemAllocatorEx`."""

    _fields_ = [
        (name, ctypes.c_void_p) for name in ("context", "malloc", "calloc", "realloc", "free")
    ]


@contextmanager
def nothing_freed() -> Iterator[None]:
    """Let every block be kept that is freed by whichever thread.

    In the place of `free` stands a function of Python's that needs no argument and changes nothing.
    The interpreter's lock is held here as where these domains are used, so none sees half a change.
    """
    api = ctypes.pythonapi
    nothing = ctypes.cast(api.Py_IsInitialized, ctypes.c_void_p)
    before: dict[int, Allocator] = {}
    keeping: dict[int, Allocator] = {}
    for domain in (OBJECTS, MEMORY):
        for made in (before, keeping):
            made[domain] = Allocator()
            api.PyMem_GetAllocator(domain, ctypes.byref(made[domain]))
        keeping[domain].free = nothing
    try:
        for domain, allocator in keeping.items():
            api.PyMem_SetAllocator(domain, ctypes.byref(allocator))
        yield
    finally:
        for domain, allocator in before.items():
            api.PyMem_SetAllocator(domain, ctypes.byref(allocator))


async def allocations(work: Work) -> collections.Counter[str]:
    """Count by file the blocks that this thread, the main one, allocates while `work` runs.

    Those of the harness are left out. The collector rests: it would empty the lists of free
    objects.
    """
    gc.disable()
    tracemalloc.start(DEPTH)
    try:
        with unobserved(), nothing_freed():
            await work()
        places = [trace.traceback for trace in tracemalloc.take_snapshot().traces]
    finally:
        tracemalloc.stop()
        gc.enable()
    harness = (__file__, in_process.__file__, ctypes.__file__)
    return collections.Counter(
        place[-1].filename
        for place in places
        if place[-1].filename not in harness and place[0].filename != threading.__file__
    )


def in_a_process(measure: Callable[[], Result]) -> Result:
    """Call a function of a module in a new process."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as process:
        return process.submit(measure).result()


def allocated() -> dict[str, float]:
    """Return the allocations of a small request, and of a further event and chunk."""

    async def run() -> dict[str, float]:
        with gateway() as (app, _):
            try:
                async with asyncio.timeout(in_process.LIMIT):
                    await repeated(app, in_process.ROUNDS)
                    return await costs(allocations, app)
            finally:
                await close(app)

    return uvloop.run(run())


def main() -> None:
    """Print the allocations of a small request, the mean of some."""

    async def run() -> None:
        with gateway() as (app, _):
            await repeated(app, 100)
            seen = await allocations(lambda: repeated(app, in_process.ROUNDS))
            await close(app)
        for file, count in seen.most_common():
            print(f"{count / in_process.ROUNDS:6.1f}  {'/'.join(Path(file).parts[-3:])}")
        print(f"{seen.total() / in_process.ROUNDS:6.1f}  in all")

    uvloop.run(run())


if __name__ == "__main__":
    main()

"""What each stage costs a small request: calls, counted, and processor time, sampled.

`python -m tests.bench.stage_costs`. A stage's own part is what runs between its entry and that of
the next one, on the way in and on the way back; what it calls of other modules is its own too.
Within each, the calls are told apart by whose code makes them: Connexion's, ours or others'.
"""

import asyncio
import collections
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median_low
from types import FrameType
from typing import Any

import connexion
import uvloop
from starlette.types import ASGIApp

import gateway as specrelay
from tests.bench import in_process
from tests.bench.in_process import Work, call, close, gateway, profiled, repeated, small
from tests.bench.tables import Row, show

WARMING = 200  # requests before
COUNTED = 5
REQUESTS = 4000  # that are sampled
EVERY = 0.0005  # seconds of processor time between samples
HARNESS = "(the harness)"
# The innermost of these files on the stack has the call; files that are not named pass it on.
OWNERS = {
    "connexion/middleware/main.py": "Connexion's entry",
    "stages/lifespan.py": "Connexion's entry",
    "stages/request_id.py": "request id",
    "stages/access_log.py": "access log",
    "stages/early_answer.py": "early answer",
    "stages/cross_origin.py": "cross origin",
    "stages/errors.py": "errors",
    "stages/host.py": "host",
    "stages/routing.py": "routing",
    "stages/security.py": "security",
    "stages/validation.py": "validation: head",
    "stages/bodies.py": "validation: body",
    "stages/body_bytes.py": "validation: body",
    "stages/binding.py": "binding",
    "relay/forward.py": "forward",
    "relay/respond.py": "respond",
    "gateway/transport/": "transport",
    "aiohttp/": "transport",
    "bench/in_process.py": HARNESS,
}


CONNEXION, OURS, OTHERS = "in Connexion", "in ours", "in others"  # whose code makes a call
COLUMNS = (CONNEXION, OURS, OTHERS)
CODE = {
    f"{Path(package.__file__).parent}/": whose
    for package, whose in ((connexion, CONNEXION), (specrelay, OURS))
}
Calls = collections.Counter[tuple[str, str]]  # by part, and by whose code


def owner(frame: FrameType | None) -> str:
    """Return whose part a frame is."""
    while frame is not None:
        name = frame.f_code.co_filename
        for part, found in OWNERS.items():
            if part in name:
                return found
        frame = frame.f_back
    return HARNESS


def code_of(frame: FrameType) -> str:
    """Return whose code a frame runs; what is made of a text, as a dataclass's, is its caller's."""
    while frame.f_code.co_filename.startswith("<") and frame.f_back is not None:
        frame = frame.f_back
    name = frame.f_code.co_filename
    return next((whose for folder, whose in CODE.items() if name.startswith(folder)), OTHERS)


async def counted(work: Work) -> Calls:
    """Count the calls of `work`, but for those that the harness makes.

    A function is its own file's call, a built-in one that of the file which calls it.
    """
    seen: Calls = collections.Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event in ("call", "c_call") and frame.f_code.co_filename != in_process.__file__:
            seen[owner(frame), code_of(frame)] += 1

    await profiled(note, work)
    return seen


def agreed(counts: Sequence[Calls]) -> Calls:
    """Return what all counts say; where they differ, say so and take the median."""
    found: Calls = collections.Counter()
    for key in sorted(set().union(*counts)):
        values = [each[key] for each in counts]
        found[key] = median_low(values)
        if len(set(values)) > 1:
            print(f"{' '.join(key)}: {values}: not alike in all requests; the median counts")
    return found


async def calls_of_a_request(app: ASGIApp) -> Calls:
    """Return what one of several small requests calls."""
    await repeated(app, WARMING)
    return agreed([await counted(lambda: call(app, small())) for _ in range(COUNTED)])


def rows_of(calls: Calls) -> list[Row]:
    """Return a row for each part, in the order of the stages, and one for all."""
    parts = [part for part in dict.fromkeys(OWNERS.values()) if part != HARNESS]
    rows: list[Row] = []
    for name, members in [*((part, [part]) for part in parts), ("in all", parts)]:
        by = {whose: sum(calls[part, whose] for part in members) for whose in COLUMNS}
        rows.append({"part": name, "calls": sum(by.values()), **by})
    return rows


async def sampled(work: Work) -> tuple[collections.Counter[str], float]:
    """Sample `work` by owner; return the samples and this thread's seconds of processor time."""
    seen: collections.Counter[str] = collections.Counter()

    def note(_: int, frame: FrameType | None) -> None:
        seen[owner(frame)] += 1

    before = signal.signal(signal.SIGPROF, note)
    began = time.thread_time()
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        await work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        spent = time.thread_time() - began
        signal.signal(signal.SIGPROF, before)
    return seen, spent


def log_seconds() -> float:
    """Return the processor time of the thread that writes the log."""
    for thread in threading.enumerate():
        if thread.name == "log" and thread.ident is not None:
            return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
    return 0.0


async def costs() -> list[Row]:
    """Return a row for each owner, in the order of the stages."""
    with gateway() as (app, _):
        rows = rows_of(await calls_of_a_request(app))
        before = log_seconds()
        samples, spent = await sampled(lambda: repeated(app, REQUESTS))
        await asyncio.sleep(0.2)
        logging = log_seconds() - before
        await close(app)
    each = spent / samples.total() / REQUESTS * 1e6  # µs of a request that a sample stands for
    for row in rows[:-1]:
        row["us"] = round(samples[str(row["part"])] * each, 1)
    rows[-1]["us"] = round((samples.total() - samples[HARNESS]) * each, 1)
    of_the_log = round(logging / REQUESTS * 1e6, 1)
    return [*rows, dict.fromkeys(rows[0]) | {"part": "log (thread)", "us": of_the_log}]


def main() -> None:
    """Print the table."""
    show(uvloop.run(costs()))


if __name__ == "__main__":
    main()

"""What each stage costs a small request: calls, counted, and processor time, sampled.

`python -m tests.bench.stage_costs`. A stage's own part is what runs between its entry and that of
the next one, on the way in and on the way back; what it calls of other modules is its own too.
"""

import asyncio
import collections
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

import uvloop

from tests.bench.in_process import call, close, gateway, profiled, small
from tests.bench.tables import show

REQUESTS = 4000
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


def owner(frame: FrameType | None) -> str:
    """Return whose part a frame is."""
    while frame is not None:
        name = frame.f_code.co_filename
        for part, found in OWNERS.items():
            if part in name:
                return found
        frame = frame.f_back
    return HARNESS


async def counted(work: Callable[[], Awaitable[object]]) -> collections.Counter[str]:
    """Count the calls of `work` by owner."""
    seen: collections.Counter[str] = collections.Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event in ("call", "c_call"):
            seen[owner(frame)] += 1

    await profiled(note, work)
    return seen


async def sampled(work: Callable[[], Awaitable[object]]) -> tuple[collections.Counter[str], float]:
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


async def costs() -> list[dict[str, object]]:
    """Return a row for each owner, in the order of the stages."""
    with gateway() as (app, _):
        for _ in range(200):
            await call(app, small())
        calls = await counted(lambda: call(app, small()))

        async def many() -> None:
            for _ in range(REQUESTS):
                await call(app, small())

        before = log_seconds()
        samples, spent = await sampled(many)
        await asyncio.sleep(0.2)
        logging = log_seconds() - before
        await close(app)
    total = samples.total()
    rows: list[dict[str, object]] = [
        {
            "part": name,
            "calls": calls[name],
            "us": round(samples[name] / total * spent / REQUESTS * 1e6, 1),
        }
        for name in dict.fromkeys(OWNERS.values())
        if name != HARNESS
    ]
    rows.append(
        {
            "part": "in all",
            "calls": sum(calls[name] for name in set(OWNERS.values()) - {HARNESS}),
            "us": round(sum(float(str(row["us"])) for row in rows), 1),
        }
    )
    rows.append({"part": "log (thread)", "calls": None, "us": round(logging / REQUESTS * 1e6, 1)})
    return rows


def main() -> None:
    """Print the table."""
    show(uvloop.run(costs()))


if __name__ == "__main__":
    main()

"""A client of many event streams at once, in a process of its own; prints what it saw as JSON.

`python -m tests.bench.stream_client port streams events pace apart times`; see `run` and `again`.
"""

import asyncio
import json
import statistics
import sys
import time
from itertools import pairwise

import uvloop

from tests.bench.run import BODY
from tests.bench.servers import KEY

HEAD = (
    "POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
    "Content-Type: application/json\r\nContent-Length: {length}\r\n"
    "X-Events: {events}\r\nX-Pace: {pace}\r\n\r\n{body}"
)


async def stream(port: int, events: int, pace: int) -> tuple[float, list[float]]:
    """Read one stream; return the seconds to its first event, and between its events."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    text = HEAD.format(key=KEY, length=len(BODY), events=events, pace=pace, body=BODY)
    begun = time.perf_counter()
    writer.write(text.encode())
    status = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in status[:20]:
        raise SystemExit("a stream was refused")
    length = status.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    missing = int(length or 0)  # bytes; an answer that is no stream says how many it has
    seen: list[float] = []
    ended, tail = False, b""
    while not ended and (data := await reader.read(65536)):
        seen += [time.perf_counter()] * (tail + data).count(b"data:")
        tail = (tail + data)[-4:]
        missing -= len(data)
        ended = missing == 0 if length else data.endswith(b"0\r\n\r\n")
    writer.close()
    if not ended or len(seen) < events:
        raise SystemExit("a stream ended before its last event")
    return seen[0] - begun, [later - one for one, later in pairwise(seen)]


async def run(port: int, streams: int, events: int, pace: int, apart: int) -> dict[str, float]:
    """Read `streams` streams at once, opened `apart` milliseconds from each other.

    Times are milliseconds. Jitter is how far a gap between two events is from the upstream's pace,
    in the mean and at its 99th percentile.
    """

    async def later(number: int) -> tuple[float, list[float]]:
        await asyncio.sleep(number * apart / 1000)
        return await stream(port, events, pace)

    read = await asyncio.gather(*map(later, range(streams)))
    firsts = sorted(first for first, _ in read)
    gaps = sorted(gap * 1000 for _, between in read for gap in between)
    off = sorted(abs(gap - pace) for gap in gaps)
    return {
        "first event p50 ms": round(statistics.median(firsts) * 1000, 2),
        "first event max ms": round(firsts[-1] * 1000, 2),
        "gap p50 ms": round(gaps[len(gaps) // 2], 2),
        "jitter mean ms": round(statistics.fmean(off), 2),
        "jitter p99 ms": round(off[int(len(off) * 0.99)], 2),
    }


async def again(times: int, *numbers: int) -> dict[str, float]:
    """Do `run` so often, after once to warm, whose first event is `cold`; return the medians."""
    cold = await run(*numbers)
    seen = [await run(*numbers) for _ in range(times)]
    medians = {name: statistics.median(figures[name] for figures in seen) for name in cold}
    return medians | {"cold: first event p50 ms": cold["first event p50 ms"]}


if __name__ == "__main__":
    *numbers, times = map(int, sys.argv[1:])
    print(json.dumps(uvloop.run(again(times, *numbers) if times else run(*numbers))))

"""A client of many event streams at once, in a process of its own; prints what it saw as JSON."""

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
    seen: list[float] = []
    ended = False
    while not ended and (data := await reader.read(65536)):
        seen += [time.perf_counter()] * data.count(b"data:")
        ended = data.endswith(b"0\r\n\r\n")
    writer.close()
    if not ended or len(seen) < events:
        raise SystemExit("a stream ended before its last event")
    return seen[0] - begun, [later - one for one, later in pairwise(seen)]


async def run(port: int, streams: int, events: int, pace: int) -> dict[str, float]:
    """Read `streams` streams at once; times are milliseconds."""
    begun = time.perf_counter()
    read = await asyncio.gather(*(stream(port, events, pace) for _ in range(streams)))
    took = time.perf_counter() - begun
    gaps = sorted(gap for _, between in read for gap in between)
    return {
        "events/s": round(streams * events / took),
        "first event p50 ms": round(statistics.median(first for first, _ in read) * 1000, 2),
        "gap p50 ms": round(gaps[len(gaps) // 2] * 1000, 2),
        "gap p99 ms": round(gaps[int(len(gaps) * 0.99)] * 1000, 2),
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(*(int(argument) for argument in sys.argv[1:5])))))

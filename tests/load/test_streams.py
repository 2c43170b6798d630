"""200 event streams at once take little longer than one."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.load.processes import gateway_process
from tests.rawhttp import RawRequest, chunk, respond
from tests.second.harbour import KEY
from tests.servers import Act, RawUpstream

STREAMS = 200
EVENTS = 20
PACE = 0.02  # seconds
PATIENCE = 30.0  # seconds
ROUNDS = 3  # of which the best counts: the machine has other work
EVENT = b'data: {"type":"arrival","ship":"%d"}\n\n'
HEADERS = [("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")]


async def events(request: RawRequest) -> AsyncIterator[bytes | Act]:
    yield respond(headers=HEADERS, length=False)
    for number in range(EVENTS):
        await asyncio.sleep(PACE)
        yield chunk(EVENT % number)
    yield chunk(b"")


async def read_stream(port: int) -> tuple[bytes, float]:
    """Read one stream to its end; return its body as it was framed, and the seconds it took."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET /events HTTP/1.1\r\nHost: g\r\nX-Relay-Key: {KEY}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(PATIENCE):
        received = await reader.read()
    writer.close()
    await writer.wait_closed()
    return received, time.monotonic() - began


async def read_streams(port: int, count: int) -> tuple[list[bytes], float, float]:
    """Return what came, the seconds that all took together, and those of the slowest."""
    began = time.monotonic()
    results = await asyncio.gather(*(read_stream(port) for _ in range(count)))
    whole = time.monotonic() - began
    return [body for body, _ in results], whole, max(seconds for _, seconds in results)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the figures are Linux's")
def test_two_hundred_streams_at_once(tmp_path: Path) -> None:
    with RawUpstream(events) as upstream, gateway_process(tmp_path, upstream.url) as gateway:
        asyncio.run(read_streams(gateway.port, 2))
        (alone,), single, _ = asyncio.run(read_streams(gateway.port, 1))
        rounds = [asyncio.run(read_streams(gateway.port, STREAMS)) for _ in range(ROUNDS)]
        bodies = [body for round_ in rounds for body in round_[0]]
        _, together, slowest = min(rounds, key=lambda round_: round_[1])
        usage = gateway.usage()
    print(
        f"{STREAMS} streams of {EVENTS} events: {together:.2f} s together, the slowest "
        f"{slowest:.2f} s, one alone {single:.2f} s; peak {usage.peak / (1 << 20):.0f} MiB"
    )
    wanted = b"".join(EVENT % number for number in range(EVENTS))
    for body in (alone, *bodies):
        assert body.startswith(b"HTTP/1.1 200")
        assert body.endswith(b"0\r\n\r\n")
        assert b"".join(line + b"\n\n" for line in _data(body)) == wanted
    assert together < 3 * single


def _data(body: bytes) -> list[bytes]:
    return [line for line in body.replace(b"\r\n", b"\n").split(b"\n") if line.startswith(b"data")]

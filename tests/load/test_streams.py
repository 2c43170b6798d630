"""200 event streams at once take little longer than one, and hold nothing of what they answer."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.load.processes import MIB, Gateway, gateway_process
from tests.rawhttp import RawRequest, chunk, respond
from tests.second.harbour import KEY
from tests.servers import Act, RawUpstream

STREAMS = 200
EVENTS = 20
PACE = 0.02  # seconds
PATIENCE = 30.0  # seconds
HELD = 150  # streams that wait for what they answer
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


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the figures are Linux's")
@pytest.mark.parametrize("size", [200_000, MIB])
def test_a_stream_keeps_nothing_of_the_body_that_it_answers(tmp_path: Path, size: int) -> None:
    body = b'{"name":"%s"}' % (b"x" * size)
    head = f"POST /v2/trees HTTP/1.1\r\nHost: g\r\nX-Relay-Key: {KEY}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"

    async def held(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(headers=HEADERS, length=False)
        yield chunk(EVENT % 1)
        yield Act.HOLD

    def begin(gateway: Gateway, stack: ExitStack) -> None:
        client = stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port), 30))
        client.sendall(head.encode() + body)
        seen = b""
        while b"arrival" not in seen:
            seen += client.recv(4096)
            assert seen.startswith(b"HTTP/1.1 200"), seen

    with (
        RawUpstream(held, keep_bodies=False) as upstream,
        gateway_process(tmp_path, upstream.url) as gateway,
        ExitStack() as stack,
    ):
        for _ in range(10):
            begin(gateway, stack)
        before = gateway.usage().resident
        for _ in range(HELD):
            begin(gateway, stack)
        # 30 KB for each stream, and the 16 MiB that a thread keeps for the next bodies.
        assert gateway.usage().resident - before < HELD * 35_000 + 16 * MIB


def _data(body: bytes) -> list[bytes]:
    return [line for line in body.replace(b"\r\n", b"\n").split(b"\n") if line.startswith(b"data")]

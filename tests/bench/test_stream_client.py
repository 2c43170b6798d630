"""What the client of event streams says of one that flows, of one that was held back, of a cut."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from tests.bench.counted_upstream import EVENT
from tests.bench.servers import ROOT
from tests.bench.streams import CLIENT

EVENTS, PACE = 10, 20  # ms
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
Writer = asyncio.StreamWriter
Answer = Callable[[Writer], Awaitable[None]]


async def flowing(writer: Writer) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(EVENTS):
        await asyncio.sleep(PACE / 1000)
        writer.write(b"%x\r\n%s\r\n" % (len(EVENT), EVENT))
    writer.write(b"0\r\n\r\n")


async def held_back(writer: Writer) -> None:
    """Write all at the end, and so that a read ends within an event's first word."""
    await asyncio.sleep(EVENTS * PACE / 1000)
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (EVENTS * len(EVENT)))
    whole = EVENT * EVENTS
    at = len(EVENT) + 2
    writer.write(whole[:at])
    await asyncio.sleep(0.02)
    writer.write(whole[at:])


async def cut(writer: Writer) -> None:
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (EVENTS * len(EVENT)) + EVENT)
    writer.close()


async def refused(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")


async def read(answer: Answer, times: int = 0) -> tuple[dict[str, float], str]:
    """Read two streams of a server that answers so; return figures, or else what was told."""

    async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await answer(writer)
        with suppress(ConnectionError):
            await reader.read()  # until the client has closed
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        numbers = (server.sockets[0].getsockname()[1], 2, EVENTS, PACE, 0, times)
        process = await asyncio.create_subprocess_exec(
            *CLIENT, *map(str, numbers), cwd=ROOT, stdout=PIPE, stderr=PIPE
        )
        said, told = await process.communicate()
    return json.loads(said or b"{}"), told.decode()


def test_events_of_a_stream_come_at_the_upstreams_pace() -> None:
    seen, _ = asyncio.run(read(flowing))
    assert seen["first event p50 ms"] < 3 * PACE
    assert seen["gap p50 ms"] == pytest.approx(PACE, abs=PACE / 2)


def test_the_first_event_of_an_answer_that_was_held_back_comes_at_the_end() -> None:
    seen, _ = asyncio.run(read(held_back))
    assert seen["first event p50 ms"] >= EVENTS * PACE
    assert seen["gap p50 ms"] == 0
    assert seen["jitter p99 ms"] == pytest.approx(PACE, abs=PACE / 2)


def test_streams_that_are_read_again_are_read_once_more_to_warm() -> None:
    begun: list[float] = []

    async def slow_at_first(writer: Writer) -> None:
        begun.append(asyncio.get_running_loop().time())
        if len(begun) <= 2:  # both streams of the first reading
            await asyncio.sleep(10 * PACE / 1000)
        await flowing(writer)

    seen, _ = asyncio.run(read(slow_at_first, times=3))
    assert len(begun) == 2 * (1 + 3)
    assert seen["first event p50 ms"] < 3 * PACE < seen["cold: first event p50 ms"]


@pytest.mark.parametrize(("answer", "word"), [(cut, "before its last event"), (refused, "refused")])
def test_what_is_no_whole_stream_ends_the_run(answer: Answer, word: str) -> None:
    figures, told = asyncio.run(read(answer))
    assert figures == {}
    assert word in told

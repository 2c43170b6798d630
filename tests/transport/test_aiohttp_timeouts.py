"""Time limits: for the connection, the first byte, silence either way, and all of it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.contract.model import Timeouts
from gateway.errors import UpstreamCut, UpstreamError
from tests.servers import Act, RawRequest, RawUpstream, chunk, respond


def _full_backlog() -> tuple[list[socket.socket], int]:
    """Make a listener that answers no further SYN."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    sockets = [listener]
    for _ in range(3):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        sockets.append(filler)
    return sockets, listener.getsockname()[1]


def test_a_connection_that_takes_too_long(run: Any, opened: Any, send: Any) -> None:
    sockets, port = _full_backlog()

    async def main() -> None:
        async with opened(f"http://127.0.0.1:{port}") as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport, limits={"connect": 0.1})
            assert (raised.value.code, raised.value.sent) == ("upstream_timeout", False)

    run(main())
    for each in sockets:
        each.close()


@pytest.mark.parametrize("limit", ["first_byte", "total"])
def test_an_upstream_that_does_not_answer(limit: str, run: Any, opened: Any, send: Any) -> None:
    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "POST", body=b"x", limits={limit: 0.1})
            assert (raised.value.code, raised.value.sent) == ("upstream_timeout", True)
            assert await asyncio.to_thread(upstream.wait, lambda u: u.gone == [0], 1)

    with RawUpstream(lambda request: Act.HOLD) as upstream:
        run(main(upstream))


def test_the_first_byte_is_waited_for_from_the_end_of_the_body(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def slow() -> AsyncIterator[bytes]:
        for _ in range(5):
            await asyncio.sleep(0.1)
            yield b"x"

    async def main(url: str) -> None:
        limits = {"first_byte": 0.25, "idle": 0.25}
        async with opened(url) as transport:
            response = await send(transport, "POST", body=slow(), limits=limits)
            assert await read(response) == b"ok"

    with RawUpstream() as upstream:
        run(main(upstream.url))


@pytest.mark.parametrize("kind", ["bytes", "stream"])
def test_an_upstream_that_does_not_read(kind: str, run: Any, opened: Any, send: Any) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100_000

    async def main(url: str) -> None:
        async with opened(url) as transport:
            body = b"x" * 30_000_000 if kind == "bytes" else endless()
            before = time.perf_counter()
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "POST", body=body, limits={"idle": 0.3, "first_byte": 9})
            assert (raised.value.code, raised.value.sent) == ("upstream_timeout", True)
            assert time.perf_counter() - before < 3

    with RawUpstream(early=lambda request: Act.DEAF, receive_buffer=65536) as upstream:
        run(main(upstream.url))


def test_silence_within_a_response(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(b"a", length=False, headers=[("Content-Length", "9")])
        await asyncio.sleep(0.2)  # less than the limit
        yield b"b"
        yield Act.HOLD

    async def main(upstream: RawUpstream) -> None:
        got = []
        async with opened(upstream.url) as transport:
            response = await send(transport, limits={"first_byte": 0.1, "idle": 0.4})
            with pytest.raises(UpstreamCut) as raised:
                async for piece in response.stream:
                    got.append(piece)  # noqa: PERF401
            await response.aclose()
            assert raised.value.code == "upstream_timeout"
            assert got == [b"a", b"b"]
            assert await asyncio.to_thread(upstream.wait, lambda u: u.gone == [0], 1)

    with RawUpstream(answer) as upstream:
        run(main(upstream))


def test_the_total_limit_holds_within_a_response(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(length=False, headers=[("Transfer-Encoding", "chunked")])
        while True:
            yield chunk(b"x")
            await asyncio.sleep(0.02)

    async def main(url: str) -> None:
        async with opened(url, timeouts=Timeouts(total=0.3)) as transport:
            with pytest.raises(UpstreamCut) as raised:
                await read(await send(transport))
            assert raised.value.code == "upstream_timeout"

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))


def test_the_total_limit_is_not_had_anew(run: Any, opened: Any, send: Any) -> None:
    async def body() -> AsyncIterator[bytes]:
        await asyncio.sleep(10)
        yield b"x"

    async def main(url: str) -> None:
        async with opened(url, timeouts=Timeouts(total=0.2)) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "POST", body=body())
            # `sent` forbids another attempt, which would have as long again.
            assert (raised.value.code, raised.value.sent) == ("upstream_timeout", True)

    with RawUpstream() as upstream:
        run(main(upstream.url))
    assert upstream.requests == []

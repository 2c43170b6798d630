"""Requests that end before their time: cancelled, answered early, or failed by their own body."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.errors import ClientGone
from tests.servers import Act, RawRequest, RawUpstream, chunk, respond


async def _endless(log: list[str]) -> AsyncIterator[bytes]:
    try:
        while True:
            yield b"x" * 1000
            await asyncio.sleep(0.005)
    finally:
        log.append("ended")


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _gone(upstream: RawUpstream) -> bool:
    return upstream.wait(lambda u: u.gone == [0], 1)


def test_cancelled_while_connecting(run: Any, opened: Any, send: Any) -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = [socket.socket() for _ in range(3)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())

    async def main() -> None:
        async with opened(f"http://127.0.0.1:{listener.getsockname()[1]}") as transport:
            task = asyncio.create_task(send(transport))
            await asyncio.sleep(0.1)
            await asyncio.wait_for(_cancel(task), 1)
            assert task.cancelled()

    run(main())
    for each in [listener, *fillers]:
        each.close()


def test_cancelled_while_sending(run: Any, opened: Any, send: Any) -> None:
    log: list[str] = []

    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            task = asyncio.create_task(send(transport, "POST", body=_endless(log)))
            await asyncio.sleep(0.1)
            await _cancel(task)
            assert await asyncio.to_thread(_gone, upstream)
            assert log == ["ended"]

    with RawUpstream() as upstream:
        run(main(upstream))
        assert upstream.wait(lambda u: u.partial)
    assert not upstream.partial[0].raw_body.endswith(chunk(b""))


def test_cancelled_while_the_upstream_does_not_read(run: Any, opened: Any, send: Any) -> None:
    """What lies in the write buffer must not keep the connection open."""

    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            task = asyncio.create_task(send(transport, "POST", body=b"x" * 30_000_000))
            await asyncio.sleep(0.3)
            await _cancel(task)
            assert await asyncio.to_thread(upstream.wait, lambda u: u.hung_up(0), 2)

    with RawUpstream(early=lambda request: Act.DEAF, receive_buffer=65536) as upstream:
        run(main(upstream))


def test_cancelled_while_waiting_for_the_first_byte(run: Any, opened: Any, send: Any) -> None:
    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            task = asyncio.create_task(send(transport, "POST", body=b"x"))
            assert await asyncio.to_thread(upstream.wait, lambda u: u.requests)
            await _cancel(task)
            assert await asyncio.to_thread(_gone, upstream)

    with RawUpstream(lambda request: Act.HOLD) as upstream:
        run(main(upstream))


def test_cancelled_while_streaming(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(length=False, headers=[("Transfer-Encoding", "chunked")])
        yield chunk(b"x")
        yield Act.HOLD

    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            response = await send(transport)
            task = asyncio.create_task(read(response))
            await asyncio.sleep(0.1)
            await _cancel(task)
            assert await asyncio.to_thread(_gone, upstream)

    with RawUpstream(answer) as upstream:
        run(main(upstream))


@pytest.mark.parametrize("status", ["401 Unauthorized", "200 OK"])
def test_an_early_answer_stops_the_body(
    status: str, run: Any, opened: Any, send: Any, read: Any
) -> None:
    log: list[str] = []

    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            async with asyncio.timeout(2):
                response = await send(transport, "POST", body=_endless(log))
            assert response.status_code == int(status[:3])
            assert await read(response) == b"early"
            assert await asyncio.to_thread(_gone, upstream)
            assert log == ["ended"]
            await read(await send(transport, "GET", b"/next"))

    def early(request: RawRequest) -> bytes | None:
        return respond(b"early", status) if request.method == b"POST" else None

    with RawUpstream(early=early) as upstream:
        run(main(upstream))
    assert [request.target for request in upstream.requests] == [b"/next"]
    assert upstream.connections == 2
    assert not upstream.partial[0].raw_body.endswith(chunk(b""))


def test_an_early_answer_streams_on(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def early(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(length=False, headers=[("Transfer-Encoding", "chunked")])
        for _ in range(3):
            await asyncio.sleep(0.05)
            yield chunk(b"x")
        yield chunk(b"")

    async def main(url: str) -> None:
        async with opened(url) as transport:
            response = await send(transport, "POST", body=_endless([]))
            assert await read(response) == b"xxx"

    with RawUpstream(early=early) as upstream:
        run(main(upstream.url))


def test_an_early_answer_to_a_body_that_nobody_reads(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def early(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(b"too large", "413 Content Too Large")
        yield Act.DEAF

    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            response = await send(transport, "POST", body=b"x" * 30_000_000)
            assert await read(response) == b"too large"
            assert await asyncio.to_thread(upstream.wait, lambda u: u.hung_up(0), 2)

    with RawUpstream(early=early, receive_buffer=65536) as upstream:
        run(main(upstream))


@pytest.mark.parametrize("error", [ClientGone(), ConnectionResetError("ours"), KeyError("x")])
@pytest.mark.parametrize("length", [None, 3000])
def test_the_errors_of_a_body_pass_and_cut_it_short(
    error: Exception, length: int | None, run: Any, opened: Any, send: Any
) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"a" * 1000
        await asyncio.sleep(0.05)
        yield b"b" * 1000
        raise error

    headers = [] if length is None else [(b"Content-Length", b"%d" % length)]

    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            with pytest.raises(type(error)) as raised:
                await send(transport, "DELETE", headers=headers, body=failing())
            assert raised.value is error
            assert await asyncio.to_thread(_gone, upstream)

    with RawUpstream() as upstream:
        run(main(upstream))
    assert upstream.requests == []
    assert upstream.connections == 1
    assert upstream.partial == [] or not upstream.partial[0].raw_body.endswith(chunk(b""))


@pytest.mark.parametrize("length", [5, 7])
def test_a_body_must_be_as_long_as_announced(length: int, run: Any, opened: Any, send: Any) -> None:
    async def six() -> AsyncIterator[bytes]:
        yield b"abc"
        yield b"def"

    async def main(upstream: RawUpstream) -> None:
        headers = [(b"Content-Length", b"%d" % length)]
        async with opened(upstream.url) as transport:
            with pytest.raises(ValueError, match="Content-Length"):
                await send(transport, "POST", headers=headers, body=six())
            assert await asyncio.to_thread(_gone, upstream)

    with RawUpstream() as upstream:
        run(main(upstream))
    assert upstream.requests == []

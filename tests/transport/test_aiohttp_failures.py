"""What fails, how it is told, and that nothing is ever sent twice."""

import asyncio
import gc
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.errors import UpstreamCut, UpstreamError
from tests.servers import Act, RawRequest, RawUpstream, chunk, respond

METHODS = ["GET", "POST", "DELETE"]


def _body(method: str) -> bytes:
    return b"work" if method == "POST" else b""


@pytest.mark.parametrize("method", METHODS)
def test_a_connection_closed_while_idle_is_not_used(
    method: str, run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            for _ in range(3):
                await read(await send(transport, method, body=_body(method)))
                await asyncio.sleep(0.1)

    with RawUpstream(drop_idle=0.02) as upstream:
        run(main(upstream.url))
    assert (len(upstream.requests), upstream.connections) == (3, 3)


@pytest.mark.parametrize("act", [Act.CLOSE, Act.RESET])
@pytest.mark.parametrize("method", METHODS)
def test_a_request_that_was_read_is_never_sent_again(
    method: str, act: Act, run: Any, opened: Any, send: Any, read: Any
) -> None:
    def answer(request: RawRequest) -> bytes | Act:
        return act if request.target == b"/second" else respond(b"ok")

    async def main(url: str) -> None:
        async with opened(url) as transport:
            await read(await send(transport, method, b"/first", body=_body(method)))
            with pytest.raises(UpstreamError) as raised:
                await send(transport, method, b"/second", body=_body(method))
            assert raised.value.sent
            assert raised.value.code == "upstream_disconnected"
            assert raised.value.headers == ((b"x-should-retry", b"false"),)
            await read(await send(transport, method, b"/third", body=_body(method)))

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))
    targets = [request.target for request in upstream.requests]
    assert targets == [b"/first", b"/second", b"/third"]
    assert upstream.connections == 2


@pytest.mark.parametrize("method", METHODS)
def test_a_close_that_crosses_the_request(
    method: str, run: Any, opened: Any, send: Any, read: Any
) -> None:
    """The upstream gives up the idle connection while our loop is busy and cannot see it."""
    outcomes: list[bool] = []

    async def main(url: str) -> None:
        async with opened(url) as transport:
            for number in range(5):
                target = b"/%d" % number
                await read(await send(transport, method, b"/warm", body=_body(method)))
                time.sleep(0.05)  # noqa: ASYNC251
                try:
                    await read(await send(transport, method, target, body=_body(method)))
                    outcomes.append(True)
                except UpstreamError as error:
                    assert error.code == "upstream_disconnected"
                    outcomes.append(False)

    with RawUpstream(drop_idle=0.01) as upstream:
        run(main(upstream.url))
    seen = [request.target for request in upstream.requests if request.target != b"/warm"]
    assert seen == [b"/%d" % number for number, arrived in enumerate(outcomes) if arrived]


def test_an_upstream_that_is_not_there(run: Any, opened: Any, send: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    async def main() -> None:
        async with opened(f"http://127.0.0.1:{port}") as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "POST", body=b"x")
            assert (raised.value.code, raised.value.sent) == ("upstream_unreachable", False)
            assert raised.value.headers == ()

    run(main())


def test_a_name_that_does_not_resolve(run: Any, opened: Any, send: Any) -> None:
    async def main() -> None:
        async with opened("http://name..invalid") as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport)
            assert (raised.value.code, raised.value.sent) == ("upstream_unreachable", False)

    run(main())


CHUNKED = respond(length=False, headers=[("Transfer-Encoding", "chunked")])
CUTS = {
    "short": respond(b"12345", length=False, headers=[("Content-Length", "9")]),
    "no last chunk": CHUNKED + chunk(b"12345"),
    "half a chunk": CHUNKED + b"9\r\n123",
}


@pytest.mark.parametrize("act", [Act.CLOSE, Act.RESET])
@pytest.mark.parametrize("kind", CUTS)
def test_a_truncated_response_is_an_error(
    kind: str, act: Act, run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield CUTS[kind]
        await asyncio.sleep(0.02)
        yield act

    async def main(url: str) -> None:
        async with opened(url) as transport:
            with pytest.raises(UpstreamCut) as raised:
                await read(await send(transport))
            assert raised.value.code == "upstream_disconnected"

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_http(data: bytes, run: Any, opened: Any, send: Any) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "DELETE")
            assert (raised.value.code, raised.value.sent) == ("upstream_protocol_error", True)

    with RawUpstream(lambda request: data) as upstream:
        run(main(upstream.url))
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("wait", "code"), [(0.0, "upstream_protocol_error"), (0.2, "upstream_disconnected")]
)
def test_a_body_that_stops_being_http(
    wait: float, code: str, run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield CHUNKED + chunk(b"good")
        await asyncio.sleep(0.05)
        yield b"zz\r\nbad\r\n"
        yield Act.HOLD

    async def main(url: str) -> None:
        async with opened(url) as transport:
            response = await send(transport)
            await asyncio.sleep(wait)
            with pytest.raises(UpstreamCut) as raised:
                await read(response)
            assert raised.value.code == code

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))


def test_a_reset_of_an_idle_connection_is_quiet(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(b"ok")
        await asyncio.sleep(0.05)
        yield Act.RESET

    async def main(url: str) -> None:
        async with opened(url) as transport:
            for _ in range(2):
                assert await read(await send(transport)) == b"ok"
                await asyncio.sleep(0.1)
                gc.collect()

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))
    assert upstream.connections == 2

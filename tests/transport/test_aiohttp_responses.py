"""What comes back, and how connections are kept, on both event loops."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.contract.model import Timeouts
from gateway.errors import UpstreamError
from tests.servers import Act, RawRequest, RawUpstream, chunk, respond


def test_response_fields_come_back_raw(run: Any, opened: Any, send: Any, read: Any) -> None:
    fields = [("X-b", "1"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("X-Utf8", "é")]
    fields += [("Content-Encoding", "gzip"), ("Location", "/elsewhere")]

    async def main(url: str) -> None:
        async with opened(url) as transport:
            response = await send(transport)
            assert response.status_code == 302
            raw = [(name.encode(), value.encode()) for name, value in fields]
            assert response.headers.raw == [*raw, (b"Content-Length", b"8")]
            assert await read(response) == b"not gzip"
            await read(await send(transport))

    with RawUpstream(lambda request: respond(b"not gzip", "302 Found", fields)) as upstream:
        run(main(upstream.url))
    assert upstream.requests[1].value(b"Cookie") is None
    assert len(upstream.requests) == 2


def test_chunks_come_as_they_are_sent(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(length=False, headers=[("Transfer-Encoding", "chunked")])
        for number in range(3):
            yield chunk(b"event %d\n\n" % number)
            await asyncio.sleep(0.05)
        yield chunk(b"")

    async def main(url: str) -> None:
        async with opened(url) as transport:
            response = await send(transport)
            got = [piece async for piece in response.stream]
            assert got == [b"event 0\n\n", b"event 1\n\n", b"event 2\n\n"]
            await response.aclose()
            await read(await send(transport))

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))
    assert upstream.connections == 1


INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"


def test_interim_responses_are_skipped(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            response = await send(transport, "POST", body=b"x")
            assert response.status_code == 200
            assert "link" not in response.headers
            assert await read(response) == b"ok"

    with RawUpstream(lambda request: INTERIM + respond(b"ok")) as upstream:
        run(main(upstream.url))


@pytest.mark.parametrize(
    ("method", "status"),
    [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")],
)
def test_responses_without_a_body(
    method: str, status: str, run: Any, opened: Any, send: Any, read: Any
) -> None:
    fields = [] if status.startswith("204") else [("Content-Length", "1000")]
    data = respond(status=status, headers=fields, length=False)

    async def main(url: str) -> None:
        async with opened(url) as transport:
            for _ in range(2):
                response = await send(transport, method)
                assert response.headers.get("content-length") == (fields[0][1] if fields else None)
                assert await read(response) == b""

    with RawUpstream(lambda request: data) as upstream:
        run(main(upstream.url))
    assert upstream.connections == 1


def test_a_body_that_ends_with_the_connection(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(b"to the end", length=False)
        yield Act.CLOSE

    async def main(url: str) -> None:
        async with opened(url) as transport:
            assert await read(await send(transport)) == b"to the end"
            assert await read(await send(transport)) == b"to the end"

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))
    assert upstream.connections == 2


def test_a_response_that_is_closed_early_is_never_pooled(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(length=False, headers=[("Transfer-Encoding", "chunked")])
        while True:
            yield chunk(b"more")
            await asyncio.sleep(0.01)

    async def main(upstream: RawUpstream) -> None:
        async with opened(upstream.url) as transport:
            for number in range(2):
                response = await send(transport)
                async for _ in response.stream:
                    break
                await response.aclose()
                await asyncio.sleep(0)
                assert await asyncio.to_thread(upstream.wait, lambda u, n=number: n in u.gone, 1)

    with RawUpstream(answer) as upstream:
        run(main(upstream))
    assert upstream.connections == 2


def test_a_slow_reader_holds_the_upstream_back(run: Any, opened: Any, send: Any, read: Any) -> None:
    sent = 0

    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        nonlocal sent
        yield respond(length=False, headers=[("Transfer-Encoding", "chunked")])
        for _ in range(400):
            yield chunk(b"x" * 100_000)
            sent += 100_000
        yield chunk(b"")

    async def main(url: str) -> int:
        async with opened(url) as transport:
            response = await send(transport)
            await asyncio.sleep(0.5)
            held = sent
            assert len(await read(response)) == 40_000_000
            return held

    with RawUpstream(answer) as upstream:
        held = run(main(upstream.url))
    assert held < 20_000_000


def test_two_hundred_streams_at_once(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(b"x", length=False, headers=[("Content-Length", "2")])
        while len(upstream.requests) < 200:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        yield b"y"

    async def main(url: str) -> list[bytes]:
        async with opened(url) as transport:
            return list(await asyncio.gather(*[one(transport) for _ in range(200)]))

    async def one(transport: Any) -> bytes:
        return await read(await send(transport))

    with RawUpstream(answer) as upstream:
        assert run(main(upstream.url)) == [b"xy"] * 200
    assert upstream.connections == 200


def test_a_limited_pool_makes_requests_wait(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def main(url: str) -> None:
        async with opened(url, connections=1, timeouts=Timeouts(connect=0.2)) as transport:
            first = await send(transport)
            with pytest.raises(UpstreamError) as raised:
                await send(transport, target=b"/waits")
            assert (raised.value.code, raised.value.sent) == ("upstream_timeout", False)
            await first.aclose()
            await read(await send(transport, target=b"/third"))

    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(b"a", length=False, headers=[("Content-Length", "2")])
        if request.target == b"/":
            await asyncio.sleep(5)
        yield b"b"

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))
    assert [request.target for request in upstream.requests] == [b"/", b"/third"]

"""The test servers themselves."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

from tests.servers import Act, RawRequest, RawUpstream, chunk, raw_request, respond, serve_in_thread


def test_bytes_are_recorded_as_they_came() -> None:
    body = chunk(b"one") + chunk(b"two") + chunk(b"")
    head = b"POST /a%7e?? HTTP/1.1\r\nHost: x\r\nB: 1\r\nb: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
    with RawUpstream() as upstream:
        answer = raw_request("127.0.0.1", upstream.port, head + body)
    assert answer == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    (request,) = upstream.requests
    assert request.method == b"POST"
    assert request.target == b"/a%7e??"
    assert request.header_lines[1:3] == (b"B: 1", b"b: 2")
    assert request.values(b"B") == [b"1", b"2"]
    assert (request.body, request.raw_body, request.size) == (b"onetwo", body, 6)


def test_chunks_of_one_byte_with_trailers_and_a_second_request() -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    data = head + chunk(b"abc") + b"0\r\nX: 1\r\n\r\n" + b"GET /2 HTTP/1.1\r\n\r\n"
    with RawUpstream() as upstream, socket.create_connection(("127.0.0.1", upstream.port)) as raw:
        for byte in data:
            raw.sendall(bytes([byte]))
        assert upstream.wait(lambda u: len(u.requests) == 2)
    assert [r.body for r in upstream.requests] == [b"abc", b""]
    assert upstream.connections == 1


async def _slow(request: RawRequest) -> AsyncIterator[bytes | Act]:
    yield respond(b"he", length=False, headers=[("Content-Length", "5")])
    await asyncio.sleep(0.05)
    yield b"l"
    yield Act.CLOSE


def test_an_answer_in_steps_that_is_cut() -> None:
    with RawUpstream(_slow) as upstream:
        answer = raw_request("127.0.0.1", upstream.port, b"GET / HTTP/1.1\r\n\r\n")
    assert answer.endswith(b"\r\n\r\nhel")
    assert upstream.gone == []


def test_an_early_answer_and_a_client_that_goes() -> None:
    head = b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345"
    with RawUpstream(early=lambda request: respond(b"no", "400 Bad Request")) as upstream:
        assert raw_request("127.0.0.1", upstream.port, head).endswith(b"no")
        assert upstream.wait(lambda u: u.gone == [0])
    assert upstream.requests == []
    assert (upstream.partial[0].body, upstream.partial[0].complete) == (b"12345", False)


def test_a_reset_ends_the_response() -> None:
    with RawUpstream(lambda request: Act.RESET) as upstream:
        assert raw_request("127.0.0.1", upstream.port, b"GET / HTTP/1.1\r\n\r\n") == b""


def test_an_app_is_served() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["raw_path"]})

    with serve_in_thread(app, lifespan="off") as served:
        answer = raw_request(served.host, served.port, b"GET /%7e HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.endswith(b"4\r\n/%7e\r\n0\r\n\r\n")

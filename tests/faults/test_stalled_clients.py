"""A client that stops: with its upload it gets a 408, with its reading it is cut."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.rawhttp import RawRequest, chunk, respond
from tests.relay.gateways import parsed, relaying, request_bytes, taking

POLICY = {"x-gateway": {"timeouts": {"idle": "300ms"}}}
PATHS: dict[str, Any] = {
    "/json": {"post": taking("application/json", **POLICY)},
    "/raw": {"post": taking("application/octet-stream", None, **POLICY)},
    "/form": {"post": taking("multipart/form-data", {"type": "object"}, **POLICY)},
    "/get": {"get": POLICY},
}
KINDS = {
    "/json": "application/json",
    "/raw": "application/octet-stream",
    "/form": "multipart/form-data; boundary=b",
}


@pytest.mark.parametrize("path", KINDS)
def test_an_upload_that_stalls_is_a_408(path: str) -> None:
    with relaying(PATHS) as (gateway, upstream), gateway.connect() as connection:
        head = request_bytes("POST", path, [f"Content-Type: {KINDS[path]}", "Content-Length: 99"])
        begun = time.monotonic()
        connection.sendall(head + b"--b\r\n")
        received = b""
        while data := connection.recv(65536):
            received += data
        reply = parsed(received)
        assert (reply.status, reply.error["code"]) == (408, "body_timeout")
        assert reply.values(b"connection") == [b"close"]
        assert time.monotonic() - begun < 4
        line = gateway.line()
        assert (line["outcome"], line["status"]) == ("timeout", 408)
        assert upstream.requests == []


def test_an_upload_that_is_slow_but_goes_on_is_taken() -> None:
    with relaying(PATHS) as (gateway, _), gateway.connect() as connection:
        lines = [f"Content-Type: {KINDS['/json']}", "Content-Length: 4"]
        connection.sendall(request_bytes("POST", "/json", lines))
        for byte in (b"[", b" ", b" ", b"]"):
            time.sleep(0.2)
            connection.sendall(byte)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_client_that_stops_reading_is_cut() -> None:
    async def endless(request: RawRequest) -> AsyncIterator[bytes]:
        yield respond(b"", headers=[("Transfer-Encoding", "chunked")], length=False)
        while True:
            yield chunk(bytes(100_000))

    with relaying(PATHS, endless) as (gateway, upstream), gateway.connect() as connection:
        connection.sendall(request_bytes("GET", "/get"))
        assert upstream.wait(lambda it: it.gone, 5)
        assert gateway.line()["outcome"] == "timeout"


ASKED = 90  # requests at once: fewer than may wait, and more answers than the buffers hold


async def in_one_piece(request: RawRequest) -> AsyncIterator[bytes]:
    yield respond(bytes(200_000))


async def after_a_long_head(request: RawRequest) -> AsyncIterator[bytes]:
    fields = [("Transfer-Encoding", "chunked"), *[("X-Pad", "p" * 60_000)] * 3]
    yield respond(headers=fields, length=False)
    await asyncio.sleep(0.005)
    yield chunk(b"x") + chunk(b"")


@pytest.mark.parametrize("answer", [in_one_piece, after_a_long_head])
def test_a_client_that_left_earlier_answers_unread_is_cut(
    answer: Callable[[RawRequest], AsyncIterator[bytes]],
) -> None:
    with relaying(PATHS, answer) as (gateway, _), socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((gateway.served.host, gateway.served.port))
        connection.sendall(request_bytes("GET", "/get") * ASKED)
        end = time.monotonic() + 10
        while not gateway.log.said or gateway.log.said[-1]["outcome"] == "complete":
            assert time.monotonic() < end, "an answer waits for its client"
            time.sleep(0.01)
        assert gateway.log.said[-1]["outcome"] == "timeout"
        assert 2 < len(gateway.log.said) < ASKED

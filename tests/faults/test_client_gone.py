"""A client that goes away ends the upstream's request, in every phase, within a second."""

import socket
import struct
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.rawhttp import RawRequest, chunk, respond
from tests.relay.gateways import Gateway, relaying, request_bytes, taking
from tests.servers import Act, RawUpstream

PATHS: dict[str, Any] = {
    "/get": {"get": {}},
    "/json": {"post": taking("application/json")},
    "/raw": {"post": taking("application/octet-stream", None)},
    "/small": {
        "post": taking("application/octet-stream", None, **{"x-gateway": {"max-body": "1KiB"}})
    },
    "/form": {"post": taking("multipart/form-data", {"type": "object"})},
}
JSON = ["Content-Type: application/json"]
RAW = ["Content-Type: application/octet-stream"]
LAST = chunk(b"")


def leave(connection: socket.socket, how: str) -> None:
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def assert_gone(gateway: Gateway, upstream: RawUpstream) -> None:
    begun = time.monotonic()
    assert upstream.wait(lambda it: it.gone, 1.0), "the upstream's request goes on"
    line = gateway.line(seconds=1.0)
    assert time.monotonic() - begun < 1
    assert line["outcome"] == "client-gone"
    assert "code" not in line


async def stream(request: RawRequest) -> AsyncIterator[bytes | Act]:
    yield respond(b"", headers=[("Transfer-Encoding", "chunked")], length=False)
    yield chunk(b"first")
    yield Act.HOLD


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize(
    "data",
    [
        request_bytes("GET", "/get"),
        request_bytes("POST", "/json", JSON, b"{}"),
        request_bytes("POST", "/raw", RAW, b"all of it"),
        request_bytes("POST", "/raw", [*RAW, "Transfer-Encoding: chunked"])
        + chunk(b"x")
        + b"0\r\n\r\n",
    ],
    ids=["bodiless", "whole", "streamed", "chunked"],
)
def test_while_it_waits_for_the_first_byte(data: bytes, how: str) -> None:
    with relaying(PATHS, lambda request: None) as (gateway, upstream):
        connection = gateway.connect()
        connection.sendall(data)
        assert upstream.wait(lambda it: it.requests)
        leave(connection, how)
        assert_gone(gateway, upstream)
        assert gateway.line()["status"] == 499


@pytest.mark.parametrize("how", ["close", "reset"])
def test_in_the_middle_of_a_stream(how: str) -> None:
    with relaying(PATHS, stream) as (gateway, upstream):
        connection = gateway.connect()
        connection.sendall(request_bytes("GET", "/get"))
        received = b""
        while b"first" not in received:
            received += connection.recv(65536)
        leave(connection, how)
        assert_gone(gateway, upstream)
        assert gateway.line()["status"] == 200


def test_in_the_middle_of_a_stream_that_flows() -> None:
    async def flowing(request: RawRequest) -> AsyncIterator[bytes]:
        import asyncio

        yield respond(b"", headers=[("Transfer-Encoding", "chunked")], length=False)
        while True:
            yield chunk(bytes(10_000))
            await asyncio.sleep(0.001)

    with relaying(PATHS, flowing) as (gateway, upstream):
        connection = gateway.connect()
        connection.sendall(request_bytes("GET", "/get"))
        connection.recv(65536)
        leave(connection, "close")
        assert_gone(gateway, upstream)


FORM = ["Content-Type: multipart/form-data; boundary=b"]
PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx'


@pytest.mark.parametrize(
    ("path", "lines", "first", "rest"),
    [
        ("/raw", RAW, b"x", b"good"),
        ("/small", RAW, b"x", bytes(5000)),
        ("/form", FORM, PART, b"\r\n--b?" + bytes(100_000)),
    ],
    ids=["good", "too large", "malformed"],
)
def test_after_an_early_answer(path: str, lines: list[str], first: bytes, rest: bytes) -> None:
    with relaying(PATHS, early=stream) as (gateway, upstream):
        connection = gateway.connect()
        head = request_bytes("POST", path, [*lines, "Transfer-Encoding: chunked"])
        connection.sendall(head + chunk(first))
        received = b""
        while b"first" not in received:
            received += connection.recv(65536)
        time.sleep(0.1)  # the departure is listened for
        connection.sendall(chunk(rest))
        time.sleep(0.1)
        assert gateway.log.said == []
        leave(connection, "close")
        assert_gone(gateway, upstream)


@pytest.mark.parametrize("how", ["close", "reset"])
def test_while_it_uploads(how: str) -> None:
    with relaying(PATHS) as (gateway, upstream):
        connection = gateway.connect()
        head = request_bytes("POST", "/raw", [*RAW, "Content-Length: 1000000"])
        connection.sendall(head + bytes(100_000))
        assert upstream.wait(lambda it: it.connections)
        time.sleep(0.1)
        leave(connection, how)
        assert_gone(gateway, upstream)
        assert upstream.wait(lambda it: it.partial)
        assert upstream.requests == []


def test_while_a_body_is_read_whole() -> None:
    with relaying(PATHS) as (gateway, upstream):
        connection = gateway.connect()
        connection.sendall(request_bytes("POST", "/json", [*JSON, "Content-Length: 100"]) + b"{")
        time.sleep(0.1)
        leave(connection, "close")
        line = gateway.line(seconds=1.0)
        assert (line["outcome"], line["status"]) == ("client-gone", 499)
        assert upstream.connections == 0


def test_before_an_answer_that_was_on_its_way() -> None:
    async def slow(request: RawRequest) -> AsyncIterator[bytes]:
        import asyncio

        await asyncio.sleep(0.3)
        yield respond(b"late")

    with relaying(PATHS, slow) as (gateway, upstream):
        connection = gateway.connect()
        connection.sendall(request_bytes("GET", "/get"))
        assert upstream.wait(lambda it: it.requests)
        leave(connection, "close")
        assert gateway.line()["outcome"] == "client-gone"
        assert gateway.ask("GET", "/get").body == b"late"


def test_the_next_request_of_another_client_is_served() -> None:
    answers: list[Any] = [None, respond(b"served")]
    with relaying(PATHS, lambda request: answers.pop(0)) as (gateway, upstream):
        connection = gateway.connect()
        connection.sendall(request_bytes("GET", "/get"))
        assert upstream.wait(lambda it: it.requests)
        leave(connection, "reset")
        assert_gone(gateway, upstream)
        assert gateway.ask("GET", "/get").body == b"served"
        assert gateway.line(1)["outcome"] == "complete"

"""A client that stops: with its upload it gets a 408, with its reading it is cut."""

import time
from collections.abc import AsyncIterator
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

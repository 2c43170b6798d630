"""Answers that come before the request is whole: the uploader reads them, the connection closes."""

import time
from typing import Any

import httpx
import pytest

from tests.rawhttp import chunk, respond
from tests.relay.gateways import KEY, Gateway, Reply, parsed, relaying, request_bytes, taking

RAW = ["Content-Type: application/octet-stream"]
PATHS: dict[str, Any] = {
    "/raw": {"post": taking("application/octet-stream", None)},
    "/small": {
        "post": taking("application/octet-stream", None, **{"x-gateway": {"max-body": "1KiB"}})
    },
    "/json": {"post": taking("application/json")},
}
LARGE = 50_000_000


def read_all(gateway: Gateway, data: bytes, seconds: float = 10.0) -> Reply:
    """Send, and read until the gateway closes."""
    with gateway.connect() as connection:
        connection.settimeout(seconds)
        connection.sendall(data)
        received = b""
        while part := connection.recv(65536):
            received += part
    return parsed(received)


@pytest.mark.parametrize(
    ("path", "lines", "status"),
    [
        ("/raw", [*RAW, "X-Relay-Key: wrong"], 401),
        ("/nowhere", RAW, 404),
        ("/small", [*RAW, f"X-Relay-Key: {KEY}"], 413),
        ("/raw", ["Content-Type: a/b", f"X-Relay-Key: {KEY}"], 415),
    ],
)
def test_a_large_upload_that_is_refused(path: str, lines: list[str], status: int) -> None:
    with relaying(PATHS) as (gateway, upstream):
        reply = gateway.ask("POST", path, lines, bytes(LARGE), key=False)
        assert (reply.status, reply.complete) == (status, True)
        assert reply.values(b"connection") == [b"close"]
        assert reply.values(b"content-length") == [b"%d" % len(reply.body)]
        url = gateway.served.url + path
        headers = dict(line.split(": ") for line in lines)
        with httpx.Client(trust_env=False) as client:
            again = client.post(url, content=bytes(LARGE), headers=headers)
        assert again.status_code == status
        assert upstream.connections == 0
        assert gateway.line()["bytes_in"] < 3_000_000


def test_the_connection_closes_even_if_no_more_comes() -> None:
    with relaying(PATHS) as (gateway, _):
        lines = [*RAW, "Content-Length: 10"]
        begun = time.monotonic()
        reply = read_all(gateway, request_bytes("POST", "/raw", lines, key=False) + b"x")
        assert (reply.status, reply.complete) == (401, True)
        assert 1 < time.monotonic() - begun < 5


def test_a_refused_request_whose_body_was_read_keeps_its_connection() -> None:
    with relaying(PATHS) as (gateway, _), gateway.connect() as connection:
        for _ in range(2):
            data = request_bytes("POST", "/json", ["Content-Type: application/json"], b"{")
            connection.sendall(data)
            reply = parsed(connection.recv(65536))
            assert reply.status == 400
            assert reply.values(b"connection") == []


@pytest.mark.parametrize(
    ("path", "lines", "status"),
    [
        ("/raw", RAW, 401),
        ("/nowhere", RAW, 404),
        ("/raw", [f"X-Relay-Key: {KEY}", "Content-Type: a/b"], 415),
        ("/small", [*RAW, f"X-Relay-Key: {KEY}"], 413),
    ],
)
def test_no_100_for_a_refused_request(path: str, lines: list[str], status: int) -> None:
    with relaying(PATHS) as (gateway, _), gateway.connect() as connection:
        expect = ["Expect: 100-continue", "Content-Length: 100000"]
        connection.sendall(request_bytes("POST", path, [*lines, *expect], key=False))
        begun = time.monotonic()
        received = b""
        while data := connection.recv(65536):
            received += data
        assert received.startswith(b"HTTP/1.1 %d" % status)
        assert b"100 Continue" not in received
        assert time.monotonic() - begun < 1


def test_a_100_for_a_request_that_is_taken() -> None:
    with relaying(PATHS) as (gateway, upstream), gateway.connect() as connection:
        lines = [*RAW, "Expect: 100-continue", "Content-Length: 4"]
        connection.sendall(request_bytes("POST", "/raw", lines))
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"body")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        assert upstream.requests[0].body == b"body"
        assert upstream.requests[0].value(b"expect") is None


def test_an_upstreams_early_answer_is_relayed_at_once() -> None:
    refusal = respond(b"too large", "413 Content Too Large")
    with (
        relaying(PATHS, early=lambda request: refusal) as (gateway, upstream),
        gateway.connect() as connection,
    ):
        lines = [*RAW, "Content-Length: 1000000"]
        begun = time.monotonic()
        connection.sendall(request_bytes("POST", "/raw", lines) + bytes(1000))
        received = b""
        while b"too large" not in received:
            received += connection.recv(65536)
        assert time.monotonic() - begun < 1
        while data := connection.recv(65536):
            received += data
        reply = parsed(received)
        assert (reply.status, reply.body, reply.complete) == (413, b"too large", True)
        assert reply.values(b"connection") == [b"close"]
        line = gateway.line()
        assert (line["status"], line["outcome"]) == (413, "complete")
        assert upstream.wait(lambda it: it.gone or it.partial), "the connection was pooled"
        assert upstream.requests == []


def test_a_large_upload_that_the_upstream_refuses_early() -> None:
    refusal = respond(b"no", "400 Bad Request", [("Connection", "close")])
    with relaying(PATHS, early=lambda request: refusal) as (gateway, _):
        url = gateway.served.url + "/raw"
        headers = {"content-type": "application/octet-stream", "x-relay-key": KEY}
        with httpx.Client(trust_env=False) as client:
            reply = client.post(url, content=bytes(LARGE), headers=headers)
        assert (reply.status_code, reply.content) == (400, b"no")


MULTIPART = ["Content-Type: multipart/form-data; boundary=b", "Transfer-Encoding: chunked"]
FORM = {
    "type": "object",
    "required": ["purpose"],
    "properties": {"purpose": {"type": "string"}, "file": {"type": "string", "format": "binary"}},
}


def test_a_refused_multipart_upload_is_never_whole_at_the_upstream() -> None:
    paths = {"/form": {"post": taking("multipart/form-data", FORM)}}
    with relaying(paths) as (gateway, upstream):
        file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        body = chunk(file + bytes(300_000)) + chunk(b"\r\n--b--\r\n") + chunk(b"")
        reply = gateway.send(request_bytes("POST", "/form", MULTIPART) + body)
        assert (reply.status, reply.error["code"]) == (400, "invalid_multipart")
        assert upstream.wait(lambda it: it.partial or it.gone)
        assert upstream.requests == []
        assert all(b"--b--" not in request.body for request in upstream.partial)

"""Requests that ask for another protocol: WebSocket is one of ours, all others are ignored."""

import contextlib
import socket
import threading
import time

import pytest

from tests.servers import serve_in_thread

KEY = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
WEBSOCKET = b"Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" + KEY
H2C = b"Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope, receive, send):
    """Answer method, path, body and whether an Upgrade field came; a WebSocket is accepted."""
    if scope["type"] == "lifespan":
        return
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    names = [name for name, _ in scope["headers"]]
    text = f"{scope['method']} {scope['path']} {b'upgrade' in names} ".encode() + body
    headers = [(b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def answers(*parts: bytes) -> list[bytes]:
    """Send parts one after the other and return the bodies of the answers."""
    received = b""
    with (
        serve_in_thread(app) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            client.sendall(part)
            time.sleep(0.1)
        client.settimeout(0.5)
        with contextlib.suppress(TimeoutError, ConnectionError):
            while data := client.recv(65_536):
                received += data
    return [part.split(b"HTTP/1.1 ", 1)[0] for part in received.split(b"\r\n\r\n")[1:]]


LENGTH = b"Content-Length: %d\r\n\r\n%s" % (len(SMUGGLED), SMUGGLED)
PIECES = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED)


@pytest.mark.parametrize("body", [LENGTH, PIECES], ids=["length", "chunked"])
@pytest.mark.parametrize("fields", [H2C, WEBSOCKET], ids=["h2c", "websocket by POST"])
@pytest.mark.parametrize("split", [0, 40, 250])
def test_a_request_that_asks_in_vain_keeps_its_body(body, fields, split):
    request = b"POST /a?b HTTP/1.1\r\n" + fields + body
    parts = (request[:split], request[split:]) if split else (request,)
    expected = b"POST /a False " + SMUGGLED[:-4]  # `answers` splits at the empty line
    assert answers(*parts, b"GET /next HTTP/1.1\r\n\r\n") == [expected, b"", b"GET /next False "]


def test_requests_that_ask_in_vain_may_come_together():
    one = b"GET /%d HTTP/1.1\r\n" + H2C + b"\r\n"
    sent = b"".join(one % number for number in range(80))
    assert answers(sent) == [b"GET /%d False " % number for number in range(80)]


def test_a_get_with_a_body_opens_no_websocket():
    request = b"GET /a HTTP/1.1\r\n" + WEBSOCKET + b"Content-Length: 2\r\n\r\nab"
    assert answers(request) == [b"GET /a False ab"]


def test_http_1_0_upgrades_to_nothing():
    assert answers(b"GET /a HTTP/1.0\r\n" + WEBSOCKET + b"\r\n") == [b"GET /a False "]


@pytest.mark.parametrize("target", [b"x:443", b"/a", b"http://x/"])
@pytest.mark.parametrize("fields", [b"Host: x\r\n", WEBSOCKET, H2C])
def test_connect_is_refused_and_what_comes_behind_is_not_read(target, fields):
    got = answers(b"CONNECT " + target + b" HTTP/1.1\r\n" + fields + b"\r\n" + SMUGGLED)
    assert len(got) == 1
    assert b"smuggled" not in got[0]


def test_a_websocket_opens_behind_answers_that_are_complete():
    with (
        serve_in_thread(app) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(b"GET /a HTTP/1.1\r\n" + H2C + b"\r\n")
        assert client.recv(65_536).endswith(b"GET /a False ")
        client.sendall(b"GET /socket HTTP/1.1\r\n" + WEBSOCKET + b"\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize("between", [b"", b"GET /waits HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_a_websocket_behind_a_running_answer_ends_the_connection(between):
    gone = threading.Event()

    async def stream(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"event", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            continue
        gone.set()

    with (
        serve_in_thread(stream) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        received = client.recv(65_536)
        client.sendall(between + b"GET /socket HTTP/1.1\r\n" + WEBSOCKET + b"\r\n")
        with contextlib.suppress(ConnectionError):
            while data := client.recv(65_536):
                received += data
        assert gone.wait(5)
    assert received.count(b"HTTP/1.1 ") == 1

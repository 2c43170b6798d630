"""A request's scope as the application gets it, and its messages as the client gets them."""

import asyncio
import socket
import threading
from pathlib import Path

import httpx
import pytest
import uvicorn

from gateway.cli.protocol import GatewayProtocol
from tests.servers import raw_request, serve_in_thread

STREAM = [(b"content-type", b"text/event-stream; charset=utf-8")]


def start(status=200, headers=()):
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def piece(body=b"", more=False):
    return {"type": "http.response.body", "body": body, "more_body": more}


def sending(*messages):
    """Make an application that sends these, and keeps what was raised."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        for message in messages:
            try:
                await send(message)
            except RuntimeError as error:
                app.raised.append(str(error))
                raise

    app.raised = []
    return app


def answered(app, head=b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):
    """Return all bytes of an answer."""
    with serve_in_thread(app) as server:
        return raw_request(server.host, server.port, head)


class Scopes:
    """An application that keeps the scopes of its requests."""

    def __init__(self):
        self.seen = []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return
        self.seen.append(scope)
        await send(start(204))
        await send(piece())


@pytest.mark.parametrize(
    ("target", "path", "raw_path", "query"),
    [
        ("/a%20b/%C3%A9?x=%20&y", "/a b/é", b"/a%20b/%C3%A9", b"x=%20&y"),
        ("/plain", "/plain", b"/plain", b""),
        ("http://other/abs?q=1", "/abs", b"/abs", b"q=1"),
        ("*", "*", b"*", b""),
    ],
)
def test_the_target_is_split_and_kept(target, path, raw_path, query):
    app = Scopes()
    method = "OPTIONS" if target == "*" else "GET"
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert answered(app, head.encode()).startswith(b"HTTP/1.1 204 ")
    (scope,) = app.seen
    assert (scope["method"], scope["http_version"]) == (method, "1.1")
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == (path, raw_path, query)


@pytest.mark.parametrize("target", ["/é", "http://[", "//\x7f"])
def test_a_target_that_is_none_is_refused(target):
    app = Scopes()
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    assert answered(app, head).startswith(b"HTTP/1.1 400 ")
    assert app.seen == []


def addresses_over(listener: socket.socket):
    """Return what one request over a socket knows of itself: client, server, scheme; and ours."""
    app = Scopes()
    config = uvicorn.Config(app, http=GatewayProtocol, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        with socket.socket(listener.family) as client:
            client.connect(listener.getsockname())  # it listens already
            own = client.getsockname()
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 204 ")
    finally:
        server.should_exit = True
        thread.join(10)
    (scope,) = app.seen
    return scope["client"], scope["server"], scope["scheme"], own


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_both_addresses_are_told(family, host):
    try:
        listener = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("this machine has no IPv6")
    port = listener.getsockname()[1]
    with listener:
        client, server, scheme, own = addresses_over(listener)
    assert (client, server, scheme) == (own[:2], (host, port), "http")


def test_a_unix_socket_has_its_path_alone(tmp_path: Path):
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        client, server, scheme, _ = addresses_over(listener)
    assert (client, server, scheme) == (None, (path, None), "http")


def test_an_event_leaves_at_once():
    """The application stops the whole loop until the client has its event."""
    came = threading.Event()

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        await send(start(headers=STREAM))
        await send(piece(b"data: 1\n\n", more=True))
        in_time = came.wait(5)
        await send(piece(b"data: in time\n\n" if in_time else b"data: late\n\n"))

    text = ""
    with (
        serve_in_thread(app) as server,
        httpx.stream("GET", server.url, timeout=10) as answer,
    ):
        for part in answer.iter_text():
            text += part
            came.set()
    assert text == "data: 1\n\ndata: in time\n\n"


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ((start(), piece(b"a", True), piece(b"", True), piece(b"bc")), b"1\r\na\r\n2\r\nbc\r\n0"),
        (
            (start(headers=STREAM), piece(b"x" * 17, True), piece()),
            b"11\r\n" + b"x" * 17 + b"\r\n0",
        ),
        ((start(headers=[(b"content-length", b"3")]), piece(b"a", True), piece(b"bc")), b"abc"),
        ((start(204), piece()), b""),
        ((start(304), piece()), b""),
    ],
    ids=["chunks", "events", "length", "204", "304"],
)
def test_bodies_are_framed(messages, expected):
    head, _, body = answered(sending(*messages)).partition(b"\r\n\r\n")
    assert body.removesuffix(b"\r\n\r\n") == expected
    fields = head.lower().split(b"\r\n")[1:]
    assert (b"transfer-encoding: chunked" in fields) == expected.endswith(b"0")


def test_an_answer_to_head_has_no_body():
    app = sending(start(headers=[(b"content-length", b"3")]), piece(b"abc"))
    answer = answered(app, b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.endswith(b"content-length: 3\r\nconnection: close\r\n\r\n")


@pytest.mark.parametrize(
    ("version", "asked", "own", "closes"),
    [
        ("1.1", "keep-alive", b"", False),
        ("1.1", "close", b"", True),
        ("1.1", "keep-alive", b"close", True),
        ("1.0", "keep-alive", b"", True),
    ],
)
def test_who_closes_says_so(version, asked, own, closes):
    headers = [(b"content-length", b"0"), *([(b"connection", own)] if own else [])]
    app = sending(start(headers=headers), piece())
    with (
        serve_in_thread(app) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(f"GET / HTTP/{version}\r\nHost: x\r\nConnection: {asked}\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += client.recv(1000)
        assert answer.count(b"connection: close") == closes
        client.settimeout(5 if closes else 0.2)
        if closes:
            assert client.recv(1) == b""
        else:
            with pytest.raises(TimeoutError):
                client.recv(1)


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ((piece(),), "http.response.body came out of its turn"),
        ((start(headers=[(b"content-length", b"0")]), start()), "start came out of its turn"),
        ((start(headers=[(b"content-length", b"0")]), piece(), piece()), "out of its turn"),
        ((start(headers=[(b"content-length", b"1")]), piece(b"ab")), "longer than announced"),
        ((start(headers=[(b"content-length", b"3")]), piece(b"ab")), "shorter than announced"),
        ((start(headers=[(b"a", b"b\r\nc: d")]),), "cannot be written"),
        ((start(headers=[(b"a b", b"c")]),), "cannot be written"),
        ((start(headers=[(b"Content-Length", b"1")]),), "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_the_applications_fault(messages, said):
    app = sending(*messages)
    assert b"c: d" not in answered(app)
    assert [said in text for text in app.raised] == [True]


def test_a_gone_client_makes_writes_nothing():
    ended = threading.Event()

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        while (await receive())["type"] != "http.disconnect":
            pass
        await send(start(headers=STREAM))
        await send(piece(b"x"))
        await asyncio.sleep(0)
        ended.set()

    with serve_in_thread(app) as server:
        with socket.create_connection((server.host, server.port), 5) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert ended.wait(5)

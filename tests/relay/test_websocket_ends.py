"""How WebSockets end: close codes, lost connections, dead and slow peers."""

import asyncio
import base64
import hashlib
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable

import pytest
import websockets
from websockets.asyncio.server import ServerConnection
from websockets.sync.client import connect

from gateway.relay.websocket import sendable
from tests.servers import Act, RawRequest, RawUpstream
from tests.websocket_servers import echo, relaying, upstream

MB = 1_000_000
MESSAGES = 200  # of a megabyte
KERNEL = 100  # of them that the system's buffers on both sides may take: 32 MiB each on large ones


@pytest.mark.parametrize(
    ("received", "sent"),
    [
        (1000, 1000),
        (1001, 1001),
        (1005, 1000),
        (1006, 1014),
        (1009, 1009),
        (1015, 1014),
        (3000, 3000),
        (4999, 4999),
        (1004, 1014),
        (0, 1014),
        (5000, 1014),
        (999, 1014),
    ],
)
def test_codes_that_may_be_sent(received: int, sent: int) -> None:
    assert sendable(received) == sent


class Recorder:
    """An upstream that notes how each WebSocket ended."""

    def __init__(self) -> None:
        self.ends: list[tuple[int | None, str | None]] = []

    async def __call__(self, connection: ServerConnection) -> None:
        await connection.wait_closed()
        self.ends.append((connection.close_code, connection.close_reason))

    def end(self, seconds: float = 1.0) -> tuple[int | None, str | None]:
        limit = time.monotonic() + seconds
        while not self.ends:
            assert time.monotonic() < limit, "the upstream saw no end"
            time.sleep(0.005)
        return self.ends[0]


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (4001, "bye é"), (1001, "tab closed")])
def test_the_client_closes(code: int, reason: str) -> None:
    recorder = Recorder()
    with upstream(recorder) as origin, relaying(origin) as (app, url):
        with connect(url) as client:
            client.close(code, reason)
        assert recorder.end() == (code, reason)
        relayed = app.result()
    assert (relayed.close_code, relayed.outcome) == (code, "complete")


def _raw_client(url: str) -> socket.socket:
    """Open a WebSocket by hand, so that it can end in ways that a library would not."""
    port = int(url.rpartition(":")[2])
    client = socket.create_connection(("127.0.0.1", port), 5)
    client.sendall(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    assert client.recv(4096).startswith(b"HTTP/1.1 101 ")
    return client


def test_the_client_closes_without_a_code() -> None:
    recorder = Recorder()
    with upstream(recorder) as origin, relaying(origin) as (app, url):
        with _raw_client(url) as client:
            client.sendall(b"\x88\x80\x00\x00\x00\x00")
            assert recorder.end() == (1000, "")
        assert app.result().close_code == 1005


@pytest.mark.parametrize("reset", [False, True])
def test_the_client_vanishes(reset: bool) -> None:
    recorder = Recorder()
    with upstream(recorder) as origin, relaying(origin) as (app, url):
        with _raw_client(url) as client:
            if reset:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert recorder.end() == (1014, "")
        assert app.result().outcome == "client-gone"


@pytest.mark.parametrize(
    ("code", "reason", "seen"), [(1000, "", 1000), (4002, "é", 4002), (1011, "oops", 1011)]
)
def test_the_upstream_closes(code: int, reason: str, seen: int) -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.send("last words")
        await connection.close(code, reason)

    with upstream(handler) as origin, relaying(origin) as (app, url), connect(url) as client:
        assert client.recv(5) == "last words"
        with pytest.raises(websockets.ConnectionClosed) as raised:
            client.recv(1)
        assert raised.value.rcvd is not None
        assert (raised.value.rcvd.code, raised.value.rcvd.reason) == (seen, reason)
        relayed = app.result()
    assert (relayed.close_code, relayed.outcome) == (code, "complete")


def _accept(request: RawRequest) -> bytes:
    key = request.value(b"Sec-WebSocket-Key") or b""
    digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"X-Request-Id: r2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
        b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
    )


@pytest.mark.parametrize("act", [Act.CLOSE, Act.RESET])
def test_the_upstream_vanishes(act: Act) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield _accept(request) + b"\x81\x02hi"
        await asyncio.sleep(0.1)
        yield act

    with RawUpstream(answer) as raw, relaying(raw.url) as (app, url), connect(url) as client:
        assert client.response is not None
        assert client.response.headers["x-request-id"] == "r2"
        assert client.response.headers.get_all("set-cookie") == ["a=1", "b=2"]
        assert client.recv(5) == "hi"
        with pytest.raises(websockets.ConnectionClosed) as raised:
            client.recv(1)
        assert raised.value.rcvd is not None
        assert raised.value.rcvd.code == 1014
        assert app.result().outcome == "upstream-cut"


def test_the_upstream_breaks_the_protocol() -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield _accept(request) + b"\xff\xff\xff\xff"
        yield Act.HOLD

    with RawUpstream(answer) as raw, relaying(raw.url) as (_, url), connect(url) as client:
        with pytest.raises(websockets.ConnectionClosed) as raised:
            client.recv(3)
        assert raised.value.rcvd is not None
        assert raised.value.rcvd.code == 1014


def test_silence_does_not_close() -> None:
    with (
        upstream(echo, ping_interval=None) as origin,
        relaying(origin, ping_every=0.05) as (_, url),
        connect(url) as client,
    ):
        time.sleep(0.5)
        client.send("still there")
        assert client.recv(1) == "still there"


def test_an_upstream_that_answers_no_ping_is_dead() -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield _accept(request)
        yield Act.HOLD

    with (
        RawUpstream(answer) as raw,
        relaying(raw.url, ping_every=0.2) as (app, url),
        connect(url) as client,
    ):
        before = time.monotonic()
        with pytest.raises(websockets.ConnectionClosed) as raised:
            client.recv(5)
        assert 0.4 < time.monotonic() - before < 2
        assert raised.value.rcvd is not None
        assert raised.value.rcvd.code == 1014
        assert app.result().outcome == "timeout"


def test_pings_of_the_upstream_are_answered() -> None:
    with (
        upstream(echo, ping_interval=0.05, ping_timeout=0.2) as origin,
        relaying(origin) as (_, url),
        connect(url) as client,
    ):
        time.sleep(0.5)
        client.send("alive")
        assert client.recv(1) == "alive"


def at_rest(count: Callable[[], int]) -> int:
    """Wait until a count stands still; return it."""
    before = -1
    while (now := count()) != before:
        before = now
        time.sleep(0.5)
    return now


def test_a_slow_client_holds_the_upstream_back_and_is_not_its_death() -> None:
    sent = 0

    async def handler(connection: ServerConnection) -> None:
        nonlocal sent
        for _ in range(MESSAGES):
            await connection.send(bytes(MB))
            sent += 1
        await connection.close()

    with (
        upstream(handler, compression=None, ping_interval=None) as origin,
        relaying(origin, ping_every=0.1) as (app, url),
        connect(url, max_queue=1, max_size=None, compression=None) as client,
    ):
        held = at_rest(lambda: sent)
        assert sum(len(message) for message in client) == MESSAGES * MB
        assert app.result().messages_out == MESSAGES
    assert held <= KERNEL


def test_a_slow_upstream_holds_the_client_back() -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield _accept(request)
        yield Act.DEAF

    with RawUpstream(answer, receive_buffer=65536) as raw, relaying(raw.url) as (_, url):
        with _raw_client(url) as client:
            client.settimeout(0.5)
            frame = b"\x82\xff" + struct.pack("!Q", MB) + b"\x00" * 4 + bytes(MB)
            sent = 0
            with pytest.raises(TimeoutError):
                for sent in range(MESSAGES):  # noqa: B007
                    client.sendall(frame)
        assert sent <= KERNEL

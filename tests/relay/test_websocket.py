"""WebSockets through the relay: real servers and clients on both sides."""

import asyncio
import base64
import contextlib
import hashlib
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import websockets
from websockets.asyncio.server import ServerConnection, serve
from websockets.sync.client import connect

from gateway.contract.model import Timeouts
from gateway.errors import UpstreamError
from gateway.relay.websocket import Relayed, relay_websocket, sendable
from gateway.transport.aiohttp import AiohttpTransport
from tests.servers import Act, RawRequest, RawUpstream, respond, serve_in_thread

HANDSHAKE = (b"sec-websocket-", b"connection", b"upgrade", b"host")
TIMEOUTS = Timeouts(connect=2, first_byte=5)


@dataclass
class App:
    """An ASGI app that relays all WebSockets to one upstream, as the forwarder does."""

    upstream: str
    ping_every: float = 20.0
    results: list[Relayed] = field(default_factory=list)
    errors: list[UpstreamError] = field(default_factory=list)
    transport: AiohttpTransport | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.transport is None:
            self.transport = AiohttpTransport(self.upstream, timeouts=TIMEOUTS)
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        try:
            relayed = await relay_websocket(
                scope,
                receive,
                send,
                connect=self.transport.connect_websocket,
                target=scope["raw_path"] + query,
                headers=[f for f in scope["headers"] if not f[0].startswith(HANDSHAKE)],
                subprotocols=scope["subprotocols"],
                timeouts=TIMEOUTS,
                ping_every=self.ping_every,
            )
            self.results.append(relayed)
        except UpstreamError as error:
            self.errors.append(error)
            start = {"type": "websocket.http.response.start", "status": int(error.status)}
            await send({**start, "headers": []})
            await send({"type": "websocket.http.response.body", "body": error.code.encode()})

    def result(self) -> Relayed:
        end = time.monotonic() + 5
        while not self.results:
            assert time.monotonic() < end, "the relay did not end"
            time.sleep(0.005)
        return self.results[0]


Handler = Callable[[ServerConnection], Awaitable[None]]


@contextlib.contextmanager
def upstream(handler: Handler, **options: Any) -> Iterator[str]:
    """Run a WebSocket server in a thread; yield its HTTP origin."""
    ready, ports = threading.Event(), []

    async def main() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        async with serve(handler, "127.0.0.1", 0, **options) as server:
            ports.append(next(iter(server.sockets)).getsockname()[1])
            stops.append(lambda: loop.call_soon_threadsafe(stop.set))
            ready.set()
            await stop.wait()

    stops: list[Callable[[], Any]] = []
    thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        stops[0]()
        thread.join(5)


@contextlib.contextmanager
def relaying(origin: str, **options: Any) -> Iterator[tuple[App, str]]:
    app = App(origin, **options)
    with serve_in_thread(app, lifespan="off", ws_max_size=2**26) as served:
        yield app, served.ws_url


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


def test_messages_both_ways() -> None:
    messages = ["text", "", "é€\U0001f600", b"", b"\x00\xff", b"x" * 5_000_000, "y" * 200_000]
    with upstream(echo, max_size=None) as origin, relaying(origin) as (app, url):
        with connect(url + "/v1/realtime?model=x", max_size=None) as client:
            for message in messages:
                client.send(message)
                assert client.recv(5) == message
        relayed = app.result()
    size = sum(len(m.encode() if isinstance(m, str) else m) for m in messages)
    assert (relayed.messages_in, relayed.messages_out) == (7, 7)
    assert (relayed.bytes_in, relayed.bytes_out) == (size, size)
    assert (relayed.status, relayed.close_code, relayed.outcome) == (101, 1000, "complete")


def test_fragments_arrive_as_one_message() -> None:
    with upstream(echo) as origin, relaying(origin) as (_, url), connect(url) as client:
        client.send(iter(["a", "b", "c"]))
        assert client.recv(5) == "abc"


@pytest.mark.parametrize("client_side", ["deflate", None])
@pytest.mark.parametrize("upstream_side", ["deflate", None])
def test_compression_is_each_hops_own(client_side: Any, upstream_side: Any) -> None:
    with (
        upstream(echo, compression=upstream_side) as origin,
        relaying(origin) as (_, url),
        connect(url, compression=client_side) as client,
    ):
        for _ in range(3):
            client.send("abc" * 10_000)
            assert client.recv(5) == "abc" * 10_000


def test_the_subprotocol_that_the_upstream_chooses() -> None:
    with (
        upstream(echo, subprotocols=["two", "one"]) as origin,
        relaying(origin) as (_, url),
        connect(url, subprotocols=["one", "two"]) as client,  # type: ignore[list-item]
    ):
        assert client.subprotocol in ("one", "two")


def test_the_handshake_goes_out_as_it_is_given() -> None:
    answer = respond(b'{"error": 1}', "401 Unauthorized", [("X-Request-Id", "r1")])
    with RawUpstream(lambda request: answer) as raw, relaying(raw.url) as (app, url):
        with pytest.raises(websockets.InvalidStatus) as raised:
            connect(
                url + "/v1/real%74ime/%2e?model=a%20b&x[]=1",
                additional_headers=[("X-a", "1"), ("X-A", "2"), ("Cookie", "a=b; c=d")],
                subprotocols=["realtime", "beta.v1"],  # type: ignore[list-item]
                user_agent_header=None,
            )
        response = raised.value.response
        assert (response.status_code, response.body) == (401, b'{"error": 1}')
        assert response.headers["x-request-id"] == "r1"
        assert app.result().status == 401
    (request,) = raw.requests
    assert request.target == b"/v1/real%74ime/%2e?model=a%20b&x[]=1"
    assert [value for name, value in request.fields if name.lower() == b"x-a"] == [b"1", b"2"]
    assert request.values(b"Cookie") == [b"a=b; c=d"]
    assert request.value(b"Sec-WebSocket-Protocol") == b"realtime,beta.v1"
    names = {name.lower() for name, _ in request.fields}
    assert not names & {b"user-agent", b"accept", b"accept-encoding", b"content-type"}


def test_an_upstream_that_is_not_there_is_an_http_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with relaying(f"http://127.0.0.1:{port}") as (app, url):
        with pytest.raises(websockets.InvalidStatus) as raised:
            connect(url)
        assert raised.value.response.status_code == 502
        assert raised.value.response.body == b"upstream_unreachable"
    assert not app.errors[0].sent


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: wrong\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_a_broken_handshake(answer: bytes) -> None:
    with RawUpstream(lambda request: answer) as raw, relaying(raw.url) as (_, url):
        with pytest.raises(websockets.InvalidStatus) as raised:
            connect(url)
        assert raised.value.response.body == b"upstream_protocol_error"
    assert len(raw.requests) == 1


def test_a_handshake_is_never_repeated() -> None:
    with RawUpstream(lambda request: Act.CLOSE) as raw, relaying(raw.url) as (app, url):
        with pytest.raises(websockets.InvalidStatus):
            connect(url)
    assert len(raw.requests) == 1
    assert app.errors[0].sent


def test_a_client_that_leaves_before_the_upstream_has_answered() -> None:
    with RawUpstream(lambda request: Act.HOLD) as raw, relaying(raw.url) as (app, url):
        with pytest.raises(TimeoutError):
            connect(url, open_timeout=0.2)
        assert raw.wait(lambda u: u.gone == [0], 1)
        assert app.result().outcome == "client-gone"

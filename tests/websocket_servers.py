"""What the tests of WebSockets share: an upstream, and an app that relays to it."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from gateway.contract.model import Timeouts
from gateway.errors import UpstreamError
from gateway.relay.websocket import Relayed, relay_websocket
from gateway.transport.aiohttp import AiohttpTransport
from tests.servers import serve_in_thread

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
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        assert self.transport is not None
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

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self.transport = AiohttpTransport(self.upstream, timeouts=TIMEOUTS)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.transport.aclose()
        await send({"type": "lifespan.shutdown.complete"})

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
    with serve_in_thread(app, lifespan="on", ws_max_size=2**26) as served:
        yield app, served.ws_url


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)

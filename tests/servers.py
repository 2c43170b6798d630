"""Real servers on real sockets, for all test suites.

`RawUpstream` records the exact bytes of every request and answers what the test says;
`serve_in_thread` runs an ASGI app as production does; `raw_request` is a client that adds nothing.

    with RawUpstream(lambda request: respond(b"hello")) as upstream:
        ...  # talk to upstream.url
    assert upstream.requests[0].target == b"/a%7e"

An answer is bytes, an `Act`, None (nothing yet: the connection is held), or an async generator of
bytes and acts, which pauses by `asyncio.sleep`.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import uvicorn

from gateway.cli.protocol import GatewayProtocol
from tests.rawconnection import Act, Answer, Connection
from tests.rawhttp import Body, RawRequest, body_of, chunk, respond

__all__ = [
    "Act",
    "Answer",
    "RawRequest",
    "RawUpstream",
    "Served",
    "chunk",
    "raw_request",
    "respond",
    "serve_in_thread",
]

_ESTABLISHED = 1  # Linux's number for the state of a TCP connection


@dataclass
class RawUpstream:
    """A TCP server in a thread that speaks raw HTTP/1.1 and records what it is sent.

    `answer` is called with each complete request; `early`, where given, with a request whose head
    only has come: what it returns (if not None) goes out while the body is still read.
    `partial` holds requests whose body never ended, `gone` the numbers of the connections that the
    client closed. `keep_bodies` False counts bodies without storing them. `drop_idle` closes a
    kept-alive connection that many seconds after each answer.
    """

    answer: Callable[[RawRequest], Answer] = lambda request: respond(b"ok")
    early: Callable[[RawRequest], Answer] | None = None
    keep_bodies: bool = True
    drop_idle: float | None = None
    receive_buffer: int | None = None  # bytes of the kernel's buffer per connection
    tls: ssl.SSLContext | None = None
    requests: list[RawRequest] = field(default_factory=list)
    partial: list[RawRequest] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    sockets: list[Any] = field(default_factory=list, repr=False)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(5), "the raw upstream did not start"
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def wait(self, condition: Callable[[Self], Any], seconds: float = 5.0) -> bool:
        """Wait until `condition(self)` holds; return whether it did in time."""
        end = time.monotonic() + seconds
        while not condition(self):
            if time.monotonic() > end:
                return False
            time.sleep(0.005)
        return True

    def hung_up(self, number: int) -> bool:
        """Ask the kernel whether the client closed a connection, even one that is not read."""
        tcp_info = self.sockets[number].getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
        return tcp_info[0] != _ESTABLISHED

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        if self.receive_buffer is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        server = await asyncio.start_server(self._accept, sock=listener, ssl=self.tls)
        self.port = listener.getsockname()[1]
        ready.set()
        await self._stop.wait()
        self._loop.remove_reader(listener)
        for _ in range(10):  # connections that were being accepted get their tasks
            await asyncio.sleep(0)
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(10):  # transports that were being closed get closed
            await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self.connections = self.connections, self.connections + 1
        self.sockets.append(writer.get_extra_info("socket"))
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError, ssl.SSLError):
                await Connection(self, number, reader, writer).serve()
        finally:
            self._tasks.discard(task)
            writer.close()


@dataclass(frozen=True, slots=True)
class Served:
    """Where an app is served."""

    host: str
    port: int
    server: uvicorn.Server

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{self.host}:{self.port}"


@contextlib.contextmanager
def serve_in_thread(app: Any, **options: Any) -> Iterator[Served]:
    """Serve an ASGI app on a free port with uvicorn and our protocol, as production does."""
    settings: dict[str, Any] = {
        "http": GatewayProtocol,
        "loop": "uvloop",
        "ws": "websockets-sansio",
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "timeout_graceful_shutdown": 1,
    }
    server = uvicorn.Server(uvicorn.Config(app, **(settings | options)))
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the app did not start"
            time.sleep(0.005)
        yield Served("127.0.0.1", listener.getsockname()[1], server)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def raw_request(host: str, port: int, data: bytes, seconds: float = 10.0) -> bytes:
    """Send bytes as they are; return all bytes of one response (interim ones before it included).

    A response that the server cuts short is returned as far as it came.
    """
    received = b""
    with socket.create_connection((host, port), seconds) as connection:
        with contextlib.suppress(ConnectionError):  # an early answer can still be read
            connection.sendall(data)
        with contextlib.suppress(ConnectionError):
            for received in _responses(connection, data.startswith(b"HEAD ")):  # noqa: B007
                pass
    return received


def _responses(connection: socket.socket, head_only: bool) -> Iterator[bytes]:
    """Yield all that was received, each time more has come, until one response is whole."""
    received, start, body = b"", 0, None
    while body is None or not body.done:
        data = connection.recv(65536)
        if not data:
            return
        received += data
        yield received
        if body is not None:
            body.feed(data)
            continue
        while body is None and (end := received.find(b"\r\n\r\n", start)) >= 0:
            status_line, *lines = received[start:end].split(b"\r\n")
            status, start = int(status_line.split(b" ")[1]), end + 4
            if status >= 200 or status == 101:
                request = RawRequest(status_line, tuple(lines))
                bare = head_only or status in (101, 204, 304)
                body = Body(0, False) if bare else body_of(request.fields, None, False)
                body.feed(received[start:])

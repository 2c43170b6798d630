"""Writes of one turn leave together, and nothing is lost, late or out of order."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvloop

from gateway.cli.corked import CorkedTransport
from tests.servers import serve_in_thread

CHUNKS = [b"x" * size for size in (1, 70_000, 3, 200_000, 0, 5)]


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        event = await receive()
        await send({"type": "websocket.send", "text": event["text"]})
        await send({"type": "websocket.close"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for chunk in CHUNKS:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if scope["path"] == "/slow":
            await asyncio.sleep(0.05)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@contextmanager
def served() -> Iterator[str]:
    with serve_in_thread(app) as server:
        yield server.url


@pytest.mark.parametrize("path", ["/", "/slow"])
def test_bodies_arrive_whole(path):
    with served() as url, httpx.Client() as client:
        for _ in range(3):
            assert client.get(url + path).content == b"".join(CHUNKS)


def test_header_and_body_are_one_packet():
    async def small(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    with serve_in_thread(small) as server:
        client = socket.create_connection((server.host, server.port))
        with client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            client.settimeout(5)
            first = client.recv(65536)
    assert first.startswith(b"HTTP/1.1 200")
    assert first.endswith(b"\r\n\r\nok")


def test_chunks_of_a_stream_do_not_wait_for_the_next():
    received = threading.Event()

    async def waiting(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        came = await asyncio.to_thread(received.wait, 5)
        await send({"type": "http.response.body", "body": b"came" if came else b"waited"})

    with (
        serve_in_thread(waiting) as server,
        httpx.stream("GET", server.url) as response,
    ):
        chunks = response.iter_raw(1)
        assert next(chunks) == b"x"
        received.set()
        assert b"".join(chunks) == b"came"


def test_a_websocket_takes_the_connection_over():
    from websockets.sync.client import connect

    with served() as url, connect(url.replace("http", "ws")) as websocket:
        websocket.send("hello")
        assert websocket.recv() == "hello"


def test_a_reader_that_stalls_holds_the_writer_up():
    sent = 0

    async def endless(scope, receive, send):
        nonlocal sent
        if scope["type"] == "lifespan":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            sent += 65536

    with serve_in_thread(endless) as server:
        client = socket.create_connection((server.host, server.port))
        with client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.5)
            assert sent < 20 << 20  # the kernel's buffers and ours, not all 64 MiB


@pytest.mark.parametrize("how", ["abort", "close"])
def test_what_is_written_as_the_connection_closes_is_dropped(how):
    errors: list[str] = []

    class Closing(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            asyncio.get_running_loop().call_soon(self.write, transport)

        def write(self, transport: Any) -> None:
            corked = CorkedTransport(transport, asyncio.get_running_loop())
            corked.write(b"gathered")
            getattr(transport, how)()
            corked.write(b"more")
            asyncio.get_running_loop().call_later(0.05, self.write_late, corked)

        def write_late(self, corked: CorkedTransport) -> None:
            corked.write(b"late")
            corked.close()
            assert corked.plain.is_closing()

    async def talk() -> bytes:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, said: errors.append(said["message"]))
        server = await loop.create_server(Closing, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            return await reader.read()
        finally:
            writer.close()
            await asyncio.sleep(0.2)
            server.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(talk()) == b""
    assert errors == []

"""Clients that ask for more before they have read, or been given, what they asked for."""

import asyncio
import contextlib
import socket
import threading
import time

import httpx
import pytest

from gateway.cli.protocol import GatewayProtocol
from tests.servers import serve_in_thread

GET = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"


def streaming(gone: threading.Event):
    """Make an application that streams without end, until it hears that the client is gone."""

    async def stream(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})

        async def listen():
            while (await receive())["type"] != "http.disconnect":
                continue
            gone.set()

        listening = asyncio.create_task(listen())
        while not gone.is_set():
            await send({"type": "http.response.body", "body": b"event", "more_body": True})
            await asyncio.sleep(0.02)
        await listening

    return stream


@pytest.mark.parametrize("behind", [b"", GET % b"next", GET % b"next" + GET % b"last"])
def test_a_stream_hears_of_a_client_that_is_gone_whatever_was_asked_behind_it(behind):
    gone = threading.Event()
    with serve_in_thread(streaming(gone)) as server:
        with socket.create_connection((server.host, server.port), 5) as client:
            client.sendall(GET % b"stream" + behind)
            client.recv(100)
        assert gone.wait(5)


class Impatient(GatewayProtocol):
    patience = 1.0  # what a slow client reads is seen only when the kernel's buffers have room


def large_answers(seen: list[str]):
    """Make an application whose answers are 256 KiB; `seen` gets the paths that were asked for."""

    async def large(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        seen.append(scope["path"])
        headers = [(b"content-length", b"262144")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"a" * 262_144})

    return large


def test_a_client_that_asks_on_and_reads_nothing_is_cut():
    seen: list[str] = []
    with (
        serve_in_thread(large_answers(seen), http=Impatient) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall((GET % b"") * 90)
        time.sleep(3)
        asked = len(seen)
        received = 0
        with contextlib.suppress(ConnectionError):
            while data := client.recv(1 << 20):
                received += len(data)
    assert asked == len(seen) < 90
    assert received < 90 * 262_144


def test_a_client_that_reads_slowly_gets_all_that_it_asked_for():
    seen: list[str] = []
    with (
        serve_in_thread(large_answers(seen), http=Impatient) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.sendall((GET % b"") * 60)
        received = 0
        while received < 60 * 262_144:
            data = client.recv(65_536)
            assert data
            received += len(data)
            time.sleep(0.01)
    assert len(seen) == 60


async def echo(scope, receive, send):
    """Answer the path that was asked for."""
    if scope["type"] == "lifespan":
        return
    text = scope["path"].encode()
    headers = [(b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def paths_in(answers: bytes) -> list[bytes]:
    """Return the bodies of answers of `echo`."""
    return [part.split(b"HTTP/1.1", 1)[0] for part in answers.split(b"\r\n\r\n")[1:]]


def read_until(client: socket.socket, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end):
        data = client.recv(65_536)
        assert data, "it ended early"
        received += data
    return received


def test_requests_that_come_together_are_answered_in_their_order():
    with (
        serve_in_thread(echo) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        for _ in range(3):
            paths = [b"%03d" % number for number in range(100)]
            client.sendall(b"".join(GET % path for path in paths))
            assert paths_in(read_until(client, b"/099")) == [b"/" + path for path in paths]


def test_a_flood_is_cut_and_other_clients_are_answered_meanwhile():
    seen: list[str] = []

    async def counting(scope, receive, send):
        seen.append(scope["type"])
        await echo(scope, receive, send)

    flood = b"GET / HTTP/1.1\r\n\r\n" * 60_000

    def send_flood(client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            client.sendall(flood)

    with (
        serve_in_thread(counting) as server,
        httpx.Client(timeout=60) as other,
        socket.create_connection((server.host, server.port), 60) as client,
    ):
        other.get(server.url)
        sending = threading.Thread(target=send_flood, args=(client,))
        sending.start()
        longest = 0.0
        for _ in range(20):
            start = time.monotonic()
            other.get(server.url)
            longest = max(longest, time.monotonic() - start)
            time.sleep(0.01)
        with contextlib.suppress(ConnectionError):
            while client.recv(1 << 20):
                continue
        sending.join(10)
    assert longest < 1
    assert len(seen) < 2_000


def test_nothing_is_read_while_requests_wait():
    heads, answer = [], threading.Event()

    class Counting(GatewayProtocol):
        def on_headers_complete(self) -> None:
            heads.append(self.url)
            super().on_headers_complete()

    async def listening(scope, receive, send):
        """Ask whether the client is still there until the answer may come."""
        while scope["type"] != "lifespan" and not answer.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(receive(), 0.02)
        await echo(scope, receive, send)

    with (
        serve_in_thread(listening, http=Counting) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(20):
            client.sendall(GET % b"%02d" % number)
            time.sleep(0.05)
        assert heads == [b"/00", b"/01"]
        answer.set()
        assert len(paths_in(read_until(client, b"/19"))) == 20


NO_HTTP = b"hello\r\n\r\n"
LARGE = b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000


@pytest.mark.parametrize("behind", [NO_HTTP, LARGE, LARGE + b"\r\n\r\n"])
def test_a_refusal_is_not_written_into_an_answer(behind):
    gone = threading.Event()
    with (
        serve_in_thread(streaming(gone)) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(GET % b"stream")
        received = client.recv(100)
        client.sendall(behind)
        with contextlib.suppress(ConnectionError):
            while data := client.recv(65_536):
                received += data
        assert gone.wait(5)
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("behind", [NO_HTTP, LARGE])
def test_a_refusal_does_not_answer_the_request_before(behind):
    async def late(scope, receive, send):
        if scope["type"] != "lifespan":
            await asyncio.sleep(1)
        await echo(scope, receive, send)

    with (
        serve_in_thread(late) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(GET % b"first")
        time.sleep(0.2)
        client.sendall(behind)
        with contextlib.suppress(ConnectionError):
            assert client.recv(65_536) == b""

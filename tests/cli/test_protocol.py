"""The limit on a request's head, bodies that wait, and clients that ask for more than they read.

`test_corked.py` has the writes.
"""

import asyncio
import contextlib
import hashlib
import socket
import threading
import time

import httpx
import pytest

from gateway.cli.protocol import GatewayProtocol
from tests.servers import Served, serve_in_thread


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % len(scope["headers"])})


async def late_reader(scope, receive, send):
    """Read a body only after a while; answer the sizes of its pieces and what it was."""
    if scope["type"] == "lifespan":
        return
    await asyncio.sleep(0.3)
    sizes, seen, more = [], hashlib.sha256(), True
    while more:
        message = await receive()
        assert type(message["body"]) is bytes
        sizes.append(len(message["body"]))
        seen.update(message["body"])
        more = message["more_body"]
    text = f"{max(sizes)} {sum(sizes)} {seen.hexdigest()}".encode()
    headers = [(b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def answer_to(server: Served, head: bytes) -> bytes:
    """Send a head and read until the server closes or has answered."""
    with socket.create_connection((server.host, server.port), 5) as client:
        with contextlib.suppress(OSError):  # it may be cut while we still write
            client.sendall(head)
        answer = b""
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in answer and (data := client.recv(65536)):
                answer += data
        return answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: a\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 1_000_000,  # it never ends
    ],
    ids=["one field", "many fields", "target", "without end"],
)
def test_a_large_head_is_refused(head):
    with serve_in_thread(app, http=GatewayProtocol) as server:
        assert answer_to(server, head).startswith(b"HTTP/1.1 431 ")
        assert httpx.get(server.url).status_code == 200


def test_a_head_within_the_limit_passes_and_bodies_do_not_count():
    with serve_in_thread(app, http=GatewayProtocol) as server, httpx.Client() as client:
        for _ in range(3):
            fields = {f"x-{i}": "a" * 1000 for i in range(50)}
            answer = client.post(server.url, headers=fields, content=b"b" * 300_000)
            assert int(answer.text) > 50


def test_a_large_head_that_began_with_another_requests_end_is_refused():
    first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    # The first part leaves the second one small enough by itself.
    begun = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: a\r\n" * 8_000
    with (
        serve_in_thread(app, http=GatewayProtocol) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(first + begun)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += client.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200 ")
        client.sendall(b"B: b\r\n" * 5_000 + b"\r\n")
        while b" 431 " not in answer and (data := client.recv(65536)):
            answer += data
        assert b"HTTP/1.1 431 " in answer


def test_what_is_no_http_is_a_400():
    with serve_in_thread(app, http=GatewayProtocol) as server:
        assert answer_to(server, b"hello\r\n\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("pieces", [1, 2, 7, 300])
@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_waits_comes_whole(pieces, chunked):
    body = bytes(range(251)) * 800
    size = len(body) // pieces + 1
    parts = [body[at : at + size] for at in range(0, len(body), size)]

    def slowly():
        for part in parts:
            yield part
            time.sleep(0.2 / pieces)

    fields = {} if chunked else {"content-length": str(len(body))}
    with serve_in_thread(late_reader, http=GatewayProtocol) as server:
        answer = httpx.post(server.url, content=slowly(), headers=fields)
    assert answer.text.split()[1:] == [str(len(body)), hashlib.sha256(body).hexdigest()]


def test_each_part_of_a_body_is_given_when_it_comes():
    parts: list[bytes] = []
    came = threading.Semaphore(0)

    async def reading(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        more = True
        while more:
            message = await receive()
            parts.append(message["body"])
            came.release()
            more = message["more_body"]
        await app(scope, receive, send)

    with (
        serve_in_thread(reading, http=GatewayProtocol) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        for part in (b"one", b"two", b"six"):
            client.sendall(part)
            assert came.acquire(timeout=5)
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
    assert parts == [b"one", b"two", b"six"]


def test_a_body_that_nobody_asks_for_stops_the_reading():
    body = b"b" * 20_000_000
    with serve_in_thread(late_reader, http=GatewayProtocol) as server:
        largest, size, _ = httpx.post(server.url, content=body).text.split()
    assert int(size) == len(body)
    assert int(largest) <= 2 * 256_000 + 65_536  # two reads, beside what one may leave


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
    with serve_in_thread(streaming(gone), http=GatewayProtocol) as server:
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
        client.sendall((GET % b"") * 200)
        time.sleep(3)
        asked = len(seen)
        received = 0
        with contextlib.suppress(ConnectionError):
            while data := client.recv(1 << 20):
                received += len(data)
    assert asked == len(seen) < 200
    assert received < 200 * 262_144


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

"""The limits on a request's head and trailers, and bodies that wait.

`test_corked.py` has the writes, `test_pipelining.py` clients that ask for more than they read.
"""

import asyncio
import contextlib
import hashlib
import socket
import threading
import time

import httpx
import pytest

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
    with serve_in_thread(app) as server:
        assert answer_to(server, head).startswith(b"HTTP/1.1 431 ")
        assert httpx.get(server.url).status_code == 200


def test_a_head_within_the_limit_passes_and_bodies_do_not_count():
    with serve_in_thread(app) as server, httpx.Client() as client:
        for _ in range(3):
            fields = {f"x-{i}": "a" * 1000 for i in range(50)}
            answer = client.post(server.url, headers=fields, content=b"b" * 300_000)
            assert int(answer.text) > 50


def test_a_large_head_that_began_with_another_requests_end_is_refused():
    first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    # The first part leaves the second one small enough by itself.
    begun = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: a\r\n" * 8_000
    with (
        serve_in_thread(app) as server,
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
    with serve_in_thread(app) as server:
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
    with serve_in_thread(late_reader) as server:
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
        serve_in_thread(reading) as server,
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
    with serve_in_thread(late_reader) as server:
        largest, size, _ = httpx.post(server.url, content=body).text.split()
    assert int(size) == len(body)
    assert int(largest) <= 2 * 256_000 + 65_536  # two reads, beside what one may leave


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("pause", [0, 0.2])
def test_trailers_are_no_fields_of_the_head(pause):
    async def names(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        while (await receive())["more_body"]:
            continue
        text = b" ".join(name for name, _ in scope["headers"])
        headers = [(b"content-length", b"%d" % len(text))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})

    with (
        serve_in_thread(names) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        for _ in range(2):  # the connection goes on
            client.sendall(CHUNKED + b"2\r\nab\r\n")
            time.sleep(pause)
            client.sendall(b"0\r\nHost: y\r\nConnection: upgrade\r\nUpgrade: h2c\r\nA: b\r\n\r\n")
            assert client.recv(65_536).endswith(b"\r\n\r\nhost transfer-encoding")


@pytest.mark.parametrize(
    "trailers",
    [b"A: a\r\n" * 20_000, b"A: " + b"a" * 1_000_000, b"a" * 1_000_000],
    ids=["many", "value without end", "name without end"],
)
@pytest.mark.parametrize("before", [b"0\r\n", b"2\r\nab\r\n0\r\n"])
def test_large_trailers_are_refused(trailers, before):
    with (
        serve_in_thread(late_reader) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(CHUNKED + before)
        with pytest.raises(ConnectionError):  # it is cut while we still write
            for at in range(0, len(trailers), 10_000):
                client.sendall(trailers[at : at + 10_000])
                time.sleep(0.01)


def test_a_body_that_is_no_http_is_a_400():
    with serve_in_thread(late_reader) as server:
        assert answer_to(server, CHUNKED + b"no size\r\n").startswith(b"HTTP/1.1 400 ")


def ended(client: socket.socket, seconds: float) -> bool:
    """Tell whether the server closes a connection in time; whatever it answers is skipped."""
    client.settimeout(seconds)
    try:
        while client.recv(65_536):
            continue
    except TimeoutError:
        return False
    return True


def test_a_head_has_as_long_as_a_connection_may_be_idle():
    begun = b"GET / HTTP/1.1\r\nHo"
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with serve_in_thread(app, timeout_keep_alive=1) as server:
        for sent in (b"", begun, b"\r\n", whole, whole + begun, whole + b"\r\n"):
            with socket.create_connection((server.host, server.port), 5) as client:
                client.sendall(sent)
                assert ended(client, 4), sent


def test_a_head_that_comes_byte_by_byte_is_late():
    with (
        serve_in_thread(app, timeout_keep_alive=1) as server,
        socket.create_connection((server.host, server.port), 5) as client,
        pytest.raises(ConnectionError),
    ):
        for byte in b"GET / HTTP/1.1\r\nA: " + b"a" * 30:
            client.sendall(bytes([byte]))
            time.sleep(0.1)


def test_a_slow_body_is_no_late_head():
    with (
        serve_in_thread(late_reader, timeout_keep_alive=1) as server,
        socket.create_connection((server.host, server.port), 5) as client,
    ):
        client.sendall(CHUNKED)
        for _ in range(5):
            client.sendall(b"2\r\n")
            time.sleep(0.5)
            client.sendall(b"ab\r\n")
        client.sendall(b"0\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")

"""1 GiB up and down: the gateway's memory stays flat, and nothing touches the disk."""

import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.load.processes import MIB, Gateway, gateway_process
from tests.rawhttp import RawRequest, chunk, respond
from tests.second.harbour import KEY
from tests.servers import Act, RawUpstream

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the figures are Linux's"),
]
SIZE = 1024 * MIB
PIECE = bytes(range(256)) * (MIB // 256)
ALLOWED = 32 * MIB
BOUNDARY = b"a1b2c3"
PARTS = (
    b'--a1b2c3\r\nContent-Disposition: form-data; name="kind"\r\n\r\ninvoice\r\n'
    b'--a1b2c3\r\nContent-Disposition: form-data; name="details"\r\n'
    b'Content-Type: application/json\r\n\r\n{"pages":1}\r\n'
    b'--a1b2c3\r\nContent-Disposition: form-data; name="scan"; filename="s.pdf"\r\n'
    b"Content-Type: application/pdf\r\n\r\n"
)
END = b"\r\n--a1b2c3--\r\n"
Send = Callable[[Gateway, int], bytes]


def answer(request: RawRequest) -> bytes | AsyncIterator[bytes | Act]:
    if request.method == b"GET":
        return download(SIZE if b"large" in request.target else MIB)
    return respond(b'{"sid":"1"}', headers=[("Content-Type", "application/json")])


async def download(size: int) -> AsyncIterator[bytes | Act]:
    kind = [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))]
    yield respond(headers=kind, length=False)
    for _ in range(size // MIB):
        yield PIECE


def pieces(size: int) -> Iterator[bytes]:
    yield PARTS
    for _ in range(size // MIB):
        yield PIECE
    yield END


def upload(gateway: Gateway, framing: bytes, body: Iterator[bytes]) -> bytes:
    head = (
        b"POST /store/v1/papers HTTP/1.1\r\nHost: gateway\r\nX-Relay-Key: %s\r\n"
        b"Content-Type: multipart/form-data; boundary=%s\r\n%s\r\n\r\n"
    ) % (KEY.encode(), BOUNDARY, framing)
    with socket.create_connection(("127.0.0.1", gateway.port), 60) as connection:
        connection.sendall(head)
        for piece in body:
            connection.sendall(piece)
        return connection.recv(4096)


def with_length(gateway: Gateway, size: int) -> bytes:
    length = b"Content-Length: %d" % (len(PARTS) + size + len(END))
    return upload(gateway, length, pieces(size))


def chunked(gateway: Gateway, size: int) -> bytes:
    framed = (chunk(piece) for each in (pieces(size), iter((b"",))) for piece in each)
    return upload(gateway, b"Transfer-Encoding: chunked", framed)


def fetch(gateway: Gateway, name: str) -> int:
    """Download, keeping nothing; return how many bytes of the body came."""
    head = f"GET /store/v1/papers/{name}/content HTTP/1.1\r\nHost: g\r\nX-Relay-Key: {KEY}\r\n"
    buffer, total = bytearray(MIB), 0
    with socket.create_connection(("127.0.0.1", gateway.port), 60) as connection:
        connection.sendall(head.encode() + b"Connection: close\r\n\r\n")
        start = b""
        while b"\r\n\r\n" not in start:
            start += connection.recv(4096)
        assert start.startswith(b"HTTP/1.1 200"), start
        total = len(start.partition(b"\r\n\r\n")[2])
        while count := connection.recv_into(buffer):
            total += count
    return total


class Watch:
    """Compares what a gateway uses around a piece of work; prints the figures."""

    def __init__(self, gateway: Gateway, what: str) -> None:
        self.gateway, self.what = gateway, what

    def __enter__(self) -> None:
        self.gateway.forget_peak()
        self.before, self.began = self.gateway.usage(), time.monotonic()

    def __exit__(self, *exc: object) -> None:
        seconds, after = time.monotonic() - self.began, self.gateway.usage()
        grown, written = after.peak - self.before.resident, after.written - self.before.written
        print(
            f"{self.what}: resident memory {self.before.resident / MIB:.1f} MiB, at its peak "
            f"{grown / MIB:+.1f} MiB; {written} bytes to disk; {seconds:.1f} s"
        )
        assert grown <= ALLOWED
        assert written == 0


@pytest.mark.parametrize("send", [with_length, chunked])
def test_a_large_upload(tmp_path: Path, send: Send) -> None:
    with (
        RawUpstream(answer, keep_bodies=False) as upstream,
        gateway_process(tmp_path, upstream.url) as gateway,
    ):
        assert send(gateway, MIB).startswith(b"HTTP/1.1 200")
        with Watch(gateway, f"1 GiB up, {send.__name__}"):
            assert send(gateway, SIZE).startswith(b"HTTP/1.1 200")
        assert upstream.requests[-1].size == len(PARTS) + SIZE + len(END)


def test_a_large_upload_that_is_invalid_at_its_end(tmp_path: Path) -> None:
    def invalid(gateway: Gateway) -> bytes:
        more = b'\r\n--a1b2c3\r\nContent-Disposition: form-data; name="copies"\r\n\r\nno' + END
        body = (chunk(piece) for piece in (PARTS, *[PIECE] * 64, more, b""))
        return upload(gateway, b"Transfer-Encoding: chunked", body)

    with (
        RawUpstream(answer, keep_bodies=False) as upstream,
        gateway_process(tmp_path, upstream.url) as gateway,
    ):
        with Watch(gateway, "64 MiB up, refused"):
            assert invalid(gateway).startswith(b"HTTP/1.1 400")
        assert upstream.wait(lambda up: up.partial)
        assert upstream.requests == []


def test_a_large_download(tmp_path: Path) -> None:
    with RawUpstream(answer) as upstream, gateway_process(tmp_path, upstream.url) as gateway:
        assert fetch(gateway, "small") == MIB
        with Watch(gateway, "1 GiB down"):
            assert fetch(gateway, "large") == SIZE


def test_a_client_that_does_not_read_holds_the_upstream_back(tmp_path: Path) -> None:
    with RawUpstream(answer) as upstream, gateway_process(tmp_path, upstream.url) as gateway:
        assert fetch(gateway, "small") == MIB
        with (
            Watch(gateway, "a client that does not read"),
            socket.create_connection(("127.0.0.1", gateway.port), 60) as connection,
        ):
            target = f"GET /store/v1/papers/large/content HTTP/1.1\r\nX-Relay-Key: {KEY}\r\n"
            connection.sendall(target.encode() + b"Host: g\r\n\r\n")
            time.sleep(2)

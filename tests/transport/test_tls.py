"""TLS: certificates, SSL_CERT_FILE, tunnels through a proxy, WebSockets."""

import asyncio
import contextlib
import os
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.model import Timeouts
from gateway.errors import UpstreamError
from gateway.transport.proxy import ProxyChoice
from gateway.transport.websocket import Refusal
from tests.servers import RawUpstream, respond

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl command")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a self-signed certificate for 127.0.0.1, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return both


@pytest.fixture
def served(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def test_a_trusted_certificate(
    served: Any, trusted: Any, run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def main(url: str) -> None:
        async with opened(url, verify=trusted) as transport:
            for size in (0, 5, 2_000_000):
                assert await read(await send(transport, "POST", body=b"x" * size)) == b"ok"

    with RawUpstream(tls=served) as upstream:
        run(main(upstream.url))
    assert [request.size for request in upstream.requests] == [0, 5, 2_000_000]
    assert upstream.connections == 1


def test_a_certificate_that_nobody_vouches_for(
    served: Any, run: Any, opened: Any, send: Any
) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "POST", body=b"secret")
            assert (raised.value.code, raised.value.sent) == ("upstream_unreachable", False)

    with RawUpstream(tls=served) as upstream:
        run(main(upstream.url))
    assert upstream.requests == []


def test_an_upstream_that_speaks_no_tls(run: Any, opened: Any, send: Any) -> None:
    async def main(port: int) -> None:
        limits = Timeouts(connect=2)
        async with opened(f"https://127.0.0.1:{port}", timeouts=limits) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport)
            assert (raised.value.code, raised.value.sent) == ("upstream_unreachable", False)

    async def answer(reader: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def serving() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        try:
            await main(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            await asyncio.sleep(0.05)

    run(serving())


PROGRAM = """
import asyncio, sys, httpx
from gateway.contract.model import Timeouts
from gateway.transport.aiohttp import AiohttpTransport

async def main():
    transport = AiohttpTransport(sys.argv[1], timeouts=Timeouts())
    request = httpx.Request("GET", sys.argv[1], stream=httpx.ByteStream(b""))
    response = await transport.handle_async_request(request)
    print(response.status_code, [piece async for piece in response.stream])
    await response.aclose()
    await transport.aclose()

asyncio.run(main())
"""


def test_ssl_cert_file_is_honoured(served: Any, certificate: Path) -> None:
    with RawUpstream(tls=served) as upstream:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, upstream.url],
            env=os.environ | {"SSL_CERT_FILE": str(certificate), "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.stdout == "200 [b'ok']\n", done.stderr


@contextlib.contextmanager
def _tunnel(heads: list[bytes]) -> Iterator[int]:
    """Run a proxy that answers CONNECT; yield its port."""
    ready, ports, loops = threading.Event(), [], []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        host, _, port = heads[-1].split(b" ")[1].decode().rpartition(":")
        back, forth = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, forth), pump(back, writer))

    async def main() -> None:
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        await stop.wait()
        server.close()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield ports[0]
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)


def test_a_tunnel_through_a_proxy(
    served: Any, trusted: Any, run: Any, opened: Any, send: Any, read: Any
) -> None:
    heads: list[bytes] = []

    async def main(url: str, port: int) -> None:
        proxy = ProxyChoice(f"http://user:pass@127.0.0.1:{port}", "127.0.0.1", port)
        async with opened(url, proxy=proxy, verify=trusted) as transport:
            for _ in range(2):
                target = b"/a%7e/%2e%2e?y[]="
                assert await read(await send(transport, "POST", target, body=b"x")) == b"ok"

    with RawUpstream(tls=served) as upstream, _tunnel(heads) as port:
        run(main(upstream.url, port))
    assert upstream.requests[0].target == b"/a%7e/%2e%2e?y[]="
    names = [name for name, _ in upstream.requests[0].fields]
    assert names == [b"Host", b"Content-Length"]
    assert len(heads) == 1
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNz\r\n" in heads[0]


def test_a_websocket_over_tls(served: Any, trusted: Any, run: Any, opened: Any) -> None:
    async def main(url: str) -> None:
        async with opened(url, verify=trusted) as transport:
            answer = await transport.connect_websocket(b"/ws", [], ["a"], Timeouts())
            assert isinstance(answer, Refusal)
            assert (answer.status, answer.body) == (403, b"no")

    with RawUpstream(lambda request: respond(b"no", "403 Forbidden"), tls=served) as upstream:
        run(main(upstream.url))

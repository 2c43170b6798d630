"""Without a key the gateway serves this machine alone, and tells it by `Host` and `Origin`."""

from collections.abc import Iterator

import pytest

from tests.relay.gateways import Gateway, relaying

SOCKET = {"responses": {"101": {"description": "a WebSocket"}}}
PATHS = {"/x": {"get": {}}, "/ws": {"get": SOCKET}}
HANDSHAKE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nX-Relay-Key: a-relay-key-of-the-tests\r\n"
)


@pytest.fixture(scope="module")
def keyless() -> Iterator[Gateway]:
    with relaying(PATHS, RELAY_KEY="", CORS_ORIGINS="https://app.example") as (gateway, _):
        yield gateway


@pytest.fixture(scope="module")
def keyed() -> Iterator[Gateway]:
    with relaying(PATHS, CORS_ORIGINS="https://app.example") as (gateway, _):
        yield gateway


def status(gateway: Gateway, host: str, origin: str = "", path: str = "/x") -> tuple[int, str]:
    lines = f"Host: {host}\r\n" + (f"Origin: {origin}\r\n" if origin else "")
    lines += HANDSHAKE if path == "/ws" else "X-Relay-Key: a-relay-key-of-the-tests\r\n"
    reply = gateway.send(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
    return reply.status, "" if reply.body == b"ok" else reply.error["code"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:80", "localhost:8080", "LOCALHOST", "[::1]:1", "a.localhost"]
)
def test_own_names_are_served(keyless: Gateway, host: str) -> None:
    assert status(keyless, host) == (200, "")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8080",
        "10.0.0.1",
        "[",
        "::1",
    ],
)
def test_other_names_are_refused(keyless: Gateway, host: str) -> None:
    assert status(keyless, host) == (403, "host_not_allowed")


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://app.example", "http://[::1]"])
def test_own_and_allowed_origins_are_served(keyless: Gateway, origin: str) -> None:
    assert status(keyless, "127.0.0.1", origin) == (200, "")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.evil"])
def test_other_origins_are_refused(keyless: Gateway, origin: str) -> None:
    for path in ("/x", "/ws"):
        assert status(keyless, "127.0.0.1", origin, path) == (403, "origin_not_allowed")


def test_with_a_key_any_name_and_origin_is_served(keyed: Gateway) -> None:
    assert status(keyed, "gateway.example", "https://other.example") == (200, "")


def test_with_a_key_the_origin_of_a_websocket_is_checked(keyed: Gateway) -> None:
    refused = (403, "origin_not_allowed")
    assert status(keyed, "gateway.example", "https://other.example", "/ws") == refused
    assert status(keyed, "gateway.example", "null", "/ws") == refused
    for origin in ("https://gateway.example", "https://app.example", ""):
        assert status(keyed, "gateway.example", origin, "/ws") == (200, "")  # as upstream says

"""The table is total: whatever a client library raises becomes one of our errors."""

import asyncio
import inspect
import socket
import ssl
from collections.abc import Iterator

import aiohttp
import httpx
import pytest
from aiohttp import http_exceptions

from gateway.errors import CODES, UpstreamCut, UpstreamError
from gateway.transport.faults import FAULTS, cut, failed, fault_of

UNREACHABLE, TIMEOUT = "upstream_unreachable", "upstream_timeout"
DISCONNECTED, PROTOCOL = "upstream_disconnected", "upstream_protocol_error"


def _tree(root: type[BaseException]) -> Iterator[type[BaseException]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


def _named_by_aiohttp() -> set[type[BaseException]]:
    members = vars(aiohttp).values()
    return {each for each in members if inspect.isclass(each) and issubclass(each, Exception)}


ROOTS = (aiohttp.ClientError, httpx.TransportError, http_exceptions.HttpProcessingError, OSError)
# Other libraries that a test run has loaded have kinds of OSError of their own.
OWNERS = ("builtins", "socket", "ssl", "asyncio", "aiohttp", "httpx", "select", "shutil", "io")
FOREIGN = {
    kind for root in ROOTS for kind in _tree(root) if kind.__module__.partition(".")[0] in OWNERS
}

EXPECTED = {
    aiohttp.ClientConnectorError: (UNREACHABLE, False),
    aiohttp.ClientConnectorDNSError: (UNREACHABLE, False),
    aiohttp.ClientConnectorSSLError: (UNREACHABLE, False),
    aiohttp.ClientConnectorCertificateError: (UNREACHABLE, False),
    aiohttp.ClientSSLError: (UNREACHABLE, False),
    aiohttp.ClientProxyConnectionError: (UNREACHABLE, False),
    aiohttp.ClientHttpProxyError: (UNREACHABLE, False),
    aiohttp.ServerFingerprintMismatch: (UNREACHABLE, False),
    aiohttp.InvalidURL: (UNREACHABLE, False),
    aiohttp.ConnectionTimeoutError: (TIMEOUT, False),
    aiohttp.ServerTimeoutError: (TIMEOUT, True),
    aiohttp.SocketTimeoutError: (TIMEOUT, True),
    aiohttp.ClientOSError: (DISCONNECTED, True),
    aiohttp.ClientConnectionResetError: (DISCONNECTED, True),
    aiohttp.ServerDisconnectedError: (DISCONNECTED, True),
    aiohttp.ClientPayloadError: (DISCONNECTED, True),
    aiohttp.ClientConnectionError: (DISCONNECTED, True),
    aiohttp.ClientError: (DISCONNECTED, True),
    aiohttp.ClientResponseError: (PROTOCOL, True),
    aiohttp.ContentTypeError: (PROTOCOL, True),
    aiohttp.WSServerHandshakeError: (PROTOCOL, True),
    aiohttp.TooManyRedirects: (PROTOCOL, True),
    http_exceptions.BadStatusLine: (PROTOCOL, True),
    http_exceptions.TransferEncodingError: (PROTOCOL, True),
    httpx.ConnectError: (UNREACHABLE, False),
    httpx.ProxyError: (UNREACHABLE, False),
    httpx.ConnectTimeout: (TIMEOUT, False),
    httpx.PoolTimeout: (TIMEOUT, False),
    httpx.ReadTimeout: (TIMEOUT, True),
    httpx.WriteTimeout: (TIMEOUT, True),
    httpx.ReadError: (DISCONNECTED, True),
    httpx.RemoteProtocolError: (PROTOCOL, True),
    TimeoutError: (TIMEOUT, True),
    asyncio.TimeoutError: (TIMEOUT, True),
    ConnectionRefusedError: (UNREACHABLE, False),
    ConnectionResetError: (DISCONNECTED, True),
    BrokenPipeError: (DISCONNECTED, True),
    OSError: (DISCONNECTED, True),
    socket.gaierror: (UNREACHABLE, False),
    ssl.SSLCertVerificationError: (UNREACHABLE, False),
    ssl.SSLError: (DISCONNECTED, True),
    UnicodeError: (UNREACHABLE, False),
    RuntimeError: (DISCONNECTED, True),
}


def _instance(kind: type[BaseException]) -> BaseException:
    return kind.__new__(kind)


def test_every_foreign_exception_is_translated() -> None:
    for kind in FOREIGN:
        assert any(each.__name__ in FAULTS for each in kind.__mro__), kind
        before, after = failed(_instance(kind)), cut(_instance(kind))
        assert isinstance(before, UpstreamError)
        assert isinstance(after, UpstreamCut)
        assert before.code in CODES
        assert after.code in (TIMEOUT, DISCONNECTED, PROTOCOL)


def test_all_that_aiohttp_exports_is_in_the_trees() -> None:
    connection_errors = {kind for kind in _named_by_aiohttp() if kind.__name__.startswith("Client")}
    assert connection_errors <= FOREIGN
    assert len(connection_errors) > 10


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda kind: kind.__name__)
def test_what_it_becomes(kind: type[BaseException]) -> None:
    fault = fault_of(_instance(kind))
    assert (fault.code, fault.sent) == EXPECTED[kind]


def test_each_name_of_the_table_exists() -> None:
    known = {kind.__name__ for kind in FOREIGN} | {"UnicodeError"}
    assert set(FAULTS) <= known


def test_what_was_never_sent_may_be_sent_again() -> None:
    assert failed(ConnectionResetError()).headers == ((b"x-should-retry", b"false"),)
    error = failed(ConnectionResetError(), untouched=True)
    assert (error.sent, error.headers) == (False, ())


def test_messages_quote_nothing() -> None:
    error = failed(aiohttp.ClientPayloadError("secret"))
    assert "secret" not in str(error) + str(cut(aiohttp.ClientPayloadError("secret")))

"""Foreign exceptions become ours here, once, by a table.

The table is keyed by class names and read along an exception's method resolution order, so that it
covers each HTTP client that may carry the traffic (aiohttp, and any httpx transport that is plugged
in) without importing it. What stands nowhere in it gets the cautious answer: sent, disconnected.
"""

from typing import NamedTuple

from gateway.errors import UpstreamCut, UpstreamError


class Fault(NamedTuple):
    """What an exception means: a code, whether a byte may have been sent, and the sentence."""

    code: str
    sent: bool
    message: str


_NAME = "The upstream's name could not be resolved; check its URL and the name service."
_REFUSED = "The upstream could not be reached; check its URL and that it is running."
_PROXY = "The proxy could not be reached or refused the upstream; check HTTPS_PROXY and NO_PROXY."
_TLS = "No secure connection to the upstream; check its certificate and SSL_CERT_FILE."
_CONNECT = "The upstream did not accept a connection in time; try again, or raise timeouts.connect."
_SILENT = "The upstream did not answer in time; try again, or raise the operation's timeouts."
_LOST = "The upstream closed the connection without an answer; the request may have taken effect."
_UNTOUCHED = "The upstream closed the connection before the request was sent; try again."
_GARBLED = "The upstream's answer is not valid HTTP."
_BAD_URL = "The upstream's URL cannot be used; correct it."

_UNREACHABLE, _TIMEOUT = "upstream_unreachable", "upstream_timeout"
_DISCONNECTED, _PROTOCOL = "upstream_disconnected", "upstream_protocol_error"

DISCONNECTED = Fault(_DISCONNECTED, True, _LOST)

FAULTS: dict[str, Fault] = {
    # before a byte was written
    "ClientConnectorDNSError": Fault(_UNREACHABLE, False, _NAME),
    "ClientProxyConnectionError": Fault(_UNREACHABLE, False, _PROXY),
    "ClientHttpProxyError": Fault(_UNREACHABLE, False, _PROXY),
    "ProxyError": Fault(_UNREACHABLE, False, _PROXY),
    "ClientSSLError": Fault(_UNREACHABLE, False, _TLS),
    "ServerFingerprintMismatch": Fault(_UNREACHABLE, False, _TLS),
    "ClientConnectorError": Fault(_UNREACHABLE, False, _REFUSED),
    "ConnectError": Fault(_UNREACHABLE, False, _REFUSED),
    "ConnectionRefusedError": Fault(_UNREACHABLE, False, _REFUSED),
    "gaierror": Fault(_UNREACHABLE, False, _NAME),
    "SSLCertVerificationError": Fault(_UNREACHABLE, False, _TLS),
    "ConnectionTimeoutError": Fault(_TIMEOUT, False, _CONNECT),
    "ConnectTimeout": Fault(_TIMEOUT, False, _CONNECT),
    "PoolTimeout": Fault(_TIMEOUT, False, _CONNECT),
    "InvalidURL": Fault(_UNREACHABLE, False, _BAD_URL),
    "UnsupportedProtocol": Fault(_UNREACHABLE, False, _BAD_URL),
    "UnicodeError": Fault(_UNREACHABLE, False, _BAD_URL),
    "NonHttpUrlClientError": Fault(_UNREACHABLE, False, _BAD_URL),
    # afterwards
    "ServerTimeoutError": Fault(_TIMEOUT, True, _SILENT),
    "TimeoutError": Fault(_TIMEOUT, True, _SILENT),
    "TimeoutException": Fault(_TIMEOUT, True, _SILENT),
    "ClientResponseError": Fault(_PROTOCOL, True, _GARBLED),
    "RedirectClientError": Fault(_PROTOCOL, True, _GARBLED),
    "BadHttpMessage": Fault(_PROTOCOL, True, _GARBLED),
    "HttpProcessingError": Fault(_PROTOCOL, True, _GARBLED),
    "ProtocolError": Fault(_PROTOCOL, True, _GARBLED),
    "ClientPayloadError": DISCONNECTED,
    "UploadAbortedError": DISCONNECTED,
    "ClientConnectionError": DISCONNECTED,
    "NetworkError": DISCONNECTED,
    "OSError": DISCONNECTED,
    # the roots of the two trees
    "ClientError": DISCONNECTED,
    "TransportError": DISCONNECTED,
}

_CUTS = {
    _TIMEOUT: "The upstream stopped in the middle of its answer.",
    _PROTOCOL: "The upstream's answer stopped being valid HTTP in its middle.",
}
_CUT = "The upstream closed the connection in the middle of its answer."


def fault_of(error: BaseException) -> Fault:
    """Find what an exception means; the nearest class in its method resolution order decides."""
    for kind in type(error).__mro__:
        fault = FAULTS.get(kind.__name__)
        if fault is not None:
            return fault
    return DISCONNECTED


def failed(error: BaseException, *, untouched: bool = False) -> UpstreamError:
    """Translate an exception that came before the response began.

    `untouched` says that no byte of the request was written: a connection that was lost then may
    be replaced by another. A time limit that is over stays over.
    """
    code, sent, message = fault_of(error)
    if untouched and code == _DISCONNECTED:
        return UpstreamError(code, _UNTOUCHED, sent=False)
    return UpstreamError(code, message, sent=sent)


def cut(error: BaseException) -> UpstreamCut:
    """Translate an exception that came after the response began."""
    code = fault_of(error).code
    if code not in _CUTS:
        code = _DISCONNECTED
    return UpstreamCut(code, _CUTS.get(code, _CUT))

"""What goes out, made ready for the HTTP client: target, fields, body and the socket itself."""

import re
import socket
from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any

import httpx
from multidict import CIMultiDict
from yarl import URL

from gateway.contract.model import Timeouts
from gateway.errors import RelayError
from gateway.transport.body import BodyWriter

Fields = Iterable[tuple[bytes, bytes]]

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f]")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_KEPT = 1024
_PROBE_AFTER = 60  # seconds of silence until TCP asks whether the other end still lives


class Targets:
    """The URLs of one upstream's targets; those used last are kept."""

    def __init__(self, base_url: str) -> None:
        origin = URL(base_url).origin()
        self._host = origin.host_port_subcomponent or ""
        self._scheme, self._authority = origin.scheme, origin.raw_authority
        self._urls: dict[bytes, URL] = {}

    def url(self, target: bytes) -> URL:
        """Make a URL that goes out as exactly `target`: to yarl all of it is the path.

        The target is in origin form (RFC 9112, section 3.2.1); one that would break the request
        line is a RelayError.
        """
        url = self._urls.get(target)
        if url is None:
            path = target.decode(errors="replace")
            if path[:1] != "/" or path.encode() != target or _FORBIDDEN.search(path):
                raise RelayError("invalid_path", "The path cannot be sent; percent-encode it.")
            url = URL.build(scheme=self._scheme, authority=self._authority, path=path, encoded=True)
            if len(self._urls) >= _KEPT:
                self._urls.clear()
            self._urls[target] = url
        return url

    def headers_of(self, fields: Fields) -> CIMultiDict[str]:
        """Decode header fields, in order, repeats kept; Host is added where it is missing.

        Transfer-Encoding goes: framing is the HTTP client's matter.
        """
        headers = CIMultiDict([("Host", self._host), *decoded(fields)])
        if len(headers.getall("Host")) > 1:
            headers = CIMultiDict(list(headers.items())[1:])
        headers.popall("Transfer-Encoding", None)
        return headers


def decoded(fields: Fields) -> list[tuple[str, str]]:
    """Decode header fields; one that cannot be written as it is is a RelayError."""
    flat = [text for pair in fields for text in pair]
    if not flat:
        return []
    if _CONTROL.search(b"".join(flat)):
        raise _unsendable()
    try:  # at once: no piece holds the separator
        texts = b"\n".join(flat).decode().split("\n")
    except UnicodeDecodeError:
        raise _unsendable() from None
    return list(zip(texts[::2], texts[1::2], strict=True))


def framing_of(headers: CIMultiDict[str]) -> dict[str, str] | None:
    """Say how long the body is, if the header does."""
    length = headers.get("Content-Length")
    return None if length is None else {"Content-Length": length}


def spelled_alike(fields: Fields) -> CIMultiDict[str]:
    """Decode header fields, a repeated name as it was written first.

    aiohttp replaces `X-a` by a later `X-A`, but keeps both where they are spelled alike.
    """
    headers: CIMultiDict[str] = CIMultiDict()
    spellings: dict[str, str] = {}
    for name, value in decoded(fields):
        headers.add(spellings.setdefault(name.lower(), name), value)
    return headers


def timeouts_of(given: Mapping[str, float | None] | None, usual: Timeouts) -> Timeouts:
    """Replace the usual limits by those that a request brings; None is 0, no limit."""
    if not given:
        return usual
    return Timeouts(
        connect=given.get("connect", usual.connect) or 0.0,
        first_byte=given.get("first_byte", usual.first_byte) or 0.0,
        idle=given.get("idle", usual.idle) or 0.0,
        total=given.get("total", usual.total) or 0.0,
    )


def _unsendable() -> RelayError:
    """Make the error for a header that cannot be written."""
    return RelayError(
        "invalid_header", "A header field is not UTF-8 or holds a control character; correct it."
    )


def body_of(stream: object, headers: CIMultiDict[str], idle: float | None) -> BodyWriter | None:
    """Make the writer of a request's body, or None where there is none.

    Bytes without a Content-Length get one; a stream without one goes out in chunks.
    """
    length = headers.get("Content-Length")
    source: AsyncIterable[bytes] | bytes
    if isinstance(stream, httpx.ByteStream):
        source = b"".join(stream)
        if not source:
            return None
        if length is None:
            headers["Content-Length"] = length = str(len(source))
    else:
        assert isinstance(stream, (httpx.AsyncByteStream, AsyncIterable))
        source = stream
    known = length is not None and length.isascii() and length.isdigit()
    return BodyWriter(source, int(length) if known and length else None, idle)


def open_socket(address: Any) -> socket.socket:
    """Open a socket that notices a vanished upstream, however long its answer takes."""
    family, kind, protocol, *_ = address
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _PROBE_AFTER)
    return opened

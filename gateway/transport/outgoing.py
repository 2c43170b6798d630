"""What goes out, made ready: target, request line, fields, body and the socket itself."""

import re
import socket
from collections.abc import AsyncIterable, Mapping, Sequence
from typing import Any

import httpx
from multidict import CIMultiDict
from yarl import URL

from gateway.contract.model import Timeouts
from gateway.errors import RelayError
from gateway.transport.raw import WholeBody

Fields = Sequence[tuple[bytes, bytes]]
Body = AsyncIterable[bytes] | bytes

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f]")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2
_NAMES = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9a-z]+\n)*")  # tokens in lower case, one on a line
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_KEPT = 1024
_LONGEST_KEPT = 1024  # bytes; clients choose what they ask for
_PROBE_AFTER = 60  # seconds of silence until TCP asks whether the other end still lives


class Targets:
    """The URLs and request lines of one upstream's targets; the lines used last are kept.

    `absolute`: a request line names the whole URL, as a proxy wants it (RFC 9112, section 3.2.2).
    """

    def __init__(self, base_url: str, *, absolute: bool = False) -> None:
        self.origin = URL(base_url).origin()
        self.host = (self.origin.host_port_subcomponent or "").encode()
        self.absolute = absolute
        self._prefix = str(self.origin).rstrip("/").encode() if absolute else b""
        self._lines: dict[tuple[str, bytes], bytes] = {}

    def url(self, target: bytes) -> URL:
        """Make a URL that goes out as exactly `target`: to yarl all of it is the path.

        The target is in origin form (RFC 9112, section 3.2.1); one that would break the request
        line is a RelayError.
        """
        scheme, authority, path = self.origin.scheme, self.origin.raw_authority, _sendable(target)
        return URL.build(scheme=scheme, authority=authority, path=path, encoded=True)

    def line(self, method: str, target: bytes) -> bytes:
        """Make a request line (RFC 9112, section 3); raises RelayError as `url` does."""
        line = self._lines.get((method, target))
        if line is None:
            _sendable(target)
            if not _TOKEN.fullmatch(method):
                raise RelayError("invalid_header", "The method cannot be sent; it is no token.")
            form = self._prefix + target
            line = b"%b %b HTTP/1.1\r\n" % (method.upper().encode(), form)
            if len(line) <= _LONGEST_KEPT:
                if len(self._lines) >= _KEPT:
                    self._lines.clear()
                self._lines[method, target] = line
        return line

    def head(
        self, method: str, target: bytes, fields: Fields, body: Body
    ) -> tuple[bytes, int | None]:
        """Return a request's head, and how long its body is (None: it goes out in chunks).

        Fields go out in order, repeats kept. Host is added where it is missing; Transfer-Encoding
        goes: framing is the transport's matter. A stream without a Content-Length goes out in
        chunks, bytes get one. Raises RelayError for what cannot be written as it is.
        """
        names = _lower_names(fields)
        lines = [name + b": " + value + b"\r\n" for name, value in fields]
        if b"host" not in names:
            lines.insert(0, b"Host: " + self.host + b"\r\n")
        if b"transfer-encoding" in names:
            lines = [line for line in lines if line[:18].lower() != b"transfer-encoding:"]
        length: int | None = None
        if b"content-length" in names:
            length = _length(fields, names)
        elif not isinstance(body, bytes):
            lines.append(b"Transfer-Encoding: chunked\r\n")
        else:
            length = len(body)
            if length:
                lines.append(b"Content-Length: %d\r\n" % length)
        return self.line(method, target) + b"".join(lines) + b"\r\n", length


def _sendable(target: bytes) -> str:
    """Check a target; return it as text."""
    text = target.decode(errors="replace")
    if text[:1] != "/" or text.encode() != target or _FORBIDDEN.search(text):
        raise RelayError("invalid_path", "The path cannot be sent; percent-encode it.")
    return text


def _lower_names(fields: Fields) -> list[bytes]:
    """Return the fields' names in lower case; a field that cannot be written is a RelayError."""
    flat = [part for pair in fields for part in pair]
    if _CONTROL.search(b"".join(flat)):
        raise _unsendable()
    text = b"\n".join(flat)  # at once: no part holds the separator
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError:
            raise _unsendable() from None
    names = text.lower().split(b"\n")[::2]
    # A name with a blank or a colon in it would be another field to the upstream.
    if fields and not _NAMES.fullmatch(b"\n".join([*names, b""])):
        raise _unsendable()
    return names


def _length(fields: Fields, names: Sequence[bytes]) -> int:
    value = fields[names.index(b"content-length")][1]
    if not value.isdigit() or names.count(b"content-length") > 1:
        raise RelayError("invalid_header", "The Content-Length is not one number.")
    return int(value)


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
        "invalid_header",
        "A header field's name is no token, or its value not UTF-8 or with a control character; "
        "correct it.",
    )


def body_of(stream: object) -> Body:
    """Return a request's body: bytes where it is at hand."""
    if isinstance(stream, WholeBody):
        return stream.content
    if isinstance(stream, httpx.ByteStream):
        return b"".join(stream)
    assert isinstance(stream, (httpx.AsyncByteStream, AsyncIterable))
    return stream


def open_socket(address: Any) -> socket.socket:
    """Open a socket that notices a vanished upstream, however long its answer takes."""
    family, kind, protocol, *_ = address
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _PROBE_AFTER)
    return opened

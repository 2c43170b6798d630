"""Header rules of the relay: pure functions over raw pairs, lower-case names, order kept.

Requests and responses pass a deny-list; everything that it does not name goes on unchanged,
repeats included (RFC 9110, section 5.2 and 7.6.1).
"""

import itertools
import re
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from gateway.contract.model import Operation
from gateway.errors import RelayError, UpstreamError

Pairs = Sequence[tuple[bytes, bytes]]


def _spelt(*names: bytes) -> frozenset[bytes]:
    """Add the spellings that CGI and its heirs take for the same (RFC 3875, section 4.1.18)."""
    return frozenset(
        bytes(spelling)
        for name in names
        for spelling in itertools.product(
            *[b"-_" if byte == ord("-") else (byte,) for byte in name]
        )
    )


# > Intermediaries ought to remove or replace fields that are known to require removal before
# > forwarding, whether or not they appear as a connection-option. (RFC 9110, section 7.6.1)
HOP_BY_HOP = frozenset(
    (
        *(b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer"),
        *(b"transfer-encoding", b"upgrade", b"proxy-authenticate", b"proxy-authorization"),
    )
)
# Said by the client of itself or of a hop before us: not the upstream's business.
FROM_CLIENT = _spelt(
    *(b"host", b"expect", b"x-relay-key", b"forwarded", b"x-real-ip"),
    *(b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port"),
    *(b"x-forwarded-prefix", b"x-forwarded-server", b"x-forwarded-by", b"x-forwarded-ssl"),
)
FORWARDED = _spelt(b"x-forwarded-")  # how the names of others begin
# Checked as one operation, executed as another: pass only where the operation declares them.
OVERRIDES = _spelt(
    *(b"x-http-method-override", b"x-http-method", b"x-method-override"),
    *(b"x-original-url", b"x-rewrite-url"),
)
WEBSOCKET = frozenset(
    (
        *(b"sec-websocket-key", b"sec-websocket-version", b"sec-websocket-extensions"),
        *(b"sec-websocket-protocol", b"sec-websocket-accept"),
    )
)
FROM_UPSTREAM = frozenset(
    (
        *(b"set-cookie", b"alt-svc", b"strict-transport-security"),
        b"x-relay-request-id",  # of another gateway like this one; the client gets ours
    )
)
# > A sender MUST NOT send a connection option corresponding to a field that is intended for all
# > recipients of the content. (RFC 9110, section 7.6.1) Without these a body is read differently.
OF_THE_CONTENT = frozenset((b"content-type", b"content-length", b"content-encoding"))
ALWAYS_DROPPED = HOP_BY_HOP | FROM_CLIENT | OVERRIDES
DROPPED_FROM_UPSTREAM = HOP_BY_HOP | FROM_UPSTREAM
CODING = b"transfer-encoding"
BODILESS = frozenset((204, 304))  # statuses, whatever their header says (RFC 9112, section 6.3)
SINGLE = (b"content-type", b"content-encoding", b"content-length", b"host", CODING)
NOT_A_TOKEN = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")  # RFC 9110, section 5.6.2
PLAIN_CONNECTION = (b"keep-alive", b"close")  # values that name no field to drop besides
LONGEST_KEPT = 4096  # bytes of the names of a response whose decision is kept
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def check_request_headers(headers: Pairs, fields: Mapping[bytes, bytes]) -> None:
    """Refuse what two parsers could read differently; raises RelayError `invalid_header`.

    `fields` are the first values.

    A repeated field that must stand once (RFC 9110, section 5.3), values that are not UTF-8, and a
    transfer coding that would be lost on the way (RFC 9112, section 6.1).
    """
    if len(fields) != len(headers):
        names = [name for name, _ in headers]
        for name in SINGLE:
            if names.count(name) > 1:
                raise RelayError(
                    "invalid_header", f"The header {name.decode()} stands twice; send it once."
                )
    if CODING in fields and fields[CODING].lower() != b"chunked":
        raise RelayError(
            "invalid_header", "The body has a transfer coding besides `chunked`; send it without."
        )
    if not b"".join([value for _, value in headers]).isascii():
        _check_text(headers)


def _check_text(headers: Pairs) -> None:
    for name, value in headers:
        if not value.isascii():
            try:
                value.decode("utf-8")
            except UnicodeDecodeError:
                field = name.decode("latin-1")
                raise RelayError(
                    "invalid_header", f"The value of the header {field} is not UTF-8."
                ) from None


def connection_options(headers: Pairs) -> frozenset[bytes]:
    """Return the lower-case names that `Connection` lists (RFC 9110, section 7.6.1)."""
    names: set[bytes] = set()
    for name, value in headers:
        if name == b"connection":
            names |= {part.strip().lower() for part in value.split(b",")}
    return frozenset(names)


class RequestHeaders:
    """What of a client's header goes to the upstream, for one operation."""

    def __init__(self, operation: Operation, emptied: frozenset[bytes] = frozenset()) -> None:
        """`emptied` are the fields in which a client puts its key."""
        declared = {p.name.lower().encode() for p in operation.parameters if p.place == "header"}
        self._dropped = ALWAYS_DROPPED - (declared & OVERRIDES) | emptied
        if operation.websocket:
            self._dropped |= WEBSOCKET
        self._cookies = frozenset(p.name for p in operation.parameters if p.place == "cookie")
        # What was checked must arrive: `Connection` does not strip it.
        self._kept = OF_THE_CONTENT | declared | ({b"cookie"} if self._cookies else set())

    def select(self, headers: Pairs, fields: Container[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the pairs that go on; `fields` are the names."""
        dropped = self._dropped
        if b"connection" in fields:
            dropped = dropped | (connection_options(headers) - self._kept)
        # A slice costs a third of a call.
        kept = [
            pair for pair in headers if pair[0] not in dropped and pair[0][:12] not in FORWARDED
        ]
        return self._with_declared_cookies(kept) if b"cookie" in fields else kept

    def _with_declared_cookies(self, headers: Pairs) -> list[tuple[bytes, bytes]]:
        kept: list[tuple[bytes, bytes]] = []
        for name, value in headers:
            if name != b"cookie":
                kept.append((name, value))
                continue
            crumbs = [crumb.strip() for crumb in value.split(b";")]
            declared = [
                crumb
                for crumb in crumbs
                if crumb.partition(b"=")[0].strip().decode("latin-1") in self._cookies
            ]
            if declared:
                kept.append((name, value if declared == crumbs else b"; ".join(declared)))
        return kept


def response_headers(headers: Pairs, *, bodiless: bool = False) -> list[tuple[bytes, bytes]]:
    """Return the pairs of an upstream's response that go to the client; names lower-cased.

    `bodiless`: the status itself says that no body follows. Raises UpstreamError for a field that
    cannot be written.
    """
    names = b"\n".join([name for name, _ in headers])
    decided = (_decide if len(names) <= LONGEST_KEPT else _decide.__wrapped__)(names, bodiless)
    if len(decided.names) != len(headers):
        raise _malformed()  # a line break in a name
    kept = [(decided.names[at], headers[at][1]) for at in decided.kept]
    if decided.coded is not None and headers[decided.coded][1].lower() != b"chunked":
        raise _malformed()  # the field goes, and without it nobody could read the body
    for at in decided.connection:
        if headers[at][1].lower() not in PLAIN_CONNECTION:
            options = connection_options([(b"connection", headers[at][1])]) - OF_THE_CONTENT
            kept = [pair for pair in kept if pair[0] not in options]
    if CONTROL.search(b"".join([value for _, value in kept])):
        raise _malformed()
    return kept


class _Decided(NamedTuple):
    """What becomes of the fields of a response: lower-case names, and places in their order."""

    names: tuple[bytes, ...]
    kept: tuple[int, ...]
    connection: tuple[int, ...]
    coded: int | None  # where Transfer-Encoding stands


@lru_cache(maxsize=256)  # an upstream's answers have the same few sets of names
def _decide(lines: bytes, bodiless: bool) -> _Decided:
    """Decide by the names alone, which stand one on a line. Raises UpstreamError."""
    names = tuple(lines.lower().split(b"\n")) if lines else ()
    # > Transfer-Encoding overrides the Content-Length. (RFC 9112, section 6.3) After a 204 or 304
    # > there is nothing of that length, and the server would wait for it.
    framed = bodiless or b"transfer-encoding" in names
    dropped = DROPPED_FROM_UPSTREAM | ({b"content-length"} if framed else set())
    kept = tuple(
        at
        for at, name in enumerate(names)
        if name not in dropped and not name.startswith(b"access-control-")
    )
    if any(NOT_A_TOKEN.search(names[at]) for at in kept):
        raise _malformed()
    connection = tuple(at for at, name in enumerate(names) if name == b"connection")
    if names.count(b"transfer-encoding") > 1 or names.count(b"content-length") > 1:
        raise _malformed()
    coded = names.index(b"transfer-encoding") if b"transfer-encoding" in names else None
    return _Decided(names, kept, connection, coded)


def _malformed() -> UpstreamError:
    message = "The upstream's answer has a malformed header."
    return UpstreamError("upstream_protocol_error", message, sent=True)


def first_values(headers: Pairs) -> dict[bytes, bytes]:
    """Return the first value of each field."""
    return dict(reversed(headers))


def added_headers(headers: Pairs, added: Pairs) -> list[tuple[bytes, bytes]]:
    """Return those of the `added` pairs whose field the client did not send."""
    if not added:
        return []
    present = {name for name, _ in headers}
    return [pair for pair in added if pair[0] not in present]


def header(headers: Pairs, name: bytes) -> bytes | None:
    """Return the first value of a field, None where it does not stand."""
    for key, value in headers:
        if key == name:
            return value
    return None


def expects_body(fields: Mapping[bytes, bytes]) -> bool:
    """Tell whether a request has a body (RFC 9112, section 6.3): a length above 0, or chunks."""
    return fields.get(b"content-length", b"0").strip() != b"0" or CODING in fields

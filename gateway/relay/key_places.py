"""Where a client's relay key stands in a request, and how the place is emptied and filled.

`Pairs` are raw header pairs with lower-case names. RFC 6750 (bearer), RFC 7617 (basic).
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from gateway.contract.model import SecurityScheme

Pairs = Sequence[tuple[bytes, bytes]]
OWN_FIELD = b"x-relay-key"
DEFAULT = SecurityScheme("", "bearer")
PROTOCOL_PREFIX = "openai-insecure-api-key."


@dataclass(slots=True)
class Request:
    """The parts of a request in which a key can stand."""

    headers: list[tuple[bytes, bytes]]
    query_string: bytes


def presented_key(
    headers: Pairs,
    query_string: bytes,
    schemes: Iterable[SecurityScheme],
    subprotocols: Sequence[str] = (),
) -> bytes | None:
    """Return the key that a client presents: `X-Relay-Key` wins over the document's places."""
    for name, value in headers:
        if name == OWN_FIELD:
            return value.strip()
    for scheme in schemes:
        key = _key_at(scheme, headers, query_string)
        if key:
            return key
    for protocol in subprotocols:
        if protocol.startswith(PROTOCOL_PREFIX):
            return protocol[len(PROTOCOL_PREFIX) :].encode("latin-1")
    return None


def _key_at(scheme: SecurityScheme, headers: Pairs, query_string: bytes) -> bytes | None:
    if scheme.place == "query":
        for pair in query_string.split(b"&"):
            name, _, value = pair.partition(b"=")
            if _decode(name) == scheme.field.encode():
                return _decode(value)
        return None
    if scheme.place == "cookie":
        return next((v for n, v in _crumbs(headers) if n == scheme.field.encode()), None)
    for name, value in headers:
        if name == scheme.field.encode():
            if scheme.kind == "key":
                return value.strip()
            return _authorization(scheme, value)
    return None


def _authorization(scheme: SecurityScheme, value: bytes) -> bytes | None:
    kind, _, rest = value.strip().partition(b" ")
    if scheme.kind == "bearer":
        return rest.strip() if kind.lower() == b"bearer" else None
    if kind.lower() != b"basic":
        return None
    try:
        user, _, password = base64.b64decode(rest.strip(), validate=True).partition(b":")
    except binascii.Error:
        return None
    return password or user


def empty_places(request: Request, schemes: Iterable[SecurityScheme], key: bytes | None) -> None:
    """Take the client's keys out of a request: the schemes' places, and the relay key itself."""
    for scheme in schemes:
        field = scheme.field.encode()
        if scheme.place == "query":
            request.query_string = _without_pair(request.query_string, field)
        elif scheme.place == "cookie":
            request.headers = _without_crumb(request.headers, field)
        else:
            request.headers = [pair for pair in request.headers if pair[0] != field]
    request.headers = [pair for pair in request.headers if pair[0] != OWN_FIELD]
    if key:
        _remove_key(request, key)


def _remove_key(request: Request, key: bytes) -> None:
    """Drop the key where it stands besides: a whole value, or behind a scheme's name."""
    request.headers = [
        pair for pair in request.headers if pair[1] != key and not pair[1].endswith(b" " + key)
    ]
    if key in unquote_to_bytes(request.query_string):
        kept = [
            pair
            for pair in request.query_string.split(b"&")
            if _decode(pair.partition(b"=")[2]) != key
        ]
        request.query_string = b"&".join(kept)


def place_credential(request: Request, scheme: SecurityScheme, value: str) -> None:
    """Put the upstream's credential where the document's scheme says."""
    field, raw = scheme.field.encode(), value.encode()
    if scheme.place == "query":
        pair = quote(scheme.field, safe="").encode() + b"=" + quote(value, safe="").encode()
        joined = (request.query_string, pair) if request.query_string else (pair,)
        request.query_string = b"&".join(joined)
    elif scheme.place == "cookie":
        request.headers.append((b"cookie", field + b"=" + raw))
    elif scheme.kind == "key":
        request.headers.append((field, raw))
    elif scheme.kind == "basic":
        pair = raw if b":" in raw else raw + b":"
        request.headers.append((b"authorization", b"Basic " + base64.b64encode(pair)))
    else:
        request.headers.append((b"authorization", b"Bearer " + raw))


def _decode(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _without_pair(query_string: bytes, name: bytes) -> bytes:
    """Cut a pair out of a query; all other bytes stay as they are."""
    pairs = query_string.split(b"&")
    kept = [pair for pair in pairs if _decode(pair.partition(b"=")[0]) != name]
    return b"&".join(kept) if len(kept) != len(pairs) else query_string


def _crumbs(headers: Pairs) -> list[tuple[bytes, bytes]]:
    """Return the pairs of all `Cookie` fields (RFC 6265, section 4.2.1)."""
    found = []
    for name, value in headers:
        if name == b"cookie":
            for crumb in value.split(b";"):
                key, _, text = crumb.strip().partition(b"=")
                found.append((key, text))
    return found


def _without_crumb(headers: Pairs, cookie: bytes) -> list[tuple[bytes, bytes]]:
    kept: list[tuple[bytes, bytes]] = []
    for name, value in headers:
        if name == b"cookie":
            crumbs = [crumb.strip() for crumb in value.split(b";")]
            rest = [crumb for crumb in crumbs if crumb.partition(b"=")[0] != cookie]
            if rest:
                kept.append((name, value if rest == crumbs else b"; ".join(rest)))
        else:
            kept.append((name, value))
    return kept

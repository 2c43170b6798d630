"""Where a client's relay key stands in a request, and how the place is emptied and filled.

`Pairs` are raw header pairs with lower-case names. RFC 6750 (bearer), RFC 7617 (basic).
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote, unquote_to_bytes

from gateway.contract.model import SecurityScheme

Pairs = Sequence[tuple[bytes, bytes]]
OWN_FIELD = b"x-relay-key"
DEFAULT = SecurityScheme("", "bearer")
PROTOCOL_PREFIX = "openai-insecure-api-key."
LONG = 16  # bytes; a key as long as this stands nowhere by chance


@dataclass(slots=True)
class Request:
    """The parts of a request in which a key can stand."""

    headers: list[tuple[bytes, bytes]]
    query_string: bytes


def presented_key(
    headers: Pairs,
    fields: Mapping[bytes, bytes],
    query_string: bytes,
    schemes: Iterable[SecurityScheme],
    subprotocols: Sequence[str] = (),
) -> bytes | None:
    """Return the key that a client presents: `X-Relay-Key` wins over the document's places.

    `fields` are the first values of the header.
    """
    own = fields.get(OWN_FIELD)
    if own is not None:
        return own.strip()
    for scheme in schemes:
        key = _key_at(scheme, headers, fields, query_string)
        if key:
            return key
    for protocol in subprotocols:
        if protocol.startswith(PROTOCOL_PREFIX):
            return protocol[len(PROTOCOL_PREFIX) :].encode("latin-1")
    return None


def _key_at(
    scheme: SecurityScheme, headers: Pairs, fields: Mapping[bytes, bytes], query_string: bytes
) -> bytes | None:
    field = scheme.field.encode()
    if scheme.place == "query":
        for pair in query_string.split(b"&"):
            name, _, value = pair.partition(b"=")
            if _decode(name) == field:
                return _decode(value)
        return None
    if scheme.place == "cookie":
        return next((v for n, v in _crumbs(headers) if n == field), None)
    said = fields.get(field)
    if said is None:
        return None
    return said.strip() if scheme.kind == "key" else _authorization(scheme, said)


def _authorization(scheme: SecurityScheme, value: bytes) -> bytes | None:
    if scheme.kind == "bearer" and value[:7] == b"Bearer ":
        return value[7:].strip()
    kind, _, rest = value.strip().partition(b" ")
    if scheme.kind == "bearer":
        return rest.strip() if kind.lower() == b"bearer" else None
    if kind.lower() != b"basic":
        return None
    user, _, password = b":".join(_basic(rest)).partition(b":")
    return password or user


def _basic(credentials: bytes) -> tuple[bytes, ...]:
    """Return user name and password (RFC 7617, section 2), nothing where they are malformed."""
    try:
        user, found, password = base64.b64decode(credentials.strip(), validate=True).partition(b":")
    except binascii.Error:
        return ()
    return (user, password) if found else (user,)


class Places:
    """The places of one operation's schemes. `fields` are those that are emptied by leaving out."""

    def __init__(self, schemes: Iterable[SecurityScheme]) -> None:
        schemes = tuple(schemes)
        self.fields = frozenset(
            (OWN_FIELD, *(each.field.encode() for each in schemes if each.place == "header"))
        )
        self._within = tuple(each for each in schemes if each.place != "header")

    def empty(self, request: Request, key: bytes | None) -> None:
        """Take the client's keys out of a request that has none of `fields` any more.

        What goes are the other schemes' places, and the relay key itself wherever it stands.
        """
        for scheme in self._within:
            field = scheme.field.encode()
            if scheme.place == "cookie":
                request.headers = _without_crumb(request.headers, field)
            elif request.query_string:
                request.query_string = _without_pair(request.query_string, field)
        if key:
            _remove_key(request, key)


def _remove_key(request: Request, key: bytes) -> None:
    """Drop the key where it stands besides: in a field, in a cookie, in a pair of the query."""
    # First what is quick: most requests are far from it.
    text = b"\n".join(chain.from_iterable(request.headers))
    if key in text or b"authorization" in text:
        request.headers = _without_key(request.headers, key)
    query = request.query_string
    if query and (key in query or key in _decode(query)):
        kept = [pair for pair in query.split(b"&") if not _pair_holds(pair, key)]
        request.query_string = b"&".join(kept)


def _without_key(pairs: Pairs, key: bytes) -> list[tuple[bytes, bytes]]:
    headers: list[tuple[bytes, bytes]] = []
    for pair in pairs:
        name, value = pair
        if name != b"cookie":
            if not _holds(name, value, key):
                headers.append(pair)
            continue
        crumbs = [crumb.strip() for crumb in value.split(b";")]
        rest = [c for c in crumbs if not _is_or_has(c.partition(b"=")[2], key)]
        if rest:
            headers.append((name, value if rest == crumbs else b"; ".join(rest)))
    return headers


def _holds(name: bytes, value: bytes, key: bytes) -> bool:
    """Tell whether a field's value is the key, ends with it as a credential does, or has it."""
    if _is_or_has(value, key) or value.endswith(b" " + key):
        return True
    if name != b"authorization" or value[:6].lower() != b"basic ":
        return False
    return key in _basic(value[6:])


def _pair_holds(pair: bytes, key: bytes) -> bool:
    return any(_is_or_has(_decode(part), key) for part in pair.partition(b"="))


def _is_or_has(text: bytes, key: bytes) -> bool:
    return text == key or (len(key) >= LONG and key in text)


def credential_field(scheme: SecurityScheme, value: str) -> tuple[bytes, bytes] | None:
    """Make the field of an upstream's credential; None where its place is none."""
    if scheme.place != "header":
        return None
    raw = value.encode()
    if scheme.kind == "key":
        return scheme.field.encode(), raw
    if scheme.kind == "basic":
        pair = raw if b":" in raw else raw + b":"
        return b"authorization", b"Basic " + base64.b64encode(pair)
    return b"authorization", b"Bearer " + raw


def place_credential(request: Request, scheme: SecurityScheme, value: str) -> None:
    """Put a credential whose place is no field where the document's scheme says."""
    if scheme.place == "query":
        pair = quote(scheme.field, safe="").encode() + b"=" + quote(value, safe="").encode()
        joined = (request.query_string, pair) if request.query_string else (pair,)
        request.query_string = b"&".join(joined)
    else:
        _add_crumb(request, scheme.field.encode() + b"=" + value.encode())


def _add_crumb(request: Request, crumb: bytes) -> None:
    """Add a cookie behind those that go on.

    > the user agent MUST NOT attach more than one Cookie header field (RFC 6265, section 5.4)
    """
    for index, (name, value) in enumerate(request.headers):
        if name == b"cookie":
            request.headers[index] = (name, value + b"; " + crumb)
            return
    request.headers.append((b"cookie", crumb))


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

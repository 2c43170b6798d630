"""Where keys stand, how places are emptied and filled: pure functions over raw pairs."""

import base64
from collections.abc import Sequence

import pytest

from gateway.contract.model import SecurityScheme
from gateway.relay.headers import first_values
from gateway.relay.key_places import (
    Places,
    Request,
    credential_field,
    place_credential,
    presented_key,
)

BEARER = SecurityScheme("b", "bearer")
BASIC = SecurityScheme("a", "basic")
QUERY = SecurityScheme("q", "key", "query", "k y")
COOKIE = SecurityScheme("c", "key", "cookie", "sid")
HEADER = SecurityScheme("h", "key", "header", "x-api-key")


def presented(
    pairs: list[tuple[bytes, bytes]],
    query: bytes,
    schemes: list[SecurityScheme],
    protocols: Sequence[str] = (),
) -> bytes | None:
    return presented_key(pairs, first_values(pairs), query, schemes, protocols)


def basic(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


@pytest.mark.parametrize(
    ("scheme", "pairs", "query", "expected"),
    [
        (BEARER, [(b"authorization", b"Bearer k")], b"", b"k"),
        (BEARER, [(b"authorization", b"bearer   two words ")], b"", b"two words"),
        (BEARER, [(b"authorization", b"Basic k")], b"", None),
        (BEARER, [(b"authorization", b"Bearer")], b"", b""),
        (BASIC, [(b"authorization", basic(b"u:p:q"))], b"", b"p:q"),
        (BASIC, [(b"authorization", basic(b"u:"))], b"", b"u"),
        (BASIC, [(b"authorization", basic(b"u"))], b"", b"u"),
        (BASIC, [(b"authorization", b"Basic \xff")], b"", b""),
        (QUERY, [], b"a=1&k+y=v%20w", b"v w"),
        (QUERY, [], b"%6B%20y=", b""),
        (COOKIE, [(b"cookie", b"a=1; sid=v=w")], b"", b"v=w"),
        (COOKIE, [(b"cookie", b"a=1"), (b"cookie", b"sid=v")], b"", b"v"),
        (HEADER, [(b"x-api-key", b" v ")], b"", b"v"),
        (HEADER, [], b"", None),
    ],
)
def test_places(
    scheme: SecurityScheme, pairs: list[tuple[bytes, bytes]], query: bytes, expected: bytes | None
) -> None:
    assert (presented(pairs, query, [scheme]) or None) == (expected or None)


def test_the_own_field_wins_then_the_schemes_in_order_then_a_subprotocol() -> None:
    pairs = [(b"x-api-key", b"header"), (b"authorization", b"Bearer bearer")]
    protocols = ["realtime", "openai-insecure-api-key.socket"]
    assert presented([*pairs, (b"x-relay-key", b"own")], b"", [HEADER], protocols) == b"own"
    assert presented(pairs, b"", [BEARER, HEADER], protocols) == b"bearer"
    assert presented(pairs[:1], b"", [BEARER, HEADER], protocols) == b"header"
    assert presented([], b"", [BEARER], protocols) == b"socket"


def emptied(
    pairs: list[tuple[bytes, bytes]], query: bytes, *schemes: SecurityScheme, key: bytes = b"k"
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    places = Places(schemes)
    request = Request([pair for pair in pairs if pair[0] not in places.fields], query)
    places.empty(request, key)
    return request.headers, request.query_string


def test_places_are_emptied_whatever_stands_there() -> None:
    pairs = [(b"authorization", b"x"), (b"x-api-key", b"y"), (b"cookie", b"sid=1; a=2")]
    assert emptied(pairs, b"k%20y=1&a", BEARER, HEADER, COOKIE, QUERY) == (
        [(b"cookie", b"a=2")],
        b"a",
    )


def test_a_short_key_is_no_word_to_search_for() -> None:
    pairs = [(b"x", b"ok"), (b"y", b"k"), (b"z", b"Token k"), (b"cookie", b"a=ok; b=k")]
    kept = [(b"x", b"ok"), (b"cookie", b"a=ok")]
    assert emptied(pairs, b"a=ok&b=k&k&c=%6b") == (kept, b"a=ok")


def test_a_long_key_is_found_inside() -> None:
    key = b"0123456789abcdef"
    pairs = [(b"referer", b"http://h/?k=" + key), (b"x", b"1")]
    assert emptied(pairs, b"u=a" + key + b"&v", key=key) == ([(b"x", b"1")], b"v")


def placed(scheme: SecurityScheme, value: str, query: bytes = b"") -> Request:
    request = Request([(b"a", b"1")], query)
    field = credential_field(scheme, value)
    if field is None:
        place_credential(request, scheme, value)
    else:
        request.headers.append(field)
    return request


def test_credentials_are_placed() -> None:
    assert placed(BEARER, "v").headers[1:] == [(b"authorization", b"Bearer v")]
    assert placed(BASIC, "u:p").headers[1:] == [(b"authorization", basic(b"u:p"))]
    assert placed(BASIC, "u").headers[1:] == [(b"authorization", basic(b"u:"))]
    assert placed(HEADER, "v").headers[1:] == [(b"x-api-key", b"v")]
    assert placed(COOKIE, "v").headers[1:] == [(b"cookie", b"sid=v")]
    assert placed(QUERY, "v&w").query_string == b"k%20y=v%26w"
    assert placed(QUERY, "v", b"a=%7e&").query_string == b"a=%7e&&k%20y=v"

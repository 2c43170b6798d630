"""The relay key: taken wherever it may stand, and never forwarded, wherever it does stand."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rawhttp import RawRequest
from tests.relay.gateways import KEY, Gateway, relaying
from tests.servers import RawUpstream

Pair = tuple[Gateway, RawUpstream]
SCHEMES = {
    "bearer": {"type": "http", "scheme": "Bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "api key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "oauth": {"type": "oauth2", "flows": {}},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://id.example/c"},
}


def operation(*schemes: str) -> dict[str, Any]:
    return {"get": {"security": [{name: []} for name in schemes]}}


PATHS = {
    **{f"/{name}": operation(name) for name in SCHEMES},
    "/none": {"get": {}},
    "/either": operation("header", "query"),
    "/public": {"get": {"x-gateway": {"public": True}}},
    "/cookies": {"get": {"parameters": [{"name": "lang", "in": "cookie", "schema": {}}]}},
}
PATHS["/cookies"]["get"] |= operation("cookie")["get"]


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    root = {"components": {"securitySchemes": SCHEMES}}
    with relaying(PATHS, root=root) as pair:
        yield pair


def basic(user: str, password: str | None) -> str:
    text = user if password is None else f"{user}:{password}"
    return "Authorization: Basic " + base64.b64encode(text.encode()).decode()


def sent(pair: Pair, target: str, *lines: str) -> RawRequest:
    """Send a request without a key of its own; return what the upstream got: no key at all."""
    gateway, upstream = pair
    seen = len(upstream.requests)
    reply = gateway.ask("GET", target, lines, key=False)
    assert reply.status == 200, reply.body
    assert len(upstream.requests) == seen + 1
    got = upstream.requests[-1]
    whole = b"\n".join((got.line, *got.header_lines))
    assert KEY.encode() not in whole
    assert base64.b64encode(KEY.encode())[:-4] not in whole
    return got


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("/bearer", f"Authorization: Bearer {KEY}"),
        ("/bearer", f"authorization: BEARER  {KEY} "),
        ("/oauth", f"Authorization: Bearer {KEY}"),
        ("/oidc", f"Authorization: Bearer {KEY}"),
        ("/none", f"Authorization: Bearer {KEY}"),
        ("/public", f"Authorization: Bearer {KEY}"),
        ("/basic", basic("", KEY)),
        ("/basic", basic("someone", KEY)),
        ("/basic", basic(KEY, "")),
        ("/basic", basic(KEY, None)),
        ("/header", f"X-Api-Key: {KEY}"),
        ("/either", f"X-Api-Key: {KEY}"),
        ("/cookie", f"Cookie: a=1; sid={KEY}; b=2"),
        *((f"/{name}", f"X-Relay-Key: {KEY}") for name in (*SCHEMES, "none", "either", "public")),
    ],
)
def test_the_key_is_taken_from_its_place_and_goes_no_further(
    pair: Pair, target: str, line: str
) -> None:
    got = sent(pair, target, line)
    assert [name for name, _ in got.fields] == [b"Host"]
    assert got.target == target.encode()
    assert len(pair[0].line()["key"]) == 8


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("api%20key={}", ""),
        ("api+key={}&b=1", "?b=1"),
        ("a=%7e&api%20key={}&&b=+&=c", "?a=%7e&&b=+&=c"),
        ("api%20key={}&a=1&api%20key=another", "?a=1"),
        ("%61pi%20key={}&a", "?a"),
    ],
)
def test_a_key_in_the_query_is_cut_out_and_all_else_stays(
    pair: Pair, query: str, rest: str
) -> None:
    assert sent(pair, "/query?" + query.format(KEY)).target == f"/query{rest}".encode()


def test_the_documents_place_is_emptied_when_the_own_field_wins(pair: Pair) -> None:
    own = f"X-Relay-Key: {KEY}"
    assert sent(pair, "/bearer", own, "Authorization: Bearer other").value(b"authorization") is None
    assert sent(pair, "/none", own, "Authorization: Token other").value(b"authorization") is None
    assert sent(pair, "/header", own, "X-Api-Key: a", "X-Api-Key: b").value(b"x-api-key") is None
    assert sent(pair, "/query?api%20key=x&a=1", own).target == b"/query?a=1"
    assert sent(pair, "/cookie", own, "Cookie: sid=x").value(b"cookie") is None
    assert sent(pair, "/either?api%20key=x", own, "X-Api-Key: y").target == b"/either"


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("/header", f"Authorization: Bearer {KEY}"),
        ("/header", f"Authorization: Token token={KEY}"),
        ("/header", basic("u", KEY)),
        ("/header", f"X-Other: {KEY}"),
        ("/header", f"Referer: https://here.example/?api_key={KEY}"),
        (f"/header?k={KEY}&", "A: 1"),
        (f"/header?{KEY}", "A: 1"),
        (f"/header?k=%61{KEY[1:]}", "A: 1"),
        ("/cookies", f"Cookie: lang={KEY}"),
    ],
)
def test_the_key_goes_no_further_from_any_other_place(pair: Pair, target: str, line: str) -> None:
    sent(pair, target, f"X-Relay-Key: {KEY}", line)


def test_a_credential_of_another_place_is_not_the_gateways_business(pair: Pair) -> None:
    got = sent(pair, "/header", f"X-Relay-Key: {KEY}", "Authorization: Bearer theirs")
    assert got.value(b"authorization") == b"Bearer theirs"


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("/bearer", "A: 1"),
        ("/bearer", f"X-Api-Key: {KEY}"),
        ("/bearer", basic("", KEY)),
        ("/basic", "Authorization: Basic ???"),
        ("/basic", f"Authorization: Bearer {KEY}"),
        ("/header", f"Authorization: Bearer {KEY}"),
        ("/query?key=x", f"X-Api-Key: {KEY}"),
        ("/cookie", f"Cookie: other={KEY}"),
        ("/none", "X-Relay-Key:"),
    ],
)
def test_no_key_in_any_place_is_a_401(pair: Pair, target: str, line: str) -> None:
    reply = pair[0].ask("GET", target, [line], key=False)
    assert (reply.status, reply.error["code"]) == (401, "missing_relay_key")
    assert reply.values(b"www-authenticate") == [b'Bearer realm="specrelay"']
    assert KEY.encode() not in reply.body


@pytest.mark.parametrize("key", ["wrong", KEY + "x", KEY[:-1], KEY.upper(), "é"])
def test_a_wrong_key_is_a_401(pair: Pair, key: str) -> None:
    for target, line in (("/bearer", "Authorization: Bearer "), ("/header", "X-Relay-Key: ")):
        reply = pair[0].ask("GET", target, [line + key], key=False)
        assert (reply.status, reply.error["code"]) == (401, "invalid_relay_key")
        assert key.encode() not in reply.body


def test_the_own_field_wins_even_if_it_is_wrong(pair: Pair) -> None:
    lines = ["X-Relay-Key: wrong", f"Authorization: Bearer {KEY}"]
    assert pair[0].ask("GET", "/bearer", lines, key=False).status == 401


def test_a_public_operation_needs_no_key(pair: Pair) -> None:
    sent(pair, "/public")
    assert pair[0].line()["key"] == "anonymous"
    got = sent(pair, "/public", "Authorization: Bearer not-a-relay-key")
    assert got.value(b"authorization") is None


def test_declared_cookies_go_on_without_the_key(pair: Pair) -> None:
    got = sent(pair, "/cookies", f"Cookie: x=1; lang=de; sid={KEY}", "Cookie: lang=en")
    assert got.values(b"cookie") == [b"lang=de", b"lang=en"]


def test_without_relay_keys_a_value_like_the_clients_own_key_stays() -> None:
    named = [{"name": "kind", "in": "query", "required": True, "schema": {}}]
    with relaying({"/x": {"get": {"parameters": named}}}, RELAY_KEY="") as (gateway, upstream):
        lines = ["Authorization: Bearer test", "X-Kind: test"]
        assert gateway.ask("GET", "/x?kind=test&b=1", lines, key=False).status == 200
    request = upstream.requests[-1]
    assert request.line.startswith(b"GET /x?kind=test&b=1 ")
    assert request.value(b"x-kind") == b"test"
    assert request.value(b"authorization") is None


def test_several_keys_at_commas_with_spaces_inside() -> None:
    with relaying({"/x": {"get": {}}}, RELAY_KEY=" one key ,two") as (gateway, _):
        ids = set()
        for key in ("one key", "two"):
            assert gateway.ask("GET", "/x", [f"X-Relay-Key: {key}"], key=False).status == 200
            ids.add(gateway.line()["key"])
        assert len(ids) == 2
        assert gateway.ask("GET", "/x", ["X-Relay-Key: one"], key=False).status == 401

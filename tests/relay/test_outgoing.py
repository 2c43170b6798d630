"""What of a request's header reaches the upstream, and what is added to it."""

from collections.abc import Iterator

import pytest

from tests.rawhttp import RawRequest
from tests.relay.gateways import Gateway, relaying
from tests.servers import RawUpstream

Pair = tuple[Gateway, RawUpstream]
OVERRIDES = [
    *("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"),
    *("X-Original-URL", "X-Rewrite-URL"),
]
DECLARED = [{"name": name, "in": "header", "schema": {}} for name in (*OVERRIDES, "X-Tenant")]
PATHS = {
    "/plain": {"get": {}},
    "/declared": {"get": {"parameters": DECLARED}},
    "/added": {
        "get": {
            "x-gateway": {
                "headers": {
                    "X-Fixed": "fixed",
                    "X-From": {"env": "FROM"},
                    "X-Default": {"env": "UNSET", "default": "d"},
                    "X-Nothing": {"env": "UNSET"},
                    "Authorization": {"env": "TOKEN"},
                }
            }
        }
    },
}


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with relaying(PATHS, FROM="from", TOKEN="Token t") as pair:
        yield pair


def sent(pair: Pair, path: str, *lines: str) -> RawRequest:
    gateway, upstream = pair
    assert gateway.ask("GET", path, lines).status == 200
    return upstream.requests[-1]


@pytest.mark.parametrize(
    "line",
    [
        *("Connection: close", "Keep-Alive: timeout=5", "Proxy-Connection: x", "TE: trailers"),
        *("Trailer: X-T", "Upgrade: h2c", "Proxy-Authenticate: x", "Proxy-Authorization: x"),
        *("Expect: something", "Forwarded: for=1.2.3.4", "X-Real-IP: 1.2.3.4"),
        *("X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: h", "X-Forwarded-Proto: https"),
        *("x-forwarded-anything: 1", "Cookie: a=1; b=2"),
        *(f"{name}: DELETE" for name in OVERRIDES),
        *("X_Forwarded_For: 1.2.3.4", "x-forwarded_anything: 1", "X_HTTP-Method_Override: DELETE"),
        *("X_Original_URL: /admin", "x_real_ip: 1.2.3.4"),
    ],
)
def test_what_never_goes_on(pair: Pair, line: str) -> None:
    assert [name for name, _ in sent(pair, "/plain", line).fields] == [b"Host"]


def test_host_is_the_upstreams(pair: Pair) -> None:
    got = sent(pair, "/plain")
    assert got.values(b"host") == [b"127.0.0.1:%d" % pair[1].port]


def test_what_connection_names_is_of_the_hop(pair: Pair) -> None:
    lines = ["Connection: keep-alive, X-One", "connection: x-TWO ,", "X-One: 1", "X-Two: 2"]
    got = sent(pair, "/plain", *lines, "X-Three: 3")
    assert [name for name, _ in got.fields] == [b"Host", b"x-three"]


def test_connection_does_not_strip_what_was_checked(pair: Pair) -> None:
    got = sent(pair, "/declared", "Connection: X-Tenant, Content-Type", "X-Tenant: 1")
    assert got.value(b"x-tenant") == b"1"


@pytest.mark.parametrize("name", OVERRIDES)
def test_an_override_goes_on_where_it_is_declared(pair: Pair, name: str) -> None:
    assert sent(pair, "/declared", f"{name}: x").value(name.encode()) == b"x"


def test_fields_are_added_where_the_client_sent_none(pair: Pair) -> None:
    got = sent(pair, "/added", "Authorization: Bearer not-the-upstreams")
    assert got.value(b"x-fixed") == b"fixed"
    assert got.value(b"x-from") == b"from"
    assert got.value(b"x-default") == b"d"
    assert got.value(b"x-nothing") is None
    assert got.values(b"authorization") == [b"Token t"]
    got = sent(pair, "/added", "X-FROM: mine", "x-fixed:")
    assert got.values(b"x-from") == [b"mine"]
    assert got.values(b"x-fixed") == [b""]


def test_an_added_field_cannot_be_taken_away(pair: Pair) -> None:
    got = sent(pair, "/added", "Connection: x-fixed", "X-Fixed: mine")
    assert got.values(b"x-fixed") == [b"fixed"]


def test_an_upgrade_that_is_none_of_ours_does_not_lose_the_request(pair: Pair) -> None:
    lines = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMA"]
    assert [name for name, _ in sent(pair, "/plain", *lines).fields] == [b"Host"]

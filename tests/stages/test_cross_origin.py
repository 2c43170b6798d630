"""CORS: off by default; with it on, preflights go before security and errors can be read."""

from collections.abc import Iterator

import pytest

from tests.rawhttp import respond
from tests.relay.gateways import Gateway, Reply, relaying

PAGE = "https://app.example"
PREFLIGHT = [
    *(f"Origin: {PAGE}", "Access-Control-Request-Method: GET"),
    "Access-Control-Request-Headers: authorization,x-a",
]
ALLOWED = b"access-control-allow-origin"
UPSTREAMS = respond(b"ok", headers=[("Access-Control-Allow-Origin", "https://upstream.example")])


@pytest.fixture(scope="module", params=[PAGE, f"{PAGE},https://b.example", "*"])
def on(request: pytest.FixtureRequest) -> Iterator[Gateway]:
    with relaying({"/x": {"get": {}}}, lambda _: UPSTREAMS, CORS_ORIGINS=request.param) as pair:
        yield pair[0]


@pytest.fixture(scope="module")
def off() -> Iterator[Gateway]:
    with relaying({"/x": {"get": {}}}, lambda _: UPSTREAMS) as pair:
        yield pair[0]


def assert_readable(reply: Reply) -> None:
    assert reply.values(ALLOWED) in ([PAGE.encode()], [b"*"])


def test_off_a_preflight_is_a_request_like_any_other(off: Gateway) -> None:
    reply = off.ask("OPTIONS", "/x", PREFLIGHT, key=False)
    assert (reply.status, reply.values(b"allow")) == (405, [b"GET"])
    assert reply.values(ALLOWED) == []


def test_off_nothing_is_added(off: Gateway) -> None:
    reply = off.ask("GET", "/x", [f"Origin: {PAGE}"])
    assert (reply.status, reply.values(ALLOWED), reply.values(b"vary")) == (200, [], [])


def test_on_a_preflight_goes_before_routing_and_security(on: Gateway) -> None:
    for target in ("/x", "/nowhere"):
        reply = on.ask("OPTIONS", target, PREFLIGHT, key=False)
        assert reply.status == 200
        assert_readable(reply)
        assert reply.values(b"access-control-allow-headers") == [b"authorization,x-a"]
        assert b"DELETE" in reply.values(b"access-control-allow-methods")[0]


def test_on_an_answer_shows_its_fields(on: Gateway) -> None:
    reply = on.ask("GET", "/x", [f"Origin: {PAGE}"])
    assert_readable(reply)
    exposed = reply.values(b"access-control-expose-headers")[0].lower().split(b", ")
    assert {b"x-request-id", b"x-relay-request-id", b"server-timing", b"retry-after"} <= set(
        exposed
    )


def test_on_a_page_can_read_errors(on: Gateway) -> None:
    for target, key, status in (("/x", False, 401), ("/nowhere", True, 404)):
        reply = on.ask("GET", target, [f"Origin: {PAGE}"], key=key)
        assert reply.status == status
        assert_readable(reply)


def test_on_other_origins_get_nothing() -> None:
    with relaying({"/x": {"get": {}}}, CORS_ORIGINS=PAGE) as (gateway, _):
        other = ["Origin: https://other.example", *PREFLIGHT[1:]]
        assert gateway.ask("OPTIONS", "/x", other, key=False).status == 400
        reply = gateway.ask("GET", "/x", other[:1])
        assert (reply.status, reply.values(ALLOWED)) == (200, [])

"""The upstream's credential in the place of the scheme: one, all of them, or the first there is."""

import base64
from typing import Any

import pytest

from gateway.errors import StartError
from tests.rawhttp import RawRequest
from tests.relay.gateways import KEY, relaying

SCHEMES = {
    "Bearer": {"type": "http", "scheme": "bearer"},
    "Basic": {"type": "http", "scheme": "basic"},
    "Header": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "Query": {"type": "apiKey", "in": "query", "name": "api key"},
    "Cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
}
SECRETS = {
    "UP_BEARER": "up-bearer",
    "UP_BASIC": "up-user:up password",
    "UP_HEADER": "up-header",
    "UP_QUERY": "up&query=",
    "UP_COOKIE": "up-cookie",
}
MAPPED = ",".join(f"{name}=UP_{name.upper()}" for name in SCHEMES)


def relayed(
    security: Any, target: str = "/x", *lines: str, more: Any = None, **env: str
) -> tuple[int, RawRequest | None, dict[str, Any]]:
    """Call an operation with this security; return status, what the upstream got, the log line."""
    paths = {"/x": {"get": {"security": security, **(more or {})}}}
    root = {"components": {"securitySchemes": SCHEMES}}
    env = {"SPECRELAY_CREDENTIALS": MAPPED, **SECRETS, **env}
    with relaying(paths, root=root, **env) as (gateway, upstream):
        reply = gateway.ask("GET", target, lines)
        got = upstream.requests[-1] if upstream.requests else None
        said = {**gateway.line(), "body": reply.body}
        return reply.status, got, said


@pytest.mark.parametrize(
    ("scheme", "name", "value"),
    [
        ("Bearer", b"authorization", b"Bearer up-bearer"),
        ("Basic", b"authorization", b"Basic " + base64.b64encode(b"up-user:up password")),
        ("Header", b"x-api-key", b"up-header"),
        ("Cookie", b"cookie", b"sid=up-cookie"),
    ],
)
def test_in_a_field(scheme: str, name: bytes, value: bytes) -> None:
    status, got, _ = relayed([{scheme: []}], "/x", "Authorization: Bearer x", "X-Api-Key: y")
    assert status == 200
    assert got is not None
    assert got.values(name) == [value]
    assert got.target == b"/x"


def test_basic_without_a_colon_is_a_user_name() -> None:
    _, got, _ = relayed([{"Basic": []}], UP_BASIC="token")
    assert got is not None
    assert got.value(b"authorization") == b"Basic " + base64.b64encode(b"token:")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/x", b"/x?api%20key=up%26query%3D"),
        ("/x?a=%7e&api+key=mine&b", b"/x?a=%7e&b&api%20key=up%26query%3D"),
    ],
)
def test_in_the_query(target: str, expected: bytes) -> None:
    _, got, _ = relayed([{"Query": []}], target)
    assert got is not None
    assert got.target == expected


def test_beside_a_cookie_that_goes_on() -> None:
    more = {"parameters": [{"name": "lang", "in": "cookie", "schema": {}}]}
    _, got, _ = relayed([{"Cookie": []}], "/x", "Cookie: lang=de; sid=mine; z=1", more=more)
    assert got is not None
    assert got.values(b"cookie") == [b"lang=de; sid=up-cookie"]


def test_and_places_all() -> None:
    _, got, _ = relayed([{"Bearer": [], "Header": [], "Query": []}])
    assert got is not None
    assert got.value(b"authorization") == b"Bearer up-bearer"
    assert got.value(b"x-api-key") == b"up-header"
    assert got.target.startswith(b"/x?api%20key=")


def test_or_places_the_first_that_has_one() -> None:
    either = [{"Header": []}, {"Bearer": []}]
    _, got, _ = relayed(either)
    assert got is not None
    assert (got.value(b"x-api-key"), got.value(b"authorization")) == (b"up-header", None)
    _, got, _ = relayed(either, UP_HEADER="")
    assert got is not None
    assert (got.value(b"x-api-key"), got.value(b"authorization")) == (None, b"Bearer up-bearer")


def test_and_with_one_unset_falls_to_the_next() -> None:
    _, got, _ = relayed([{"Header": [], "Query": []}, {"Bearer": []}], UP_QUERY="")
    assert got is not None
    assert (got.value(b"x-api-key"), got.value(b"authorization")) == (None, b"Bearer up-bearer")


def test_optional_security_falls_to_none() -> None:
    status, got, _ = relayed([{"Header": []}, {}], "/x", "X-Api-Key: mine", UP_HEADER="")
    assert status == 200
    assert got is not None
    assert got.value(b"x-api-key") is None


def test_a_scheme_that_nothing_maps_is_relayed_bare() -> None:
    status, got, _ = relayed(
        [{"Header": []}], "/x", "X-Api-Key: mine", SPECRELAY_CREDENTIALS="Bearer=UP_BEARER"
    )
    assert status == 200
    assert got is not None
    assert (got.value(b"x-api-key"), got.value(b"authorization")) == (None, None)


def test_an_unset_variable_closes_its_operations() -> None:
    status, got, said = relayed([{"Header": []}], UP_HEADER="")
    assert (status, got, said["code"]) == (503, None, "upstream_credential_missing")
    assert b"UP_HEADER" in said["body"]


def test_all_unset_is_an_error_at_the_start() -> None:
    with pytest.raises(StartError, match="UP_HEADER"):
        relayed([{"Header": []}], **dict.fromkeys(SECRETS, ""))


ADMIN = {
    "components": {"securitySchemes": SCHEMES},
    "x-gateway": {
        "credentials": {
            "Bearer": {"env": "UP_BEARER"},
            "Header": {"env": "UP_HEADER", "relay-keys": "RELAY_ADMIN_KEY"},
        }
    },
}
PATHS = {
    "/plain": {"get": {"security": [{"Bearer": []}]}},
    "/admin": {"get": {"security": [{"Header": []}]}},
    "/either": {"get": {"security": [{"Header": []}, {"Bearer": []}]}},
}


def statuses(key: str, **env: str) -> list[int]:
    """Call the three operations with a key."""
    with relaying(PATHS, root=ADMIN, **SECRETS, **env) as (gateway, _):
        lines = [f"X-Relay-Key: {key}"] if key else []
        found = []
        for path in PATHS:
            reply = gateway.ask("GET", path, lines, key=False)
            assert reply.status == 200 or reply.error["code"] == "key_not_allowed"
            found.append(reply.status)
        return found


def test_a_credential_of_its_own_keys() -> None:
    assert statuses("boss", RELAY_ADMIN_KEY="boss") == [200, 200, 200]
    assert statuses(KEY, RELAY_ADMIN_KEY="boss") == [200, 403, 200]


def test_a_credential_whose_keys_are_unset_is_closed() -> None:
    assert statuses(KEY) == [200, 403, 200]


def test_keyless_counts_as_holding_every_key() -> None:
    assert statuses("", RELAY_KEY="") == [200, 200, 200]

"""Who may call what: one decision, made before anything of the body is read."""

from typing import Any

from tests.relay.gateways import KEY, relaying, request_bytes, taking

PATHS: dict[str, Any] = {
    "/closed": {"get": {}, "post": taking("application/json")},
    "/said-open": {"get": {"security": []}},
    "/public": {"get": {"x-gateway": {"public": True}}},
}


def test_a_relayed_operation_is_closed_unless_it_is_public() -> None:
    with relaying(PATHS) as (gateway, _):
        statuses = [gateway.ask("GET", path, key=False).status for path in PATHS]
        assert statuses == [401, 401, 200]
        assert gateway.log.said[2]["key"] == "anonymous"
        assert gateway.ask("GET", "/public", ["X-Relay-Key: wrong"], key=False).status == 200


def test_the_key_is_checked_before_the_body() -> None:
    with relaying(PATHS) as (gateway, _), gateway.connect() as connection:
        lines = ["Content-Type: a/b", "Content-Length: 10"]
        connection.sendall(request_bytes("POST", "/closed", lines, key=False))
        assert connection.recv(65536).startswith(b"HTTP/1.1 401")


def test_routing_goes_before_the_key() -> None:
    with relaying(PATHS) as (gateway, _):
        assert gateway.ask("GET", "/nowhere", key=False).status == 404
        assert gateway.ask("PUT", "/closed", key=False).status == 405


def test_local_operations_are_open_but_for_the_envelope() -> None:
    with relaying(PATHS) as (gateway, _):
        for path in ("health", "ready", "docs", "openapi.json", "openapi.yaml"):
            assert gateway.ask("GET", f"/-/{path}", key=False).status == 200
        assert gateway.ask("POST", "/-/proxy", key=False).status == 401


def test_a_setting_closes_the_document() -> None:
    with relaying(PATHS, SPECRELAY_OPEN_DOCUMENTS="false") as (gateway, _):
        for path in ("docs", "openapi.json", "openapi.yaml"):
            assert gateway.ask("GET", f"/-/{path}", key=False).status == 401
            assert gateway.ask("GET", f"/-/{path}").status == 200
        assert gateway.ask("GET", "/-/health", key=False).status == 200


def test_without_any_key_everything_is_open() -> None:
    with relaying(PATHS, RELAY_KEY="") as (gateway, upstream):
        for lines in ([], [f"X-Relay-Key: {KEY}"], [f"Authorization: Bearer {KEY}"]):
            assert gateway.ask("GET", "/closed", lines, key=False).status == 200
            assert gateway.line()["key"] == "keyless"
            assert [name for name, _ in upstream.requests[-1].fields] == [b"Host"]

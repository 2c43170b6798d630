"""Routing finds the operation before anything else is looked at; the log shows its template."""

import pytest

from tests.relay.gateways import relaying

PATHS = {
    "/a/{x}": {"get": {}},
    "/a/{x}.json": {"get": {}},
    "/b?beta=true": {"get": {"operationId": "beta"}},
    "/b": {"get": {"operationId": "stable"}},
    "/ws": {"get": {"responses": {"101": {"description": "a WebSocket"}}}},
    "/both": {"get": {"responses": {"101": {"description": "s"}, "200": {"description": "ok"}}}},
}


@pytest.mark.parametrize(
    ("target", "operation", "path"),
    [
        ("/a/1", "get_a_x", "/a/{x}"),
        ("/%61/1", "get_a_x", "/a/{x}"),
        ("/b", "stable", "/b"),
        ("/b?beta=false", "stable", "/b"),
        ("/b?x=1&beta=true", "beta", "/b"),
        ("/both", "get_both", "/both"),
    ],
)
def test_operations_are_found(target: str, operation: str, path: str) -> None:
    with relaying(PATHS) as (gateway, upstream):
        assert gateway.ask("GET", target).status == 200
        line = gateway.line()
        assert (line["operation"], line["path"]) == (operation, path)
        assert upstream.requests[0].target == target.encode()


def test_a_path_that_no_operation_has_is_not_logged() -> None:
    with relaying(PATHS) as (gateway, _):
        assert gateway.ask("GET", "/nowhere/planted").status == 404
        assert "path" not in gateway.line()
        assert "planted" not in str(gateway.line())


def test_a_websocket_called_with_plain_http_is_told_to_upgrade() -> None:
    with relaying(PATHS) as (gateway, _):
        reply = gateway.ask("GET", "/ws")
        assert (reply.status, reply.error["code"]) == (426, "upgrade_required")
        assert reply.values(b"upgrade") == [b"websocket"]

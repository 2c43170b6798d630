"""One line per request: how it ended, and how many bytes went both ways."""

from typing import Any

import pytest

from tests.rawhttp import chunk, respond
from tests.relay.gateways import Gateway, relaying, request_bytes, taking

PATHS: dict[str, Any] = {
    "/x": {"get": {}, "post": taking("application/json", {"type": "object"})},
    "/raw": {"post": taking("application/octet-stream", None)},
}
MEMBERS = {
    *("request_id", "status", "method", "path", "operation", "key", "bytes_in", "bytes_out"),
    *("upstream_ms", "total_ms", "overhead_ms", "outcome"),
}


def said(gateway: Gateway, *names: str) -> tuple[Any, ...]:
    line = gateway.line()
    return tuple(line.get(name) for name in names)


def test_what_is_relayed() -> None:
    with relaying(PATHS, lambda _: respond(b"answer", "201 Created")) as (gateway, _):
        gateway.ask("POST", "/x", ["Content-Type: application/json"], b"{ }")
        line = gateway.line()
        assert set(line) == MEMBERS
        names = ("status", "method", "path", "bytes_in", "bytes_out", "outcome")
        assert said(gateway, *names) == (201, "POST", "/x", 3, 6, "complete")
        assert line["total_ms"] >= line["upstream_ms"] > 0


def test_bytes_are_those_of_the_bodies_without_their_framing() -> None:
    head = respond(b"", headers=[("Transfer-Encoding", "chunked")], length=False)
    answer = head + chunk(bytes(10)) + chunk(bytes(5)) + chunk(b"")
    with relaying(PATHS, lambda _: answer) as (gateway, _):
        lines = ["Content-Type: application/octet-stream", "Transfer-Encoding: chunked"]
        data = request_bytes("POST", "/raw", lines) + chunk(bytes(7)) + chunk(bytes(4)) + chunk(b"")
        assert gateway.send(data).body == bytes(15)
        assert said(gateway, "bytes_in", "bytes_out") == (11, 15)


@pytest.mark.parametrize(
    ("method", "target", "body", "code", "findings"),
    [
        ("GET", "/nowhere", None, "not_found", None),
        ("POST", "/x", b"[]", "invalid_body", 1),
        ("POST", "/x", b"{", "invalid_json", None),
    ],
)
def test_what_is_refused(
    method: str, target: str, body: bytes | None, code: str, findings: int | None
) -> None:
    with relaying(PATHS) as (gateway, _):
        lines = ["Content-Type: application/json"] if body else []
        reply = gateway.ask(method, target, lines, body)
        assert said(gateway, "code", "outcome", "status") == (code, "refused", reply.status)
        found = gateway.line().get("findings")
        assert (None if found is None else len(found)) == findings
        assert gateway.line()["bytes_out"] == len(reply.body)


def test_local_operations_have_a_line_too() -> None:
    with relaying(PATHS) as (gateway, _):
        gateway.ask("GET", "/-/health", key=False)
        assert said(gateway, "status", "outcome", "path") == (200, "complete", "/-/health")

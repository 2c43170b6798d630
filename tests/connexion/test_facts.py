"""What stock Connexion 3.3.0 does wrong with requests, and what the gateway does instead.

Each row of the design's table that is about requests is a test here.
"""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rawhttp import chunk, respond
from tests.relay.gateways import Gateway, relaying, taking
from tests.servers import RawUpstream

Pair = tuple[Gateway, RawUpstream]
OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
FILES = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}, "text": {"type": "string"}},
}
PATHS: dict[str, Any] = {
    "/u/{id}": {"get": {"operationId": "templated"}},
    "/u/me": {"get": {"operationId": "concrete"}},
    "/numbers/{n}": {
        "parameters": [
            {"name": "n", "in": "path", "required": True, "schema": {"type": "integer"}}
        ],
        "get": {},
    },
    "/json": {"post": taking("application/json", OBJECT)},
    "/any": {"post": taking("application/json")},
    "/maybe": {"post": {"requestBody": {"content": {"application/json": {"schema": OBJECT}}}}},
    "/two": {
        "post": {"requestBody": {"required": True, "content": {"a/b": {}, "application/json": {}}}}
    },
    "/form": {"post": taking("application/x-www-form-urlencoded", {"type": "object"})},
    "/files": {"post": taking("multipart/form-data", FILES)},
    "/none": {"post": {}, "get": {}},
    "/open": {"get": {"security": []}},
    "/headed": {"get": {}, "head": {}},
}
JSON = "Content-Type: application/json"


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with relaying(PATHS, lambda request: respond(b"")) as pair:
        yield pair


@pytest.mark.parametrize(
    "kind", ["Application/JSON", "application/json ; charset=utf-8", "APPLICATION/JSON;x=y"]
)
def test_media_types_are_compared_without_case_and_parameters(pair: Pair, kind: str) -> None:
    lines = [f"Content-Type: {kind}"]
    reply = pair[0].ask("POST", "/json", lines, b'{"a": "no"}')
    assert (reply.error["code"], reply.error["param"]) == ("invalid_body", "/a")
    assert pair[0].ask("POST", "/json", lines, b'{"a": 1}').status == 200


@pytest.mark.parametrize(("body", "status"), [(b'{"a": 1}', 200), (b"{}", 400)])
def test_a_chunked_body_is_accepted_and_validated(pair: Pair, body: bytes, status: int) -> None:
    head = f"POST /json HTTP/1.1\r\nHost: a\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n"
    key = "X-Relay-Key: a-relay-key-of-the-tests\r\n\r\n"
    reply = pair[0].send((head + key).encode() + chunk(body) + chunk(b""))
    assert reply.status == status


@pytest.mark.parametrize(
    ("path", "lines", "body", "status"),
    [
        ("/json", ["Content-Type: text/plain"], b"{}", 415),
        ("/json", [], b'{"a": 1}', 200),  # the only declared type
        ("/json", [], b"{}", 400),
        ("/two", [], b"{}", 415),
        ("/none", [JSON], b"{}", 415),
        ("/none", [], b"x", 415),
        ("/none", [JSON], b"", 200),
        ("/maybe", [JSON], b"", 200),
        ("/maybe", [], None, 200),
        ("/json", [JSON], b"", 400),
        ("/json", [], None, 400),
    ],
)
def test_media_types_fail_closed(
    pair: Pair, path: str, lines: list[str], body: bytes | None, status: int
) -> None:
    reply = pair[0].ask("POST", path, lines, body)
    assert reply.status == status
    if status == 415:
        said = reply.error.get("detail", "")
        assert reply.error["code"] == "unsupported_media_type"
        assert ("no body" in said) if path == "/none" else ("application/json" in said)


PART = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n'


@pytest.mark.parametrize(
    ("path", "lines", "body", "status", "code"),
    [
        ("/files", ["Content-Type: multipart/form-data"], b"x", 400, "invalid_multipart"),
        (
            "/files",
            ["Content-Type: multipart/form-data; boundary=b"],
            PART + b"x" * (1 << 20) + b"x\r\n--b--\r\n",
            400,
            "invalid_multipart",
        ),
        ("/json", [JSON], b'{"a": "\xff"}', 400, "invalid_json"),
        ("/form", ["Content-Type: application/x-www-form-urlencoded"], b"a=%ff", 400, None),
        ("/json", [JSON, "Content-Encoding: gzip"], b"no gzip", 400, "invalid_encoding"),
        ("/json", [JSON, "Content-Encoding: gzip"], b"\x1f\x8b\x08", 400, "invalid_encoding"),
        ("/json", [JSON, "Content-Encoding: br"], b"x", 415, "unsupported_media_type"),
        (
            "/files",
            ["Content-Type: multipart/form-data; boundary=b", "Content-Encoding: gzip"],
            gzip.compress(b"x"),
            415,
            "unsupported_media_type",
        ),
        ("/json", [JSON], b"[" * 200_000 + b"]" * 200_000, 400, "invalid_json"),
        ("/json", [JSON], b'{"a":' * 200_000 + b"1" + b"}" * 200_000, 400, "invalid_json"),
    ],
    ids=["boundary", "text", "utf8", "form", "gzip", "cut", "br", "parts", "lists", "objects"],
)
def test_what_was_a_500_is_a_4xx(
    pair: Pair, path: str, lines: list[str], body: bytes, status: int, code: str | None
) -> None:
    reply = pair[0].ask("POST", path, lines, body)
    assert reply.status == status
    assert code in (None, reply.error["code"])
    assert reply.error["detail"]


@pytest.mark.parametrize(
    "body",
    [
        *(b"NaN", b"[Infinity]", b"[-Infinity]", b"1e999", b'{"a":-1e999}', b'{"a":1,"a":2}'),
        *(b'{"a":1,"\\u0061":2}', b'{"b":[{"c":1,"c":1}]}', b"\xef\xbb\xbf{}", b"{} {}", b"'a'"),
    ],
)
def test_json_that_parsers_read_in_different_ways_is_refused(pair: Pair, body: bytes) -> None:
    seen = len(pair[1].requests)
    reply = pair[0].ask("POST", "/any", [JSON], body)
    assert (reply.status, reply.error["code"]) == (400, "invalid_json")
    assert len(pair[1].requests) == seen


def test_concrete_paths_go_before_templated_ones(pair: Pair) -> None:
    gateway = pair[0]
    leads = {"/u/me": "concrete", "/u/you": "templated", "/u/m": "templated"}
    for target, operation in leads.items():
        assert gateway.ask("GET", target).status == 200
        assert gateway.line()["operation"] == operation


def test_head_is_answered_where_it_is_declared(pair: Pair) -> None:
    gateway = pair[0]
    reply = gateway.ask("HEAD", "/none")
    assert reply.status == 405
    assert reply.values(b"allow") == [b"GET, POST"]
    assert gateway.ask("HEAD", "/headed").status == 200
    assert pair[1].requests[-1].method == b"HEAD"
    local = gateway.ask("HEAD", "/-/health")
    assert (local.status, local.body) == (200, b"")


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_405_with_those_that_are_allowed(pair: Pair, method: str) -> None:
    reply = pair[0].ask(method, "/u/me")
    assert (reply.status, reply.values(b"allow")) == (405, [b"GET"])


@pytest.mark.parametrize("target", ["/none/", "/u/me/", "/", "/nowhere", "//none"])
def test_other_paths_are_404_without_a_redirect(pair: Pair, target: str) -> None:
    reply = pair[0].ask("GET", target)
    assert (reply.status, reply.values(b"location")) == (404, [])


@pytest.mark.parametrize("number", ["x", "1.5", "0x10", "1_000", "+1", "%D9%A1"])
def test_a_bad_integer_in_the_path_is_a_400(pair: Pair, number: str) -> None:
    reply = pair[0].ask("GET", f"/numbers/{number}")
    assert (reply.status, reply.error["code"]) == (400, "invalid_parameter")
    assert reply.error["param"] == "n"
    assert pair[0].ask("GET", "/numbers/-10").status == 200


def test_an_operation_without_security_is_closed_unless_public(pair: Pair) -> None:
    gateway = pair[0]
    for target in ("/none", "/open"):
        assert gateway.ask("GET", target, key=False).status == 401


def test_a_websocket_passes_the_same_security_decision() -> None:
    socket = {"responses": {"101": {"description": "a WebSocket"}}}
    paths = {"/ws": {"get": socket}, "/plain": {"get": {}}}
    handshake = [
        *("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    with relaying(paths) as (gateway, upstream):
        reply = gateway.ask("GET", "/ws", handshake, key=False)
        assert (reply.status, reply.error["code"]) == (401, "missing_relay_key")
        reply = gateway.ask("GET", "/ws", [*handshake, "X-Relay-Key: wrong"], key=False)
        assert (reply.status, reply.error["code"]) == (401, "invalid_relay_key")
        reply = gateway.ask("GET", "/plain", handshake)
        assert (reply.status, reply.error["code"]) == (400, "invalid_upgrade")
        reply = gateway.ask("GET", "/nowhere", handshake)
        assert (reply.status, reply.error["code"]) == (404, "not_found")
        assert upstream.connections == 0
        reply = gateway.ask("GET", "/ws")
        assert (reply.status, reply.error["code"]) == (426, "upgrade_required")
        assert gateway.ask("GET", "/ws", handshake).status == 200  # the upstream's own refusal

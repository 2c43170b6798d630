import asyncio
import json
import logging
import queue
from collections.abc import AsyncIterator, Iterator
from logging.handlers import QueueHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.contract.model import Contract
from gateway.exchange import Exchange
from tests.local.documents import body, contract_of, document, operation, parameter
from tests.local.gateways import KEY, echoing, gateway
from tests.rawhttp import RawRequest, chunk, respond
from tests.servers import Act, RawUpstream

TREE = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}, "age": {"type": "integer"}},
}
TEXT = {"type": "string"}
FORM = "application/x-www-form-urlencoded"
ADMIN = {"security": [{"admin": []}]}
PATHS = {
    "/trees": {
        "get": operation(
            "listTrees", parameters=[parameter("limit", "query", {"type": "integer"})]
        ),
        "post": operation(
            "plantTree",
            parameters=[parameter("Idempotency-Key", "header", TEXT)],
            **body("application/json", TREE),
        ),
        "head": operation("countTrees"),
    },
    "/trees/{id}": {
        "get": operation("getTree", parameters=[parameter("id", "path", TEXT)]),
        "delete": operation("fellTree", parameters=[parameter("id", "path", TEXT)]),
    },
    "/notes": {"post": operation("note", **body(FORM, {"type": "object"}))},
    "/uploads": {"post": operation("upload", **body("multipart/form-data", {"type": "object"}))},
    "/keys": {"post": operation("makeKey", **{"x-gateway": {"actions": "never"}})},
    "/admin": {"get": operation("administer", **ADMIN)},
}
SCHEMES = {
    "key": {"type": "http", "scheme": "bearer"},
    "admin": {"type": "apiKey", "in": "header", "name": "X-Admin"},
}
POLICY = {
    "errors": "openai",
    "credentials": {
        "key": {"env": "TREES_KEY"},
        "admin": {"env": "TREES_ADMIN_KEY", "relay-keys": "RELAY_ADMIN_KEY"},
    },
}
ENV = {
    "TREES_KEY": "upstream-key",
    "TREES_ADMIN_KEY": "upstream-admin-key",
    "RELAY_ADMIN_KEY": "an-admin-key",
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    folder: Path = tmp_path_factory.mktemp("document")
    tree = document(PATHS, **{"x-gateway": POLICY})
    tree["components"]["securitySchemes"] = SCHEMES
    return contract_of(tree, folder)


@pytest.fixture(scope="module")
def client(contract: Contract) -> Iterator[httpx.Client]:
    with echoing(contract, **ENV) as client:
        yield client


def call(client: httpx.Client, **members: Any) -> httpx.Response:
    return client.post("/v1/proxy", json=members)


def error(answer: httpx.Response) -> tuple[int, str, str | None]:
    said = answer.json()["error"]
    return answer.status_code, said["code"], said["param"]


def headers_of(said: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in said["headers"]}


def test_the_upstream_sees_what_a_direct_call_would_send(client: httpx.Client) -> None:
    direct = client.post(
        "/trees?limit=5", json={"kind": "oak"}, headers={"idempotency-key": "once"}
    ).json()
    for members in (
        {"operationId": "plantTree"},
        {"method": "POST", "path": "/trees"},
    ):
        answer = call(
            client,
            **members,
            query={"limit": 5},
            headers={"Idempotency-Key": "once"},
            body={"kind": "oak"},
        )
        assert answer.status_code == 200
        said = answer.json()
        for name in ("method", "target", "body"):
            assert said[name] == direct[name]
        seen, expected = headers_of(said), headers_of(direct)
        for name in ("content-type", "idempotency-key", "authorization", "content-length"):
            assert seen[name] == expected[name]
        assert KEY not in json.dumps(said)


def test_members_as_strings(client: httpx.Client) -> None:
    answer = call(
        client,
        operationId="plantTree",
        query='{"limit": 5}',
        headers='{"Idempotency-Key": "once"}',
        body='{"kind": "oak",  "age": 1}',
    )
    said = answer.json()
    assert (said["target"], said["body"]) == ("/trees?limit=5", '{"kind": "oak",  "age": 1}')


def test_both_paths_and_a_body_that_is_compressed(client: httpx.Client) -> None:
    import gzip

    data = gzip.compress(b'{"operationId": "listTrees"}')
    sent = {"content-encoding": "gzip", "content-type": "application/json"}
    assert client.post("/-/proxy", content=data, headers=sent).json()["target"] == "/trees"


def test_forms_are_written_by_the_operation(client: httpx.Client) -> None:
    answer = call(client, operationId="note", body={"a": [1, 2], "b": {"c": "x&y"}})
    said = answer.json()
    assert said["body"] == "a=1&a=2&b%5Bc%5D=x%26y"
    assert headers_of(said)["content-type"] == FORM


def test_the_inner_request_is_checked(client: httpx.Client) -> None:
    assert error(call(client, operationId="plantTree", body={"age": "old"}))[:2] == (
        400,
        "invalid_body",
    )
    answer = call(client, operationId="listTrees", query={"limit": "many"})
    assert error(answer) == (400, "invalid_parameter", "limit")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"operationId": "upload", "body": {}}, (415, "unsupported_media_type", "/body")),
        ({"operationId": "makeKey"}, (403, "operation_not_allowed", None)),
        ({"method": "POST", "path": "/v1/proxy"}, (400, "invalid_envelope", "")),
        ({"method": "GET", "path": "http://h/trees"}, (400, "invalid_envelope", "/path")),
        ({"method": "GET", "path": "/elsewhere"}, (404, "not_found", "/path")),
        ({"operationId": "getTree", "pathparams": {}}, (400, "invalid_envelope", "/pathparams")),
        (
            {"operationId": "getTree", "path_params": {"id": "../keys"}},
            (400, "invalid_path", "/path_params"),
        ),
        (
            {"operationId": "getTree", "path_params": {"id": "a"}, "headers": {"X-Relay-Key": "b"}},
            (400, "invalid_envelope", "/headers/X-Relay-Key"),
        ),
    ],
)
def test_refused(
    client: httpx.Client, members: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    assert error(call(client, **members)) == expected


def test_what_is_no_envelope(client: httpx.Client) -> None:
    assert error(client.post("/v1/proxy", content=b"{", headers=JSON))[:2] == (400, "invalid_json")
    assert error(client.post("/v1/proxy", content=b"", headers=JSON))[0] == 400
    assert (
        error(client.post("/v1/proxy", content=b"x", headers={"content-type": "text/plain"}))[0]
        == 415
    )
    assert client.get("/v1/proxy").status_code == 405


JSON = {"content-type": "application/json"}


def test_an_envelope_has_a_largest_size(client: httpx.Client) -> None:
    data = b'{"operationId": "plantTree", "body": "' + b"x" * (32 << 20) + b'"}'
    assert error(client.post("/v1/proxy", content=data, headers=JSON))[:2] == (
        413,
        "body_too_large",
    )


def test_the_key_is_the_callers(client: httpx.Client) -> None:
    bare = {"authorization": ""}
    assert (
        client.post("/v1/proxy", json={"operationId": "listTrees"}, headers=bare).status_code == 401
    )
    assert error(call(client, operationId="administer"))[:2] == (403, "key_not_allowed")
    admin = {"authorization": "", "x-relay-key": "an-admin-key"}
    answer = client.post("/v1/proxy", json={"operationId": "administer"}, headers=admin)
    assert headers_of(answer.json())["x-admin"] == "upstream-admin-key"
    assert "an-admin-key" not in answer.text


def test_an_open_operation_needs_the_key_of_the_envelope_only(client: httpx.Client) -> None:
    assert call(client, method="GET", path="/-/health").json() == {"status": "ok"}


def test_head_has_no_body_and_promises_none(contract: Contract) -> None:
    answer = respond(headers=[("Content-Length", "100"), ("X-Count", "7")], length=False)
    with (
        RawUpstream(lambda _: answer) as upstream,
        gateway(contract, upstream.url, **ENV) as client,
    ):
        got = call(client, operationId="countTrees")
        assert (got.status_code, got.content, got.headers["x-count"]) == (200, b"", "7")
        refused = call(client, operationId="countTrees", query={"a": "%"}, headers={"b": 1})
        assert error(refused)[:2] == (400, "invalid_envelope")


def test_an_error_of_ours_answers_head_in_full(contract: Contract) -> None:
    with gateway(contract, "http://127.0.0.1:9", **ENV) as client:
        assert error(call(client, operationId="countTrees"))[:2] == (502, "upstream_unreachable")


def test_a_trace_goes_on(client: httpx.Client) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    sent = {"traceparent": trace, "x-odd": "1", "cookie": "a=b"}
    answer = client.post("/v1/proxy", json={"operationId": "listTrees"}, headers=sent)
    seen = headers_of(answer.json())
    assert seen["traceparent"] == trace
    assert not {"x-odd", "cookie", "x-relay-key", "origin"} & set(seen)


def test_a_connection_is_kept_after_a_refusal(client: httpx.Client) -> None:
    answer = call(client, operationId="plantTree", body={})
    assert answer.status_code == 400
    assert answer.headers.get("connection") != "close"


def test_both_lines_of_the_log_name_the_envelope(client: httpx.Client) -> None:
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handler = QueueHandler(records)
    logger = logging.getLogger("specrelay.access")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        answer = call(client, operationId="getTree", path_params={"id": "oak"})
        lines: list[Exchange] = [records.get(timeout=5).__dict__["exchange"] for _ in range(2)]
    finally:
        logger.removeHandler(handler)
    inner, outer = lines
    assert inner.operation is not None
    assert outer.operation is not None
    assert (inner.operation.id, outer.operation.id) == ("getTree", "proxyRequest")
    assert inner.parent_id == outer.request_id
    assert answer.headers["x-relay-request-id"] == inner.request_id
    assert inner.key_id == outer.key_id
    assert inner.bytes_out == outer.bytes_out == len(answer.content)


def test_status_headers_and_bytes_come_through(contract: Contract) -> None:
    data = bytes(range(256)) * 64
    answer = respond(data, "418 Odd", [("Content-Type", "image/png"), ("X-Tree", "oak")])
    with (
        RawUpstream(lambda _: answer) as upstream,
        gateway(contract, upstream.url, **ENV) as client,
    ):
        got = call(client, operationId="listTrees")
    assert (got.status_code, got.content) == (418, data)
    assert (got.headers["content-type"], got.headers["x-tree"]) == ("image/png", "oak")


EVENTS = respond(
    headers=[("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")], length=False
)


def test_events_pass_as_they_come(contract: Contract) -> None:
    async def answer() -> AsyncIterator[bytes | Act]:
        yield EVENTS + chunk(b"data: 1\n\n")
        await released.wait()
        yield chunk(b"data: 2\n\n") + chunk(b"")

    released = asyncio.Event()
    with (
        RawUpstream(lambda _: answer()) as upstream,
        gateway(contract, upstream.url, **ENV) as client,
    ):
        members = {"operationId": "listTrees"}
        with client.stream("POST", "/v1/proxy", json=members) as got:
            assert got.headers["content-type"] == "text/event-stream"
            parts = got.iter_raw()
            assert next(parts) == b"data: 1\n\n"
            upstream._loop.call_soon_threadsafe(released.set)
            assert b"".join(parts) == b"data: 2\n\n"


def test_a_client_that_goes_away_frees_the_upstream(contract: Contract) -> None:
    async def answer(_: RawRequest) -> AsyncIterator[bytes | Act]:
        yield EVENTS + chunk(b"data: 1\n\n")
        yield Act.HOLD

    with (
        RawUpstream(answer) as upstream,
        gateway(contract, upstream.url, **ENV) as client,
    ):
        members = {"operationId": "listTrees"}
        with client.stream("POST", "/v1/proxy", json=members) as got:
            next(got.iter_raw())
        assert upstream.wait(lambda up: up.gone, 2)


def test_a_client_that_goes_away_before_the_answer(contract: Contract) -> None:
    with RawUpstream(lambda _: None) as upstream, gateway(contract, upstream.url, **ENV) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/proxy", json={"operationId": "listTrees"}, timeout=0.5)
        assert upstream.wait(lambda up: up.gone, 2)


def test_a_cut_is_no_success(contract: Contract) -> None:
    async def answer() -> AsyncIterator[bytes | Act]:
        yield respond(headers=[("Content-Length", "100")], length=False) + b"half"
        yield Act.RESET

    with (
        RawUpstream(lambda _: answer()) as upstream,
        gateway(contract, upstream.url, **ENV) as client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        call(client, operationId="listTrees")


def test_without_keys_no_other_site_gets_in(contract: Contract) -> None:
    with echoing(contract, **{**ENV, "RELAY_KEY": "", "RELAY_ADMIN_KEY": ""}) as client:
        del client.headers["authorization"]
        assert call(client, operationId="listTrees").status_code == 200
        for sent in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
            answer = client.post("/v1/proxy", json={"operationId": "listTrees"}, headers=sent)
            assert answer.status_code == 403


def test_cors_fields_stand_once(contract: Contract) -> None:
    origin = "https://app.example"
    with echoing(contract, **{**ENV, "CORS_ORIGINS": origin}) as client:
        sent = {"origin": origin}
        answer = client.post("/v1/proxy", json={"operationId": "listTrees"}, headers=sent)
        assert answer.headers.get_list("access-control-allow-origin") == [origin]

import gzip
import json
from typing import Any

import httpx
import pytest

from gateway.contract.model import Contract
from tests.local.gateways import KEY, gateway
from tests.local.trees import ENV, FORM, call, error, headers_of
from tests.rawhttp import respond
from tests.servers import RawUpstream

JSON = {"content-type": "application/json"}


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


def test_head_has_no_body_and_promises_none(trees: Contract) -> None:
    answer = respond(headers=[("Content-Length", "100"), ("X-Count", "7")], length=False)
    with (
        RawUpstream(lambda _: answer) as upstream,
        gateway(trees, upstream.url, **ENV) as client,
    ):
        got = call(client, operationId="countTrees")
        assert (got.status_code, got.content, got.headers["x-count"]) == (200, b"", "7")
        refused = call(client, operationId="countTrees", query={"a": "%"}, headers={"b": 1})
        assert error(refused)[:2] == (400, "invalid_envelope")


def test_an_error_of_ours_answers_head_in_full(trees: Contract) -> None:
    with gateway(trees, "http://127.0.0.1:9", **ENV) as client:
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

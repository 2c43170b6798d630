import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import RelayError
from gateway.local.catalogue import local_operations
from gateway.local.envelope_members import Members, read_envelope
from gateway.local.inner_request import MAX_HEAD, InnerRequest, InnerRequests
from tests.local.documents import body, contract_of, document, operation, parameter

TEXT = {"type": "string"}
ANSWERS_101 = {"responses": {"101": {"description": "A socket."}}}
PATHS = {
    "/trees": {
        "get": operation("listTrees", parameters=[parameter("limit", "query", TEXT)]),
        "post": operation("plantTree", **body("application/json", {"type": "object"})),
    },
    "/trees?beta=true": {"get": operation("listBetaTrees")},
    "/trees/{id}": {"get": operation("getTree", parameters=[parameter("id", "path", TEXT)])},
    "/trees/mine": {"get": operation("getMine")},
    "/trees/{id}/leaf/{leaf}.json": {"get": operation("getLeaf")},
    "/raw/{id}": {"get": operation("getRaw", **{"x-gateway": {"raw-path": True}})},
    "/keys": {"post": operation("makeKey", **{"x-gateway": {"actions": "never"}})},
    "/live": {"get": operation("live", **ANSWERS_101)},
}


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InnerRequests]:
    servers = [{"url": "https://api.example/v2"}]
    path: Path = tmp_path_factory.mktemp("document")
    contract = contract_of(document(PATHS, servers=servers), path)
    own = {each.id: each for each in local_operations(contract)}
    yield InnerRequests(replace(contract, operations={**contract.operations, **own}))


def named(requests: InnerRequests, identity: str, **members: Any) -> InnerRequest:
    return requests.build(Members(operation_id=identity, **members))


def placed(requests: InnerRequests, method: str, path: str, **members: Any) -> InnerRequest:
    return requests.build(Members(method=method, path=path, **members))


def test_by_name(requests: InnerRequests) -> None:
    request = named(requests, "getTree", path_params={"id": "a+b ü?"})
    assert request.method == "GET"
    assert request.raw_path == b"/v2/trees/a%2Bb%20%C3%BC%3F"


def test_by_path(requests: InnerRequests) -> None:
    request = placed(requests, "GET", "/v2/trees/oak tree%20ü", query={"a": [1, True]})
    assert request.operation.id == "getTree"
    assert request.raw_path == b"/v2/trees/oak%20tree%20%C3%BC"
    assert request.query_string == b"a=1&a=true"


def test_literal_parts_of_a_segment(requests: InnerRequests) -> None:
    request = named(requests, "getLeaf", path_params={"id": 7, "leaf": "x"})
    assert request.raw_path == b"/v2/trees/7/leaf/x.json"


def test_the_fixed_part_of_a_query(requests: InnerRequests) -> None:
    assert named(requests, "listBetaTrees").query_string == b"beta=true"
    request = placed(requests, "GET", "/v2/trees", query={"beta": True, "limit": "1"})
    assert request.operation.id == "listBetaTrees"
    assert placed(requests, "GET", "/v2/trees").operation.id == "listTrees"


def test_local_operations_are_reached(requests: InnerRequests) -> None:
    assert placed(requests, "GET", "/health").operation.id == "health"


REFUSED: list[tuple[dict[str, Any], str, int, str | None]] = [
    ({"operation_id": "getTee"}, "invalid_envelope", 400, "/operationId"),
    ({"operation_id": "getTree"}, "invalid_envelope", 400, "/path_params/id"),
    (
        {"operation_id": "listTrees", "path_params": {"id": "x"}},
        "invalid_envelope",
        400,
        "/path_params/id",
    ),
    (
        {"operation_id": "getTree", "path_params": {"id": ""}},
        "invalid_envelope",
        400,
        "/path_params/id",
    ),
    (
        {"operation_id": "getTree", "path_params": {"id": {"a": [1]}}},
        "invalid_envelope",
        400,
        "/path_params/id",
    ),
    (
        {"operation_id": "getTree", "path_params": {"id": "a/b"}},
        "invalid_path",
        400,
        "/path_params",
    ),
    (
        {"operation_id": "getTree", "path_params": {"id": ".."}},
        "invalid_envelope",
        400,
        "/path_params",
    ),
    (
        {"operation_id": "getRaw", "path_params": {"id": ".."}},
        "invalid_envelope",
        400,
        "/path_params",
    ),
    (
        {"operation_id": "getTree", "path_params": {"id": "mine"}},
        "invalid_envelope",
        400,
        "/path_params",
    ),
    ({"operation_id": "makeKey"}, "operation_not_allowed", 403, None),
    ({"operation_id": "live"}, "invalid_envelope", 400, ""),
    ({"operation_id": "proxyRequest"}, "invalid_envelope", 400, ""),
    ({"operation_id": "-/proxy"}, "invalid_envelope", 400, ""),
    ({"method": "POST", "path": "/v1/proxy"}, "invalid_envelope", 400, ""),
    ({"method": "POST", "path": "/-/proxy"}, "invalid_envelope", 400, ""),
    ({"method": "POST", "path": "/v2/keys"}, "operation_not_allowed", 403, None),
    ({"method": "GET", "path": "/v2/live"}, "invalid_envelope", 400, ""),
    ({"method": "GET", "path": "/trees"}, "not_found", 404, "/path"),
    ({"method": "GET", "path": "/v2/trees/"}, "not_found", 404, "/path"),
    ({"method": "DELETE", "path": "/v2/trees"}, "method_not_allowed", 405, "/method"),
    ({"method": "get", "path": "/v2/trees"}, "invalid_envelope", 400, "/method"),
    ({"method": "GET", "path": "https://api.example/v2/trees"}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": "//evil.example/v2/trees"}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": "v2/trees"}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": ""}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": "/v2/trees?limit=1"}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": "/v2/trees#a"}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": "/v2/trees/{id}"}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": "/v2/trees/../keys"}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": "/v2/raw/%2e%2E"}, "invalid_envelope", 400, "/path"),
    ({"method": "GET", "path": "/v2/trees/a%2fb"}, "invalid_path", 400, "/path"),
    ({"method": "GET", "path": "/v2/trees/a\\b"}, "invalid_path", 400, "/path"),
    ({"method": "GET", "path": "/v2/trees/%zz"}, "invalid_path", 400, "/path"),
    ({"method": "GET", "path": "/v2/trees/a\0"}, "invalid_path", 400, "/path"),
    ({"operation_id": "listTrees", "query": {"a": [[1]]}}, "invalid_envelope", 400, "/query/a"),
    ({"operation_id": "listTrees", "query": {"a": "x" * MAX_HEAD}}, "invalid_envelope", 400, ""),
]


@pytest.mark.parametrize(("members", "code", "status", "param"), REFUSED)
def test_refused(
    requests: InnerRequests, members: dict[str, Any], code: str, status: int, param: str | None
) -> None:
    with pytest.raises(RelayError) as caught:
        requests.build(Members(**members))
    assert (caught.value.code, caught.value.status, caught.value.param) == (code, status, param)


def test_a_wrong_name_gets_a_suggestion(requests: InnerRequests) -> None:
    with pytest.raises(RelayError, match="Did you mean 'getTree'"):
        named(requests, "getTee")
    with pytest.raises(RelayError, match="/-/docs"):
        named(requests, "somethingElse")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["listTrees", "plantTree", "getTree", "getLeaf", "getRaw", "-/health"])
OBJECTS = st.dictionaries(st.sampled_from(["id", "leaf", "limit", "beta"]) | st.text(), VALUES)


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {"operationId": NAMES},
        optional={"path_params": OBJECTS, "query": OBJECTS, "headers": OBJECTS, "body": VALUES},
    )
    | st.fixed_dictionaries(
        {"method": st.sampled_from(["GET", "POST"]), "path": st.text().map("/v2/trees/{}".format)},
        optional={"query": OBJECTS, "headers": OBJECTS, "body": VALUES},
    )
    | VALUES
)
def test_whatever_comes_is_a_request_or_a_clear_refusal(requests: InnerRequests, said: Any) -> None:
    try:
        request = requests.build(read_envelope(json.dumps(said).encode("utf-8", "surrogatepass")))
    except RelayError as error:
        assert 400 <= error.status < 500
        return
    assert request.raw_path.isascii()
    assert not {b".", b".."} & set(unquote_to_bytes(request.raw_path).split(b"/"))
    assert not re.search(rb"[\x00-\x20#]", request.raw_path + request.query_string)

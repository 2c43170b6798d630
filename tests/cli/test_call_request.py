"""Where the parameters of a call go."""

import pytest
from cyclopts import CycloptsError

from gateway.cli.call_request import CallRequest, build_request, find_operation, form_body, pairs
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract

DOCUMENT = """\
openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: /v1}]
paths:
  /a/{id}/{kind}{list}?beta=true:
    get:
      operationId: read
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: kind, in: path, required: true, style: matrix, schema: {type: string}}
        - {name: list, in: path, required: true, style: label, schema: {type: array, items: {}}}
        - {name: q, in: query, schema: {type: string}}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: filter, in: query, style: deepObject, schema: {type: object}}
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: one, in: cookie, schema: {type: string}}
        - {name: two, in: cookie, schema: {type: string}}
      responses: {'200': {description: ok}}
  /b:
    post:
      operationId: write
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded: {schema: {type: object}}
          application/json: {schema: {type: object}}
      responses: {'200': {description: ok}}
  /c:
    post:
      operationId: upload
      requestBody: {content: {multipart/form-data: {schema: {type: object}}}}
      responses: {'200': {description: ok}}
  /ws:
    get:
      operationId: talk
      responses: {'101': {description: upgraded}}
"""
REQUIRED = (("id", "1"), ("kind", "k"), ("list", "1,2"))


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    folder = tmp_path_factory.mktemp("call")
    (folder / "api.yaml").write_text(DOCUMENT, encoding="utf-8")
    return load_contract(folder / "api.yaml", folder / "cache")


def build(
    contract: Contract, name: str, params: tuple[tuple[str, str], ...] = (), body: str | None = None
) -> CallRequest:
    return build_request(contract.operations[name], params, body)


def refusal(contract: Contract, *args: object) -> str:
    with pytest.raises(CycloptsError) as caught:
        build(contract, *args)  # type: ignore[arg-type]
    return str(caught.value)


def test_path_and_fixed_query(contract: Contract) -> None:
    found = build(contract, "read", (("id", "a/b c"), ("kind", "k,l"), ("list", "1,2")))
    assert found == CallRequest("GET", "/v1/a/a%2Fb%20c/;kind=k%2Cl.1,2?beta=true", ())


def test_query_header_and_cookie(contract: Contract) -> None:
    params = (
        ("q", "a&b=c"),
        ("ids", "1,2"),
        ("filter[x]", "1"),
        ("q", "again"),
        ("x-trace", "t"),
        ("one", "1"),
        ("two", "2"),
    )
    found = build(contract, "read", REQUIRED + params)
    assert found.target.partition("?")[2] == ("beta=true&q=a%26b%3Dc&ids=1,2&filter[x]=1&q=again")
    assert found.headers == (("x-trace", "t"), ("Cookie", "one=1; two=2"))


def test_media_types(contract: Contract) -> None:
    assert build(contract, "write", (), "body").media_type == "application/json"
    assert build(contract, "write", (), "fields").media_type == "application/x-www-form-urlencoded"
    assert build(contract, "upload", (), "fields").media_type == "multipart/form-data"
    assert build(contract, "upload").media_type is None
    assert form_body([("a", "1 2"), ("b[]", "é")]) == b"a=1+2&b%5B%5D=%C3%A9"


def test_refusals(contract: Contract) -> None:
    assert refusal(contract, "read", REQUIRED[:1]).endswith("--param kind=… --param list=…")
    assert "Did you mean 'filter'?" in refusal(contract, "read", (*REQUIRED, ("filtre", "1")))
    assert "takes no body" in refusal(contract, "read", REQUIRED, "body")
    assert "give --body or --field" in refusal(contract, "write")
    assert "give --field" in refusal(contract, "upload", (), "body")
    with pytest.raises(CycloptsError, match="NAME=VALUE"):
        pairs(["a"], "--param")
    assert pairs(["a=b=c", "d="], "--param") == [("a", "b=c"), ("d", "")]


def test_operations_by_name(contract: Contract) -> None:
    assert find_operation(contract.operations, "read").id == "read"
    with pytest.raises(CycloptsError, match="Did you mean 'write'"):
        find_operation(contract.operations, "wriet")
    with pytest.raises(CycloptsError, match="WebSocket"):
        find_operation(contract.operations, "talk")

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.model import Operation
from gateway.errors import RelayError
from gateway.local.inner_parameters import write_headers, write_path, write_query
from tests.local.documents import contract_of, document, operation, parameter

LIST = {"type": "array", "items": {"type": "string"}}
OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
TEXT = {"type": "string"}
PARAMETERS = [
    parameter("path", "path", LIST, style="matrix", explode=True),
    parameter("other", "path", TEXT),
    parameter("repeated", "query", LIST),
    parameter("joined", "query", LIST, explode=False),
    parameter("piped", "query", LIST, style="pipeDelimited", explode=False),
    parameter("deep", "query", OBJECT, style="deepObject"),
    parameter("include[]", "query", LIST),
    {"name": "filter", "in": "query", "content": {"application/json": {"schema": OBJECT}}},
    parameter("X-Tags", "header", LIST),
    parameter("Idempotency-Key", "header", TEXT),
    parameter("Authorization", "header", TEXT),
    parameter("X-Relay-Key", "header", TEXT),
    parameter("Content-Length", "header", TEXT),
    parameter("Transfer-Encoding", "header", TEXT),
    parameter("session", "cookie", TEXT),
]


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Operation:
    folder: Path = tmp_path_factory.mktemp("document")
    paths = {"/a{path}/b%20c/{other}": {"get": operation("get", parameters=PARAMETERS)}}
    return contract_of(document(paths), folder).operations["get"]


def test_a_path(declared: Operation) -> None:
    written = write_path(declared, {"path": ["x;y", "z"], "other": True})
    assert written == b"/a;path=x%3By;path=z/b%20c/true"


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ({"repeated": ["a b", "c"]}, b"repeated=a%20b&repeated=c"),
        ({"repeated": "one"}, b"repeated=one"),
        ({"joined": ["a,b", "c"]}, b"joined=a%2Cb,c"),
        ({"piped": ["a", "b"]}, b"piped=a%7Cb"),
        ({"deep": {"a": "1", "b": {"c": 2}}}, b"deep%5Ba%5D=1&deep%5Bb%5D%5Bc%5D=2"),
        ({"include": ["a", "b"]}, b"include%5B%5D=a&include%5B%5D=b"),
        ({"include[]": ["a"]}, b"include%5B%5D=a"),
        ({"filter": {"a": "1"}}, b"filter=%7B%22a%22%3A%20%221%22%7D"),
        ({"more": 1.5, "most": False}, b"more=1.5&most=false"),
        ({"more": {"a": 1}}, b"more%5Ba%5D=1"),
        ({"a&b=c": "d#e"}, b"a%26b%3Dc=d%23e"),
    ],
)
def test_a_query(declared: Operation, query: dict[str, Any], written: bytes) -> None:
    assert write_query(declared, query) == written


def test_headers(declared: Operation) -> None:
    given = {"x-tags": ["a", "b"], "idempotency-KEY": " ü "}
    assert dict(write_headers(declared, given)) == {
        b"x-tags": b"a,b",
        b"idempotency-key": "ü".encode(),
    }


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"X-Other": "a"}, "/headers/X-Other"),
        ({"Authorization": "a"}, "/headers/Authorization"),
        ({"X-Relay-Key": "a"}, "/headers/X-Relay-Key"),
        ({"Content-Length": "0"}, "/headers/Content-Length"),
        ({"Transfer-Encoding": "chunked"}, "/headers/Transfer-Encoding"),
        ({"Cookie": "session=a"}, "/headers/Cookie"),
        ({"session": "a"}, "/headers/session"),
        ({"X-Tags": "a\r\nX-Relay-Key: b"}, "/headers/X-Tags"),
        ({"X-Tags": [{"a": 1}]}, "/headers/X-Tags"),
        ({"X-Tags": "a", "x-tags": "b"}, "/headers"),
    ],
)
def test_headers_that_are_refused(declared: Operation, given: dict[str, Any], param: str) -> None:
    with pytest.raises(RelayError) as caught:
        write_headers(declared, given)
    assert (caught.value.code, caught.value.param) == ("invalid_envelope", param)
    assert caught.value.status == 400


def test_every_finding_is_told(declared: Operation) -> None:
    with pytest.raises(RelayError) as caught:
        write_path(declared, {"othr": "a"})
    assert [finding.param for finding in caught.value.errors] == [
        *("/path_params/path", "/path_params/other", "/path_params/othr")
    ]
    assert "Did you mean 'other'" in caught.value.errors[2].message

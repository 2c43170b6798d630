import json
from pathlib import Path
from typing import Any

import pytest

from codegen.actions.projection import project_actions
from gateway.actions.adapter import Adapter
from gateway.errors import RelayError
from gateway.projection import Call
from tests.local.documents import body, contract_of, document, operation, parameter

STRINGS = {"type": "array", "items": {"type": "string"}}
PATHS = {
    "/things/{id}": {
        "post": operation(
            "makeThing",
            parameters=[
                parameter("id", "path", {"type": "string"}),
                parameter("tags", "query", STRINGS, explode=False),
                parameter("stream", "query", {"type": "boolean"}),
                parameter("X-Trace", "header", {"type": "string"}),
            ],
            requestBody={
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "id": {"type": "integer"},
                                "map": {"type": "object"},
                                "stream": {"type": "boolean"},
                            },
                        }
                    }
                },
            },
        )
    },
    "/things/latest": {"post": operation("makeLatest")},
    "/lists": {"post": operation("sendList", **body("application/json", STRINGS))},
    "/notes": {"post": operation("sendNote", **body("text/plain", {"type": "string"}))},
    "/forms": {
        "post": operation(
            "sendForm",
            **body(
                "application/x-www-form-urlencoded",
                {"type": "object", "properties": {"to": STRINGS}},
            ),
        )
    },
    "/optional": {
        "post": operation(
            "sendOptional",
            **body("application/json", {"type": "object", "properties": {"a": {"type": "string"}}}),
        )
    },
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Adapter, dict[str, Call]]:
    folder: Path = tmp_path_factory.mktemp("document")
    contract = contract_of(document(PATHS), folder)
    sets, _ = project_actions(contract)
    return Adapter(contract), {call.name: call for call in sets["main"].calls}


Made = tuple[Adapter, dict[str, Call]]


def test_everything_goes_to_its_own_place(made: Made) -> None:
    adapter, calls = made
    said = {"body_id": 3, "map": '{"a": 1}'}
    query = b"tags=a,b&X-Trace=t1"
    found = adapter.http_request(calls["makeThing"], ["a b"], query, json.dumps(said).encode())
    assert found.method == "POST"
    assert found.raw_path == b"/things/a%20b"
    assert found.query_string == b"tags=a,b&stream=false"
    assert found.headers == ((b"x-trace", b"t1"),)
    assert found.body is not None
    assert found.body[1] == b"application/json"
    assert json.loads(found.body[0]) == {"id": 3, "map": {"a": 1}, "stream": False}


def test_a_tool_call_is_flat_and_its_nulls_are_absence(made: Made) -> None:
    adapter, calls = made
    given = {"id": "x", "tags": None, "map": None, "X-Trace": None, "body_id": 4}
    found = adapter.tool_request(calls["makeThing"], given)
    assert (found.query_string, found.headers) == (b"stream=false", ())
    assert found.body is not None
    assert json.loads(found.body[0]) == {"id": 4, "stream": False}


@pytest.mark.parametrize(
    ("name", "given", "content", "media_type"),
    [
        ("sendList", {"body": ["a", "b"]}, b'["a","b"]', b"application/json"),
        ("sendNote", {"body": '{"a": 1}'}, b'{"a": 1}', b"text/plain"),
        ("sendForm", {"to": ["a", "b"]}, b"to=a&to=b", b"application/x-www-form-urlencoded"),
    ],
)
def test_bodies_of_every_kind(
    made: Made, name: str, given: Any, content: bytes, media_type: bytes
) -> None:
    adapter, calls = made
    assert adapter.tool_request(calls[name], given).body == (content, media_type)


def test_an_empty_body_is_sent_where_one_came_or_is_needed(made: Made) -> None:
    adapter, calls = made
    optional = calls["sendOptional"]
    assert adapter.http_request(optional, [], b"", b"").body is None
    assert adapter.http_request(optional, [], b"", b"{}").body == (b"{}", b"application/json")
    assert adapter.tool_request(optional, {}).body is None
    needed = adapter.http_request(calls["makeThing"], ["x"], b"", b"").body
    assert needed == (b'{"stream":false}', b"application/json")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "invalid_body"),
        ({"id": "x", "more": 1}, "invalid_body"),
        ({"id": "x", "map": "no json"}, "invalid_body"),
        ({"id": ".."}, "invalid_parameter"),
        ({"id": ""}, "invalid_parameter"),
        ({"id": "latest"}, "invalid_parameter"),
        ({"id": "x", "tags": {"a": {"b": 1}}}, "invalid_parameter"),
        ({"id": "x", "X-Trace": "a\nb"}, "invalid_parameter"),
    ],
)
def test_what_cannot_be_mapped_is_refused(made: Made, given: Any, code: str) -> None:
    adapter, calls = made
    with pytest.raises(RelayError) as raised:
        adapter.tool_request(calls["makeThing"], given)
    assert raised.value.code == code
    assert "envelope" not in raised.value.message

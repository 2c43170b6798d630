import base64
from dataclasses import replace
from typing import Any

import pytest

from gateway.actions.base64_members import Base64Search, decoded, success_schema
from gateway.contract.model import Answer, Contract

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(1000)).decode()
FILE = {"type": "string", "contentEncoding": "base64"}
DOCUMENT = {
    "components": {
        "schemas": {
            "Image": {
                "type": "object",
                "properties": {"b64_json": FILE, "name": {"type": "string"}},
            },
            "Node": {
                "type": "object",
                "properties": {
                    "data": {"type": ["string", "null"], "format": "byte"},
                    "next": {"$ref": "#/components/schemas/Node"},
                },
            },
        }
    }
}
REF = {"$ref": "#/components/schemas/Image"}


def found(value: Any, schema: Any) -> list[tuple[Any, str]]:
    search = Base64Search(DOCUMENT)
    return [(each.key, each.media_type) for each in search.members(value, [schema])]


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ({"b64_json": "aGVsbG8="}, REF),
        ({"b64_json": "aGVsbG8"}, {"allOf": [{"type": "object"}, REF]}),
        ({"b64_json": "aGVsbG8="}, {"anyOf": [{"type": "string"}, {"oneOf": [REF]}]}),
        ({"data": [{"b64_json": "aGVsbG8="}]}, {"properties": {"data": {"items": REF}}}),
        ([{"b64_json": "aGVsbG8="}], {"prefixItems": [REF]}),
        ({"x": {"b64_json": "aGVsbG8="}}, {"additionalProperties": REF}),
    ],
)
def test_what_the_schema_declares(value: Any, schema: Any) -> None:
    assert found(value, schema) == [("b64_json", "application/octet-stream")]


def test_a_schema_that_holds_itself() -> None:
    value = {"data": "AAAA", "next": {"data": "AAAA", "next": {"data": None}}}
    assert [key for key, _ in found(value, {"$ref": "#/components/schemas/Node"})] == ["data"] * 2


def test_what_the_bytes_tell() -> None:
    declared = {"properties": {"a": {**FILE, "contentMediaType": "application/x-tree"}}}
    assert found({"a": "aGVsbG8="}, declared) == [("a", "application/x-tree")]
    assert found({"a": PNG}, declared) == [("a", "image/png")]
    assert found({"result": PNG}, True) == [("result", "image/png")]


@pytest.mark.parametrize(
    "value",
    [
        {"text": "hello " * 1000},
        {"text": "A" * 5000},
        {"b64_json": ""},
        {"b64_json": None},
        {"b64_json": "https://files.example.com/a.png"},
        {"name": PNG[:60]},
        {"name": "//s" + "A" * 300},
        {"numbers": [0.1, 0.2]},
        "text",
        7,
    ],
)
def test_what_is_no_file(value: Any) -> None:
    assert found(value, REF) == []


def test_decoding() -> None:
    assert decoded("aGVsbG8=") == decoded("aGVsbG8") == decoded("aGVs\nbG8=") == b"hello"
    assert decoded("_-8=") == decoded("/+8=") == b"\xff\xef"
    assert decoded("a") is None
    assert decoded("é") is None


def test_the_schema_of_an_answer(plot: Contract) -> None:
    operation = plot.operations["takePhoto"]
    answers = tuple(
        Answer(status, {"application/json; charset=utf-8": {"schema": {"title": status}}}, {}, "")
        for status in ("default", "2XX", "201")
    )
    changed = replace(operation, answers=answers)
    titles = {status: success_schema(changed, status) for status in (201, 200, 404)}
    assert titles == {201: {"title": "201"}, 200: {"title": "2XX"}, 404: {"title": "default"}}
    assert success_schema(replace(operation, answers=()), 200) is True

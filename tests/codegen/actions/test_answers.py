from typing import Any

import pytest

from codegen.actions.answers import AnswerTrimmer, is_binary, plain
from tests.codegen.actions.documents import contract
from tests.local.documents import operation

NODE = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
TRIMMER = AnswerTrimmer({"components": {"schemas": {"Node": NODE}}})


def output(**members: Any) -> Any:
    found = TRIMMER.output({"type": "object", "properties": members, "required": list(members)})
    assert found is not None
    assert "required" not in found
    return found["properties"]


def test_plain_members_stay_without_bounds_and_values() -> None:
    found = output(a={"type": "string", "enum": ["x"], "description": "A."}, b={"type": "integer"})
    assert found == {"a": {"type": "string", "description": "A."}, "b": {"type": "integer"}}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        {"type": "array"},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "array", "items": {"type": "array", "items": {"type": "array", "items": {}}}},
    ],
)
def test_what_cannot_be_told_plainly_is_left_out(schema: Any) -> None:
    assert output(a=schema) == {}


def test_recursion_ends() -> None:
    assert output(a={"$ref": "#/components/schemas/Node"}) == {}


def test_null_is_told_to_tools_and_not_to_actions() -> None:
    found = TRIMMER.output({"type": "object", "properties": {"a": {"type": ["string", "null"]}}})
    assert found == {"type": "object", "properties": {"a": {"type": ["string", "null"]}}}
    assert plain(found)["properties"]["a"] == {"type": "string"}


def test_a_member_that_differs_between_alternatives_is_left_out() -> None:
    one = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    other = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
    found = TRIMMER.output({"oneOf": [one, other]})
    assert found is not None
    assert list(found["properties"]) == ["b"]


def test_an_answer_that_is_no_object_has_no_schema() -> None:
    assert TRIMMER.output({"type": "array", "items": {"type": "string"}}) is None
    assert TRIMMER.output(None) is None


@pytest.mark.parametrize(
    ("media_types", "binary"),
    [
        (["application/json"], False),
        (["text/plain"], False),
        (["application/json", "image/png"], False),
        (["application/xml"], False),
        (["text/event-stream"], False),
        ([], False),
        (["application/octet-stream"], True),
        (["audio/mpeg", "text/event-stream"], True),
        (["image/png; charset=x", "video/mp4"], True),
    ],
)
def test_bytes_are_what_is_neither_json_nor_text(media_types: list[str], binary: bool) -> None:
    answers = {"200": {"description": "Well.", "content": {each: {} for each in media_types}}}
    made = contract({"/x": {"get": operation("get", responses=answers)}})
    assert is_binary(made.operations["get"]) is binary

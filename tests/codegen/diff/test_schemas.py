from typing import Any

import pytest

from codegen.diff.schemas import SchemaComparer

CLOSED = {"type": "object", "additionalProperties": False}


def differences(old: Any, new: Any, olds: Any = None, news: Any = None) -> set[tuple[str, str]]:
    before = {"components": {"schemas": olds or {}}}
    after = {"components": {"schemas": news or {}}}
    found = SchemaComparer(before, after).compare(old, new, "body")
    return {(each.place, each.effect) for each in found}


def an_object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"type": "string"}, {"type": "string"}, set()),
        ({"type": "string"}, {"type": ["string", "null"]}, {("body", "wider")}),
        ({"type": ["string", "null"]}, {"type": "string"}, {("body", "narrower")}),
        ({"type": "integer"}, {"type": "number"}, {("body", "wider")}),
        ({"type": "number"}, {"type": "integer"}, {("body", "narrower")}),
        ({}, {"type": "string"}, {("body", "narrower")}),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, {("body", "narrower")}),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, {("body", "wider")}),
        ({"const": "a"}, {"enum": ["a", "b"]}, {("body", "wider")}),
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, {("body", "narrower")}),
        ({"type": "string", "enum": ["a"]}, {"type": "string"}, {("body", "wider")}),
        ({"minimum": 1}, {"minimum": 2}, {("body", "narrower")}),
        ({"minimum": 2}, {"minimum": 1}, {("body", "wider")}),
        ({"maxLength": 9}, {"maxLength": 8}, {("body", "narrower")}),
        ({"maxLength": 9}, {}, {("body", "wider")}),
        ({}, {"pattern": "^a"}, {("body", "narrower")}),
        ({"pattern": "^a"}, {"pattern": "^b"}, {("body", "other")}),
        ({"pattern": "^a"}, {}, {("body", "wider")}),
        ({"not": {"const": 1}}, {}, {("body", "other")}),
        ({"default": 1}, {"default": 2}, {("body", "default")}),
        ({}, {"default": 2}, {("body", "words")}),
        ({"description": "a"}, {"description": "b"}, {("body", "words")}),
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}, {("body", "narrower")}),
        (
            {"type": "array", "items": {"type": "string"}},
            {"type": "array", "items": {"type": "string", "minLength": 1}},
            {("body[]", "narrower")},
        ),
        ({"uniqueItems": True}, {}, {("body", "wider")}),
        (an_object(a={}), an_object(), {("body/a", "other")}),
        (an_object(), an_object(a={}), {("body/a", "added")}),
        (
            an_object(a={}),
            {**an_object(a={}), "required": ["a"]},
            {("body/a", "narrower")},
        ),
        ({"type": "object"}, CLOSED, {("body", "narrower")}),
        (CLOSED, {"type": "object"}, {("body", "wider")}),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
            {("body/*", "wider")},
        ),
        (True, False, {("body", "narrower")}),
        (
            {"anyOf": [{"type": "string"}, {"type": "number"}]},
            {"anyOf": [{"type": "string"}]},
            {("body", "narrower")},
        ),
        (
            {"anyOf": [{"type": "string"}]},
            {"anyOf": [{"type": "string"}, {"type": "number"}]},
            {("body", "wider")},
        ),
        (
            {"oneOf": [an_object(t={"const": "a"}), an_object(t={"const": "b"}, x={})]},
            {"oneOf": [an_object(t={"const": "b"}), an_object(t={"const": "a"})]},
            {("body(t=`b`)/x", "other")},
        ),
        (
            {"type": "string"},
            {"anyOf": [{"type": "string"}]},
            {("body", "other"), ("body", "wider")},
        ),
    ],
)
def test_effects(old: Any, new: Any, expected: set[tuple[str, str]]) -> None:
    assert differences(old, new) == expected


def test_all_of_is_the_same_as_what_it_says() -> None:
    merged = {"type": "object", "properties": {"a": {}}, "required": ["a"]}
    split = {"allOf": [an_object(a={}), {"required": ["a"]}]}
    assert differences(merged, split) == set()


def test_a_component_has_its_own_name() -> None:
    reference = {"$ref": "#/components/schemas/Name"}
    found = differences(
        an_object(a=reference),
        an_object(a=reference),
        olds={"Name": {"type": "string"}},
        news={"Name": {"type": "string", "minLength": 1}},
    )
    assert found == {("Name", "narrower")}


def test_recursion_ends() -> None:
    reference = {"$ref": "#/components/schemas/Node"}
    old = an_object(next=reference, value={"type": "string"})
    new = an_object(next=reference, value={"type": "integer"})
    found = differences(reference, reference, olds={"Node": old}, news={"Node": new})
    assert found == {("Node/value", "narrower"), ("Node/value", "wider")}

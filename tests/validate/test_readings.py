"""Trees of texts judged by a schema: valid where any reading is."""

import time
from typing import Any

import pytest

from gateway.contract.types import TypeReader
from gateway.validate.readings import MAX_FINDINGS, Shape, first_value, judge
from gateway.validate.styles import Tree
from tests.validate.declared import SchemaCheck, params

STRING, INTEGER = {"type": "string"}, {"type": "integer"}


def judged(schema: Any, *trees: Tree) -> list[str]:
    types = TypeReader({})
    members = {key: types.types(value) for key, value in types.properties(schema).items()}
    shape = Shape(types.types(schema), types.items(schema), members)
    return params(judge(trees, shape, SchemaCheck(schema), "p"))


@pytest.mark.parametrize(
    ("schema", "tree"),
    [
        ({"type": "string", "enum": ["1", "2"]}, "1"),
        ({"enum": ["1", "2"]}, "1"),
        ({"anyOf": [INTEGER, STRING]}, "1"),
        ({"anyOf": [{"type": "integer", "maximum": 5}, {"const": "12"}]}, "12"),
        ({"type": ["integer", "null"]}, ""),
        ({"type": "array", "items": STRING}, ["1", "true"]),
        ({"type": "array", "items": {"enum": ["1", 2, None, True]}}, ["1", "2", "null", "true"]),
        ({"type": "array", "items": INTEGER}, {"1": "20", "0": "10"}),
        ({"type": "array", "items": INTEGER, "maxItems": 2}, {"3": "20", "17": "10"}),
        ({"type": "object", "properties": {"0": STRING}}, {"0": "1"}),
        ({"type": "object", "properties": {"a": INTEGER}, "required": ["a"]}, {"a": "1"}),
        ({"type": "object", "properties": {"a": {"type": "array"}}}, {"a": "1"}),
        ({"type": "object", "additionalProperties": STRING}, {"a": "1", "b": "x", "c": "true"}),
        ({"type": "object", "additionalProperties": {"type": "array"}}, {"a": {"0": "1"}}),
        (
            {
                "type": "object",
                "properties": {
                    "a": {"type": "object", "properties": {"b": STRING, "c": INTEGER}},
                },
            },
            {"a": {"b": "1", "c": "2"}},
        ),
        ({"type": "array", "items": {"properties": {"x/y": STRING}}}, [{"x/y": "1"}]),
        ({"anyOf": [{"items": INTEGER}, {"items": STRING}], "type": "array"}, ["1", "2"]),
        ({"anyOf": [{"items": {"minimum": 9}}, {"items": STRING}], "type": "array"}, ["1", "2"]),
    ],
)
def test_a_valid_reading(schema: Any, tree: Tree) -> None:
    assert judged(schema, tree) == []


@pytest.mark.parametrize(
    ("schema", "tree", "found"),
    [
        (INTEGER, "x", ["p"]),
        ({"anyOf": [{"type": "integer", "maximum": 5}, {"const": "12"}]}, "13", ["p"]),
        ({"type": "array", "items": INTEGER}, ["1", "x", "y"], ["p/1", "p/2"]),
        ({"type": "array", "items": {"type": "integer", "maximum": 5}}, ["9", "1"], ["p/0"]),
        ({"type": "object", "properties": {"a": INTEGER}}, {"a": ["1", "2"]}, ["p/a"]),
        ({"type": "object", "properties": {"a/b": INTEGER}}, {"a/b": "x"}, ["p/a~1b"]),
        ({"type": "object", "required": ["a"]}, {"b": "1"}, ["p"]),
        (STRING, {"b": "1"}, ["p"]),
        (STRING, ["a", "b"], ["p"]),
    ],
)
def test_no_valid_reading(schema: Any, tree: Tree, found: list[str]) -> None:
    assert judged(schema, tree) == found


def test_any_tree_may_be_the_valid_one_and_the_nearest_is_told() -> None:
    schema = {"type": "array", "items": {"enum": ["a", "b"]}}
    assert judged(schema, ["a,b"], ["a", "b"]) == []
    assert judged(schema, ["x", "y"], ["a", "x"]) == ["p/1"]


def test_the_first_value_keeps_what_has_no_reading() -> None:
    shape = Shape(frozenset({"object"}), properties={"a": frozenset({"integer"})})
    value, found = first_value({"a": "x", "b": "2"}, shape)
    assert value == {"a": "x", "b": 2}
    assert [(finding.param, finding.message) for finding in found] == [("/a", "must be an integer")]


def test_many_texts_of_many_readings_are_judged_in_bounded_time() -> None:
    schema = {"type": "array", "items": {"anyOf": [{"const": 0}, {"const": "x"}]}}
    started = time.thread_time()
    found = judge([["1"] * 5000], Shape(frozenset({"array"})), SchemaCheck(schema), "p")
    assert len(found) == MAX_FINDINGS
    assert time.thread_time() - started < 5

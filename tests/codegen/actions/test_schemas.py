import json
from typing import Any

import pytest

from codegen.actions.schemas import MAX_DEPTH
from gateway.projection import Rewrite
from tests.codegen.actions.documents import body_call, of, sets_of, told
from tests.local.documents import body, operation

OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}


def kinds(schema: Any) -> Any:
    return {key: value for key, value in schema.items() if key != "description"}


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({"type": "string", "minLength": 1}, {"type": "string", "minLength": 1}),
        ({"type": ["string", "null"]}, {"type": "string"}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": "integer"}),
        ({"type": ["string", "null"], "enum": ["a", None]}, {"type": "string", "enum": ["a"]}),
        ({"const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"enum": [1, 2]}, {"type": "integer", "enum": [1, 2]}),
        ({"anyOf": [{"enum": ["a"]}, {"const": "b"}]}, {"type": "string", "enum": ["a", "b"]}),
        ({"anyOf": [{"type": "string"}, {"enum": ["b"]}]}, {"type": "string"}),
        ({"anyOf": [{"type": "number"}, {"type": "integer"}]}, {"type": "number"}),
        ({"type": "boolean", "default": True}, {"type": "boolean", "default": True}),
        ({"type": "string", "default": None}, {"type": "string"}),
        ({"type": "string", "pattern": "^a"}, {"type": "string"}),
        (
            {"allOf": [{"type": "integer", "minimum": 1}, {"minimum": 5, "maximum": 9}]},
            {"type": "integer", "minimum": 5, "maximum": 9},
        ),
        (
            {"type": "array", "items": {"type": "string"}},
            {"type": "array", "items": {"type": "string"}},
        ),
    ],
)
def test_what_has_a_plain_type_gets_it_and_no_rewrite(schema: Any, plain: Any) -> None:
    found, rewrites, _ = of("x", schema)
    assert kinds(found) == plain
    assert rewrites == []


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({}, ("array", "boolean", "integer", "null", "number", "object")),
        ({"type": "object"}, None),
        ({"type": "object", "additionalProperties": {"type": "string"}}, None),
        ({"anyOf": [{"type": "string"}, {"type": "array", "items": {}}]}, ("array",)),
        ({"anyOf": [{"type": "boolean"}, {"type": "integer"}]}, None),
        ({"anyOf": [{"enum": ["auto"]}, OBJECT]}, ("object",)),
        ({"type": ["object", "array"]}, None),
    ],
)
def test_what_has_no_plain_type_is_a_string_with_a_way_back(schema: Any, types: Any) -> None:
    found, rewrites, entries = of("x", schema)
    assert kinds(found) == {"type": "string"}
    assert "JSON" in found["description"]
    assert rewrites == [Rewrite(("x",), "json", types)]
    assert any("became a string" in each for each in told(entries))


def test_arrays_of_what_is_untyped_hold_strings() -> None:
    found, rewrites, _ = of("x", {"type": "array"})
    assert found["items"]["type"] == "string"
    assert rewrites[0].path == ("x", "*")


def test_every_object_has_properties() -> None:
    found, rewrites, _ = of("x", {"type": "object", "additionalProperties": False})
    assert found == {"type": "object", "properties": {}}
    assert rewrites == []


def test_all_of_is_one_object() -> None:
    both = {"allOf": [OBJECT, {"required": ["a", "b"], "properties": {"b": {"type": "integer"}}}]}
    found, _, _ = of("x", both)
    assert found == {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
    }


def test_alternatives_become_one_object_with_a_discriminating_enum() -> None:
    dog = {
        "type": "object",
        "required": ["kind", "bark"],
        "properties": {"kind": {"const": "dog"}, "bark": {"type": "integer"}},
    }
    cat = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"const": "cat"}, "mew": {"type": "string"}},
    }
    found, _, entries = of("x", {"oneOf": [dog, cat]})
    assert found["properties"]["kind"]["enum"] == ["dog", "cat"]
    assert found["required"] == ["kind"]
    assert found["properties"]["bark"]["description"] == "Only with kind dog."
    assert "2 alternatives became one object, told apart by kind" in told(entries)[0]


def test_a_root_union_is_merged_whatever_its_size() -> None:
    many = [
        {"type": "object", "properties": {"kind": {"const": f"k{n}"}, f"m{n}": {"type": "string"}}}
        for n in range(30)
    ]
    _, entries, content = body_call({"oneOf": many})
    assert len(content["properties"]) == 31
    assert len(content["properties"]["kind"]["enum"]) == 30
    assert any("30 alternatives" in each for each in told(entries))


def test_too_many_alternatives_below_the_root_become_a_string() -> None:
    many = [{"type": "object", "properties": {"kind": {"const": f"k{n}"}}} for n in range(9)]
    found, _, _ = of("x", {"oneOf": many})
    assert found["type"] == "string"
    assert "an object whose kind is k0, k1" in found["description"]


def test_a_member_of_several_types_is_text_or_json() -> None:
    one = {"type": "object", "properties": {"v": {"type": "string"}}}
    other = {"type": "object", "properties": {"v": {"type": "array", "items": {}}}}
    found, rewrites, _ = of("x", {"anyOf": [one, other]})
    assert found["properties"]["v"]["type"] == "string"
    assert rewrites == [Rewrite(("x", "v"), "json", ("array",))]


def test_depth_is_cut() -> None:
    schema: Any = OBJECT
    for _ in range(MAX_DEPTH + 2):
        schema = {"type": "object", "properties": {"in": schema}}
    found, rewrites, entries = of("x", schema)
    depth = 0
    while found["type"] == "object":
        found, depth = found["properties"]["in"], depth + 1
    assert depth == MAX_DEPTH
    assert len(rewrites) == 1
    assert any("objects deep" in entry.reason for entry in entries)


def test_names_that_nobody_takes_are_renamed_with_a_way_back() -> None:
    found, rewrites, entries = of(
        "x", {"type": "object", "required": ["a b"], "properties": {"a b": {"type": "integer"}}}
    )
    assert list(found["properties"]) == ["a_b"]
    assert found["required"] == ["a_b"]
    assert rewrites == [Rewrite(("x", "a_b"), "rename", "a b")]
    assert "body/x/a b: renamed a_b" in told(entries)


def test_read_only_members_are_left_out_and_told() -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string", "readOnly": True}, **OBJECT["properties"]},
    }  # type: ignore[dict-item]
    found, _, entries = of("x", schema)
    assert list(found["properties"]) == ["a"]
    assert "body/x/id: left out" in told(entries)


def test_losses_are_told() -> None:
    _, _, entries = of(
        "x", {"type": ["string", "null"], "pattern": "^a", "description": "A." * 500}
    )
    said = told(entries)
    assert "body/x: null is left out" in said
    assert "body/x: pattern not repeated" in said
    assert "body/x: description cut" in said


def test_additional_members_of_an_object_are_told() -> None:
    _, _, entries = of("x", {**OBJECT, "additionalProperties": True})
    assert "body/x: takes declared members only" in told(entries)


def test_a_tangle_of_references_stays_small() -> None:
    names = [f"S{n}" for n in range(40)]
    refs = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
    tangle = {"type": "object", "properties": refs}
    key = {"key": {"type": "http", "scheme": "bearer"}}
    said = operation("make", **body("application/json", tangle))
    sets, _ = sets_of(
        {"/x": {"post": said}},
        components={"schemas": dict.fromkeys(names, tangle), "securitySchemes": key},
    )
    assert len(json.dumps(sets["main"].document)) < 2_000_000

from typing import Any

import pytest

from gateway.contract.types import TypeReader, type_of

SCHEMAS: dict[str, Any] = {
    "Text": {"type": "string"},
    "Loop": {"$ref": "#/s/Loop"},
    "Self": {"anyOf": [{"$ref": "#/s/Self"}, {"type": "string"}]},
    "Many": {"oneOf": [{"$ref": "#/s/Many"} for _ in range(40)]},
}
READER = TypeReader({"s": SCHEMAS})


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        (True, ""),
        ({}, ""),
        ({"type": "string"}, "string"),
        ({"type": ["string", "null"]}, "string null"),
        ({"$ref": "#/s/Text"}, "string"),
        ({"const": 5}, "integer"),
        ({"enum": ["a", None, 1.5, True, [], {}]}, "string null number boolean array object"),
        ({"allOf": [{"title": "x"}, {"$ref": "#/s/Text"}]}, "string"),
        ({"anyOf": [{"type": "integer"}, {"$ref": "#/s/Text"}]}, "integer string"),
        ({"oneOf": [{"type": "integer"}, {}]}, ""),
        ({"properties": {}}, "object"),
        ({"additionalProperties": False}, "object"),
        ({"items": {}}, "array"),
        ({"$ref": "#/s/Loop"}, ""),
        ({"$ref": "#/s/Self"}, ""),
        ({"$ref": "#/s/Many"}, ""),
        ({"$ref": "#/nope"}, ""),
        ({"type": 5, "enum": "x", "allOf": {}}, ""),
    ],
)
def test_types(schema: Any, types: str) -> None:
    for _ in range(2):
        assert READER.types(schema) == set(types.split())


def test_items_and_members() -> None:
    schema = {
        "anyOf": [
            {"items": {"$ref": "#/s/Text"}},
            {"items": {"type": "integer"}, "allOf": [{"properties": {"a": {"$ref": "#/s/Text"}}}]},
        ],
        "properties": {"b": {}},
    }
    assert READER.items(schema) == {"string", "integer"}
    assert READER.properties(schema) == {"a": {"type": "string"}, "b": {}}
    assert READER.properties(True) == {}
    assert READER.properties({"$ref": "#/s/Many"}) == {}


def test_required() -> None:
    schema = {"required": ["a"], "allOf": [{"required": ["b"]}, {"anyOf": [{"required": ["c"]}]}]}
    assert READER.required(schema) == {"a", "b"}
    loop = TypeReader({"a": {"allOf": [{"$ref": "#/a"}], "required": ["x"]}})
    assert loop.required({"$ref": "#/a"}) == {"x"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "integer"),
        (1.5, "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_the_type_of_a_value(value: Any, kind: str) -> None:
    assert type_of(value) == kind

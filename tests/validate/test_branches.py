"""The alternatives of unions, as they are told apart."""

import pytest

from gateway.validate.branches import BranchReader, among
from gateway.validate.subschemas import Subschemas

CAT = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"const": "cat"}, "age": {"type": "integer"}},
}
DOG = {
    "allOf": [
        {"$ref": "#/components/schemas/Named"},
        {"properties": {"kind": {"anyOf": [{"enum": ["dog", "hound"]}, {"type": "null"}]}}},
    ]
}
SCHEMAS = {
    "Cat": CAT,
    "Dog": DOG,
    "Named": {"type": "object", "required": ["name"]},
    "Beast": {
        "type": "object",
        "discriminator": {"propertyName": "kind"},
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
    },
    "Loop": {"anyOf": [{"$ref": "#/components/schemas/Loop"}, {"enum": ["a", 1]}]},
    "Any": {
        "anyOf": [
            {"description": "animals", "$ref": "#/components/schemas/Beast"},
            {"type": "string", "const": "none"},
            {"minimum": 1, "anyOf": [{"type": "integer"}]},
            False,
        ]
    },
}
READER = BranchReader(Subschemas({"components": {"schemas": SCHEMAS}}))


def branches(name):
    return READER.read(READER.subschemas.node(f"/components/schemas/{name}"), "anyOf")


def test_unions_that_stand_in_a_union_are_part_of_it():
    cat, dog, none, number, never = branches("Any")
    assert cat.tags == {"kind": ("cat",)}
    assert dog.tags == {"kind": ("dog", "hound", None)}
    assert (cat.required, dog.required) == ({"kind"}, {"name"})
    assert (cat.types, none.types, number.types) == ({"object"}, {"string"}, {"integer"})
    assert none.values == ("none",)
    assert number.node.pointer == "/components/schemas/Any/anyOf/2"
    assert never.node.schema is False


def test_a_union_that_holds_itself_ends():
    assert any(branch.values == ("a", 1) for branch in branches("Loop"))


def test_a_union_is_read_once():
    assert branches("Any") is branches("Any")


@pytest.mark.parametrize(
    ("value", "values", "is_among"),
    [
        ("a", ["a"], True),
        (1, [1.0], True),
        (True, [1], False),
        (0, [False], False),
        (None, [0], False),
    ],
)
def test_values_are_compared_as_json_does(value, values, is_among):
    assert among(value, values) is is_among

"""A value that fits no alternative is told what keeps it from the nearest."""

import pytest

from gateway.validate.schemas import SchemaChecks


def tagged(name, **properties):
    return {
        "type": "object",
        "required": ["type", *properties],
        "properties": {"type": {"const": name}, **properties},
    }


TEXT = tagged("text", text={"type": "string"})
IMAGE = tagged("image", url={"type": "string"}, detail={"enum": ["low", "high"]})
PARTS = {"anyOf": [TEXT, IMAGE]}
MESSAGE = {
    "anyOf": [
        {
            "type": "object",
            "required": ["role", "content"],
            "properties": {
                "type": {"enum": ["message"]},
                "role": {"enum": ["user", "system"]},
                "content": {"anyOf": [{"type": "string"}, {"type": "array", "items": PARTS}]},
            },
        },
        tagged("call", id={"type": "string"}),
        tagged("output", id={"type": "string"}),
    ]
}


def told(schema, value):
    check = SchemaChecks({}, one_of="exact").check(schema, "")
    return [(finding.param, finding.message) for finding in check.findings(value)]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        # all fail on type
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, 5, "must be a string or an array"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "x", "must be a number or null"),
        # one is of the type
        ({"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]}, 1, "must be at least 3"),
        ({"anyOf": [{"type": "number", "minimum": 3}, {"type": "null"}]}, 1, "must be at least 3"),
        # lists of values are one list
        ({"anyOf": [{"enum": ["a"]}, {"const": "b"}]}, "c", 'must be one of "a", "b"'),
        (
            {"anyOf": [{"enum": ["a"]}, {"type": "integer"}, {"type": "null"}]},
            "c",
            'must be "a" or an integer or null',
        ),
        # the fewest, then the deepest
        (
            {"anyOf": [{"minLength": 5, "pattern": "^x"}, {"maxLength": 1}]},
            "ab",
            "must have at most 1 character",
        ),
    ],
)
def test_scalars(schema, value, expected):
    [(param, message)] = told(schema, value)
    assert param == ""
    assert message == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "text", "text": 5}, [("/text", "must be a string")]),
        (
            {"type": "image", "url": "", "detail": "x"},
            [("/detail", 'must be one of "low", "high"')],
        ),
        ({"type": "txt", "text": ""}, [("/type", 'must be one of "text", "image"')]),
        ({"type": 5}, [("/type", 'must be one of "text", "image"')]),
        ({"text": ""}, [("/type", 'is required: one of "text", "image"')]),
    ],
)
def test_the_discriminator_names_the_alternative(value, expected):
    assert told(PARTS, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # no type, but a role that only one alternative knows
        ({"role": "user", "content": 5}, [("/content", "must be a string or an array")]),
        ({"role": "user", "content": [{"type": "text"}]}, [("/content/0/text", "is required")]),
        (
            {"type": "message", "role": "x", "content": ""},
            [("/role", 'must be one of "user", "system"')],
        ),
        ({"type": "call"}, [("/id", "is required")]),
        ({"type": "calls"}, [("/type", 'must be one of "message", "call", "output"')]),
    ],
)
def test_the_most_telling_property_is_the_discriminator(value, expected):
    assert told(MESSAGE, value) == expected


def test_the_declared_discriminator_counts():
    first, second = tagged("a", size={"const": 1}), tagged("a", size={"const": 2})
    schema = {"anyOf": [first, second], "discriminator": {"propertyName": "size"}}
    assert told(schema, {"type": "b", "size": 2}) == [("/type", 'must be "a"')]


def test_alternatives_that_only_lack_properties_are_told_together():
    schema = {"anyOf": [{"required": ["a"]}, {"required": ["b", "c"]}]}
    assert told(schema, {}) == [("", "must have 'a' or 'b' and 'c'")]


def test_an_alternative_of_any_type_is_tried():
    schema = {"anyOf": [{"type": "array", "minItems": 2}, {"required": ["a"]}]}
    assert told(schema, {}) == [("/a", "is required")]


def test_unions_in_unions():
    schema = {"properties": {"x": {"items": {"anyOf": [MESSAGE, {"type": "null"}]}}}}
    value = {"x": [None, {"role": "user", "content": [{"type": "image", "url": ""}]}]}
    assert told(schema, value) == [("/x/1/content/0/detail", "is required")]

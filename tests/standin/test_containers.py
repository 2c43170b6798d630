import pytest

from gateway.standin.containers import member_schema
from gateway.standin.examples import make_example


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("a", {"allOf": [{"type": "string"}, {"minLength": 2}]}),
        ("ab", {"minLength": 2}),
        ("b", False),
    ],
)
def test_member_schema(name, schema):
    keywords = {
        "properties": {"a": {"type": "string"}},
        "patternProperties": {"^a": {"minLength": 2}, "(": True},
        "additionalProperties": False,
    }
    assert member_schema(keywords, name) == schema


def test_a_map_shows_one_entry():
    schema = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert make_example(schema, {}) == {"key": 1}


def test_an_array_shows_one_item_where_it_may():
    assert make_example({"type": "array", "items": {"const": 1}}, {}) == [1]
    assert make_example({"type": "array", "items": {"const": 1}, "maxItems": 0}, {}) == []
    assert make_example({"type": "array"}, {}) == []


def test_optional_members_leave_room_for_required_ones():
    schema = {
        "type": "object",
        "properties": {name: {"const": name} for name in "abcd"},
        "required": ["d"],
        "maxProperties": 2,
    }
    assert make_example(schema, {}) == {"a": "a", "d": "d"}

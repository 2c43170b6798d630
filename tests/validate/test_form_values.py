"""Trees of texts, given types."""

from gateway.contract.model import BodyType
from gateway.validate.form_shape import FormShape
from gateway.validate.form_values import TWICE, FormValues
from gateway.validate.schemas import SchemaChecks

SCHEMA = {
    "properties": {
        "n": {"type": "integer"},
        "s": {"type": "string"},
        "list": {"type": "array", "items": {"type": "integer"}},
        "either": {"anyOf": [{"type": "integer", "maximum": 9}, {"type": "string"}]},
        "map": {"type": "object", "additionalProperties": {"type": "string"}},
        "any": {},
    },
    "if": {"required": ["s"]},
    "then": {"properties": {"any": {"type": "string"}}},
    "else": {"properties": {"any": {"type": "integer"}}},
}


def value_of(**trees):
    check = SchemaChecks({}, one_of="any").check(SCHEMA, "")
    shape = FormShape.of(BodyType("x", "form", SCHEMA, check))
    values = FormValues(shape)
    for name, tree in trees.items():
        values.add(name, tree, shape.property(name))
    return values.choose(check), values.unreadable


def test_texts_have_the_declared_types():
    assert value_of(n="1", s="1", unknown="1") == ({"n": 1, "s": "1", "unknown": "1"}, {})
    assert value_of(n="x") == ({"n": "x"}, {"/n": "must be an integer"})


def test_lists_by_numbers_by_repetition_and_by_json():
    for tree in ({"1": "8", "0": "7"}, ["7", "8"], "[7, 8]"):
        assert value_of(list=tree) == ({"list": [7, 8]}, {})
    assert value_of(list="7") == ({"list": [7]}, {})
    assert value_of(list=["x"])[1] == {"/list/0": "must be an integer"}


def test_numbers_are_names_where_an_object_is_declared():
    assert value_of(map={"0": "5", "1": "6"}) == ({"map": {"0": "5", "1": "6"}}, {})
    assert value_of(map='{"a": "b"}') == ({"map": {"a": "b"}}, {})


def test_a_list_where_one_value_is_declared():
    assert value_of(n=["1", "2"])[1] == {"/n": TWICE}
    assert value_of(n=["1"])[1] == {"/n": "must be an integer"}


def test_of_several_readings_the_valid_one_counts():
    assert value_of(either="5") == ({"either": 5}, {})
    assert value_of(either="50") == ({"either": "50"}, {})
    assert value_of(any="5") == ({"any": 5}, {})
    assert value_of(any="5", s="x") == ({"any": "5", "s": "x"}, {})

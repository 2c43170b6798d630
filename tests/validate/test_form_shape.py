"""What a form's schema says of each place in it."""

from gateway.contract.model import BodyType
from gateway.validate.form_shape import FormShape
from gateway.validate.schemas import SchemaChecks

DOCUMENT = {
    "components": {
        "schemas": {
            "Order": {
                "allOf": [{"$ref": "#/components/schemas/Base"}],
                "properties": {"tags": {"type": "array", "items": {"type": "integer"}}},
            },
            "Base": {
                "properties": {
                    "to": {"anyOf": [{"$ref": "#/components/schemas/Address"}, {"const": ""}]}
                },
                "additionalProperties": {"type": "boolean"},
            },
            "Address": {"type": "object", "properties": {"no": {"type": ["integer", "null"]}}},
        }
    }
}
SCHEMA = {"$ref": "#/components/schemas/Order"}


def body():
    check = SchemaChecks(DOCUMENT, one_of="any").check(SCHEMA, "")
    return BodyType("application/x-www-form-urlencoded", "form", SCHEMA, check)


def test_types_are_found_through_references_and_unions():
    shape = FormShape.of(body())
    assert shape.types(shape.property("to")) == {"object", "string"}
    assert shape.types(shape.member(shape.property("to"), "no")) == {"integer", "null"}
    assert shape.types(shape.items(shape.property("tags"))) == {"integer"}
    assert shape.types(shape.property("other")) == {"boolean"}
    assert shape.names([SCHEMA]) == {"to", "tags"}


def test_what_nothing_declares_is_of_any_type():
    shape = FormShape.of(body())
    assert shape.member(shape.property("to"), "other") == []
    assert shape.types([]) == frozenset()
    assert shape.admits([], "x")


def test_readings_are_judged_by_the_place_itself():
    shape = FormShape.of(body())
    assert shape.admits(shape.property("to"), "")
    assert not shape.admits(shape.property("to"), "x")
    assert not shape.admits([False], "")


def test_the_shape_of_a_body_is_made_once():
    first = body()
    assert FormShape.of(first) is FormShape.of(first)
    assert FormShape.of(first) is not FormShape.of(body())


def test_without_a_check_only_what_stands_in_the_body_is_known():
    plain = BodyType("x", "form", None, None, properties={"a": {"type": "integer"}})
    shape = FormShape.of(plain)
    assert shape.types(shape.property("a")) == {"integer"}
    assert shape.property("b") == []

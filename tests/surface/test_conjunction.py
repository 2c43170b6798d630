from typing import Any

from tests.surface.conjunction import KINDS, Conjunction


def both(*schemas: dict[str, Any]) -> Conjunction:
    facts = Conjunction()
    for schema in schemas:
        facts.take(schema)
    return facts


def test_the_narrower_limit_holds() -> None:
    facts = both({"minimum": 1, "maximum": 9}, {"minimum": 3}, {"maximum": 20})
    assert facts.limits == {"minimum": 3, "maximum": 9}


def test_types_and_members_are_those_of_all() -> None:
    facts = both({"type": ["string", "null"]}, {"type": "string"}, {"enum": ["a", "b"]})
    assert [kind for kind, _ in facts.kinds] == ["string"]
    facts.take({"enum": ["b", "c"]})
    assert facts.members is not None
    assert [value for value, _ in facts.members] == ["b"]


def test_an_integer_is_a_number_in_either_order() -> None:
    for one, other in (("integer", "number"), ("number", "integer")):
        kinds = both({"type": one}, {"type": other}).kinds
        assert [kind for kind, _ in kinds] == ["integer"]


def test_a_schema_without_type_is_about_what_its_keywords_are_about() -> None:
    assert both({"properties": {}}).kinds == [("object", None)]
    assert both({"minLength": 1}).kinds == [("string", None)]
    assert [kind for kind, _ in both({}).kinds] == list(KINDS)


def test_properties_and_required_are_joined() -> None:
    facts = both(
        {"properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"properties": {"a": {"minLength": 2}, "b": True}, "required": ["b", "a"]},
    )
    assert facts.required == ["a", "b"]
    assert [len(places) for places in facts.properties.values()] == [2, 1]


def test_unknown_properties_are_kept_out_where_they_are_refused() -> None:
    assert both({"additionalProperties": False}).closed
    assert not both({"additionalProperties": True}).closed

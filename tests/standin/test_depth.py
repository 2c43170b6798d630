from gateway.standin.depth import ENDLESS, Depths
from gateway.standin.merge import Flattener


def depth(schema, **named):
    return Depths(Flattener({"components": {"schemas": named}})).of(schema)


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def needs(schema):
    return {"type": "object", "required": ["a"], "properties": {"a": schema}}


def test_scalars_are_flat_and_members_one_deeper():
    assert depth({"type": "string"}) == 0
    assert depth(needs({"type": "string"})) == 1
    assert depth(needs(needs(True))) == 2
    assert depth({"type": "array", "minItems": 1, "items": needs(True)}) == 2


def test_what_is_optional_costs_nothing():
    assert depth({"type": "object", "properties": {"a": needs(True)}}) == 0
    assert depth({"type": "array", "items": needs(True)}) == 0
    assert depth({**needs(needs(True)), "type": ["object", "null"]}) == 0


def test_a_union_is_as_deep_as_its_shortest_branch():
    assert depth({"anyOf": [needs(needs(True)), needs(True)]}) == 1


def test_recursion_is_endless_unless_a_branch_ends_it():
    assert depth(ref("Node"), Node=needs(ref("Node"))) == ENDLESS
    assert depth(ref("Node"), Node=needs({"anyOf": [ref("Node"), {"type": "null"}]})) == 1
    assert depth(ref("A"), A=needs(ref("B")), B={"anyOf": [ref("A"), needs({"const": 1})]}) == 2


def test_a_schema_is_as_deep_as_when_it_is_asked_for_first():
    named = {"A": needs(ref("B")), "B": {"anyOf": [ref("A"), {"type": "integer"}]}}
    flattener = Flattener({"components": {"schemas": named}})
    depths = Depths(flattener)
    assert [depths.of(named[name]) for name in "BAB"] == [0, 1, 0]


def test_false_is_endless():
    assert depth(False) == ENDLESS
    assert depth(needs(False)) == ENDLESS

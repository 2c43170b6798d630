"""The places that a schema leads to in a value."""

from gateway.errors import Finding
from gateway.validate.applicators import MAX_NAME, Place, below, steps
from gateway.validate.subschemas import Node, Subschemas

SUBSCHEMAS = Subschemas({"components": {"schemas": {"A": {"type": "integer"}}}})


def places(schema, value):
    return [
        (step.where, step.node.pointer) if isinstance(step, Place) else step
        for step in steps(SUBSCHEMAS, Node(schema, "/s"), value, "/v")
    ]


def test_members_come_with_their_schemas():
    schema = {
        "properties": {"a": {}, "b": {}},
        "patternProperties": {"^x": {}},
        "additionalProperties": {},
    }
    assert places(schema, {"a": 1, "x1": 1, "z": 1}) == [
        ("/v/a", "/s/properties/a"),
        ("/v/x1", "/s/patternProperties/^x"),
        ("/v/z", "/s/additionalProperties"),
    ]


def test_items_begin_behind_the_prefix():
    schema = {"prefixItems": [{}, {}], "items": {}}
    assert places(schema, [1, 2, 3]) == [
        ("/v/0", "/s/prefixItems/0"),
        ("/v/1", "/s/prefixItems/1"),
        ("/v/2", "/s/items"),
    ]
    assert places(schema, [1]) == [("/v/0", "/s/prefixItems/0")]


def test_the_value_itself_may_have_to_meet_more():
    schema = {"$ref": "#/components/schemas/A", "allOf": [{}, {}]}
    assert places(schema, 1) == [
        ("/v", "/components/schemas/A"),
        ("/v", "/s/allOf/0"),
        ("/v", "/s/allOf/1"),
    ]


def test_keywords_of_another_type_lead_nowhere():
    schema = {"properties": {"a": {}}, "items": {}, "required": ["a"], "contains": {}}
    assert places(schema, "text") == []


def test_what_is_broken_at_once_is_a_finding():
    assert places({"required": ["a/b"]}, {}) == [
        Finding("/v/a~1b", "is required", "/s/required"),
    ]


def test_pointers_are_escaped_and_bounded():
    assert below("", "a/b~c") == "/a~1b~0c"
    assert below("/x", 3) == "/x/3"
    assert len(below("", "x" * 1000)) == MAX_NAME + 2

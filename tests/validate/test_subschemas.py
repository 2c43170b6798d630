"""Schemas by pointer, compiled when they are asked for."""

import pytest

from gateway.validate.subschemas import Node, Subschemas

DOCUMENT = {
    "components": {
        "schemas": {
            "A b%": {"type": "integer"},
            "List": {"items": {"$ref": "#/components/schemas/A%20b%25"}},
        }
    }
}


def test_references_and_pointers_are_percent_decoded():
    subschemas = Subschemas(DOCUMENT)
    node = subschemas.node("/components/schemas/List")
    target = subschemas.target(node.child("items"))
    assert target == Node({"type": "integer"}, "/components/schemas/A b%")
    assert subschemas.fits(target, 1)
    assert not subschemas.fits(target, "1")
    assert not subschemas.fits(node, ["1"])


def test_children_know_where_they_stand():
    node = Node({"properties": {"a/b": {"type": "string"}}}, "/x")
    child = node.child("properties", "a/b")
    assert child.pointer == "/x/properties/a~1b"
    assert child.at("type") == "/x/properties/a~1b/type"
    assert Node(node.schema, None).child("properties", "a/b").at("type") == ""


def test_booleans_have_no_keywords():
    assert Node(False, "/x").keywords == {}
    assert not Subschemas({}).fits(Node(False, None), 1)


def test_a_pointer_to_nothing_is_an_error():
    with pytest.raises(ValueError, match="/nowhere: nothing stands there"):
        Subschemas(DOCUMENT).node("/nowhere")


def test_what_was_let_go_is_made_again():
    subschemas = Subschemas(DOCUMENT)
    check = subschemas.compile(subschemas.node("/components/schemas/List"))
    subschemas.let_go()
    assert check.is_valid([1])
    assert not check.is_valid(["1"])
    assert not subschemas.fits(subschemas.node("/components/schemas/A b%"), "1")

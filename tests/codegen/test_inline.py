from typing import Any

from codegen.inline import ENDLESS, inlined

DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Name": {"type": "string", "description": "A name."},
            "Node": {
                "type": "object",
                "properties": {
                    "name": {"$ref": "#/components/schemas/Name", "description": "Its own."},
                    "next": {"$ref": "#/components/schemas/Node"},
                },
            },
        }
    }
}


def test_references_are_put_in_their_place() -> None:
    schema = inlined({"$ref": "#/components/schemas/Node"}, DOCUMENT)
    assert schema["properties"]["name"] == {"type": "string", "description": "Its own."}


def test_recursion_is_cut() -> None:
    schema = inlined({"$ref": "#/components/schemas/Node"}, DOCUMENT)
    assert schema["properties"]["next"] == ENDLESS


def test_what_looks_like_a_reference_in_data_stays() -> None:
    schema = {"type": "object", "default": {"$ref": "#/components/schemas/Name"}}
    assert inlined(schema, DOCUMENT) == schema

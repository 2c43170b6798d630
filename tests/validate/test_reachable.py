"""What of a document the engine is given."""

from gateway.validate.reachable import asserting, part, reachable, references, stands_in

DOCUMENT = {
    "paths": {"/a": {"get": {"parameters": [{"schema": {"$ref": "#/components/schemas/A"}}]}}},
    "components": {
        "schemas": {
            "A": {
                "title": "an A",
                "properties": {
                    "title": {"type": "string", "description": "which", "maxLength": 3},
                    "next": {"$ref": "#/components/schemas/A"},
                    "b": {"$ref": "#/components/schemas/B%20b/items"},
                },
                "x-own": {"$ref": "#/components/schemas/Unused"},
                "example": {"title": "t"},
            },
            "B b": {"items": {"enum": [1], "discriminator": {"propertyName": "p"}}},
            "Unused": {"type": "string"},
            "Lost": {"$ref": "#/components/schemas/Nowhere"},
        }
    },
}
ROOT = "/paths/~1a/get/parameters/0/schema"
A, B = "/components/schemas/A", "/components/schemas/B b/items"


def test_references_are_followed_wherever_a_schema_stands() -> None:
    assert reachable(DOCUMENT, [ROOT]) == {ROOT, A, B}
    assert references(DOCUMENT["components"]["schemas"]["A"]) == [A, B]
    assert reachable(DOCUMENT, ["/components/schemas/Lost"]) == {"/components/schemas/Lost"}


def test_only_annotations_go() -> None:
    schema = DOCUMENT["components"]["schemas"]["A"]
    kept = asserting(schema)
    assert kept == {
        "properties": {
            "title": {"type": "string", "maxLength": 3},
            "next": {"$ref": "#/components/schemas/A"},
            "b": {"$ref": "#/components/schemas/B%20b/items"},
        }
    }
    data = {"enum": [{"title": "t"}], "const": {"description": "d"}}
    assert asserting(data) is data
    assert asserting(True) is True


def test_the_part_has_each_schema_at_its_place() -> None:
    tree = part(DOCUMENT, reachable(DOCUMENT, [ROOT]))
    assert tree["paths"] == {
        "/a": {"get": {"parameters": {"0": {"schema": {"$ref": "#/components/schemas/A"}}}}}
    }
    assert tree["components"]["schemas"].keys() == {"A", "B b"}
    assert tree["components"]["schemas"]["B b"] == {"items": {"enum": [1]}}


def test_what_stands_within_another_is_there_once() -> None:
    inner = f"{A}/properties/title"
    both = part(DOCUMENT, {inner, A})
    assert both == part(DOCUMENT, {A})
    assert part(DOCUMENT, {inner})["components"]["schemas"]["A"].keys() == {"properties"}
    assert part(DOCUMENT, {"", A}) == DOCUMENT


def test_places_within_places() -> None:
    assert stands_in(A, {A})
    assert stands_in(f"{A}/properties/next", {A})
    assert stands_in(A, {""})
    assert not stands_in(f"{A}A", {A})
    assert not stands_in(A, {f"{A}/properties"})

from typing import Any

import pytest

from gateway.contract.walk import DROP, kind_at, rewrite

DOCUMENT: dict[str, Any] = {
    "paths": {
        "x-data": {"get": {}},
        "/a": {
            "get": {
                "parameters": [{"schema": {"type": "string"}, "example": {"schema": {}}}],
                "responses": {"200": {"content": {"a/b": {"schema": {}}}}, "x-y": {"content": {}}},
                "callbacks": {"done": {"{$url}": {"post": {"requestBody": {}}}, "x-z": {}}},
            }
        },
    },
    "components": {
        "schemas": {
            "x-named": {
                "properties": {
                    "example": {"items": [{}, {"const": {"properties": {"no": {}}}}]},
                    "properties": {"enum": [{"items": {}}], "default": {"items": {}}},
                    "$ref": {"additionalProperties": False},
                },
                "x-more": {"items": {}},
                "discriminator": {"schema": {}},
            }
        }
    },
}


def test_each_object_is_visited_once_innermost_first() -> None:
    seen: list[tuple[str, str]] = []

    def visit(node: Any, kind: str, pointer: str) -> Any:
        seen.append((kind, pointer))
        return node

    assert rewrite(DOCUMENT, "document", "", visit) is DOCUMENT
    named = "/components/schemas/x-named"
    assert seen == [
        ("schema", "/paths/~1a/get/parameters/0/schema"),
        ("parameter", "/paths/~1a/get/parameters/0"),
        ("schema", "/paths/~1a/get/responses/200/content/a~1b/schema"),
        ("media type", "/paths/~1a/get/responses/200/content/a~1b"),
        ("response", "/paths/~1a/get/responses/200"),
        ("request body", "/paths/~1a/get/callbacks/done/{$url}/post/requestBody"),
        ("operation", "/paths/~1a/get/callbacks/done/{$url}/post"),
        ("path item", "/paths/~1a/get/callbacks/done/{$url}"),
        ("callback", "/paths/~1a/get/callbacks/done"),
        ("operation", "/paths/~1a/get"),
        ("path item", "/paths/~1a"),
        ("schema", f"{named}/properties/example/items/0"),
        ("schema", f"{named}/properties/example/items/1"),
        ("schema", f"{named}/properties/example"),
        ("schema", f"{named}/properties/properties"),
        ("schema", f"{named}/properties/$ref/additionalProperties"),
        ("schema", f"{named}/properties/$ref"),
        ("schema", named),
        ("components", "/components"),
        ("document", ""),
    ]


def test_what_does_not_change_is_shared() -> None:
    def visit(node: Any, kind: str, pointer: str) -> Any:
        return {"new": True} if pointer.endswith("/parameters/0/schema") else node

    changed = rewrite(DOCUMENT, "document", "", visit)
    assert changed["paths"]["/a"]["get"]["parameters"][0]["schema"] == {"new": True}
    assert DOCUMENT["paths"]["/a"]["get"]["parameters"][0]["schema"] == {"type": "string"}
    assert changed["components"] is DOCUMENT["components"]
    responses = changed["paths"]["/a"]["get"]["responses"]
    assert responses is DOCUMENT["paths"]["/a"]["get"]["responses"]


def test_what_is_dropped_is_gone() -> None:
    def visit(node: Any, kind: str, pointer: str) -> Any:
        return DROP if kind in ("parameter", "media type", "callback") else node

    operation = rewrite(DOCUMENT, "document", "", visit)["paths"]["/a"]["get"]
    assert operation["parameters"] == []
    assert operation["responses"]["200"] == {"content": {}}
    assert operation["callbacks"] == {}


def test_what_has_another_shape_is_told() -> None:
    told = []

    def visit(node: Any, kind: str, pointer: str) -> Any:
        if kind.startswith("not "):
            told.append((pointer, kind))
            return DROP
        return node

    document = {
        "paths": {"/a": {"parameters": {}, "get": [], "put": None}},
        "components": {"schemas": [], "responses": None},
    }
    assert rewrite(document, "document", "", visit) == {
        "paths": {"/a": {"put": None}},
        "components": {"responses": None},
    }
    assert told == [
        ("/paths/~1a/parameters", "not a list"),
        ("/paths/~1a/get", "not an object"),
        ("/components/schemas", "not a map"),
    ]


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", ("document", False)),
        ("/components/schemas/A", ("schema", False)),
        ("/components/schemas/A/properties/b", ("schema", True)),
        ("/components/schemas/A/allOf/0/items", ("schema", True)),
        ("/components/schemas/A/example/items", (None, False)),
        ("/components/schemas", (None, False)),
        ("/paths/~1a/get/responses/200/content/a~1b/schema", ("schema", False)),
        ("/paths/~1a/parameters/0", ("parameter", False)),
        ("/definitions/A", (None, False)),
        ("/x-schemas/A", (None, False)),
    ],
)
def test_the_kind_of_a_place(pointer: str, expected: tuple[str | None, bool]) -> None:
    assert kind_at(pointer) == expected

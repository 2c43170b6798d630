from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.contract.bundle import Bundle, published
from gateway.resources import spec_folder
from tests.contract.loading import Loader, body_of, minimal

SPLIT = Path(__file__).parent.parent / "documents" / "split" / "openapi.yaml"


def bundle_of(load: Loader, root: Any, **others: Any) -> dict[str, Any]:
    for name, content in others.items():
        load.write(f"{name}.yaml", content)
    bundle = Bundle(load.write("root.yaml", root))
    assert bundle.problems == []
    return bundle.tree


def references(node: Any) -> set[str]:
    found: set[str] = set()
    if isinstance(node, dict):
        found |= {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    for value in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        found |= references(value)
    return found


def test_several_files_become_one() -> None:
    tree = Bundle(SPLIT).tree
    assert list(tree["paths"]) == ["/trees", "/leaves"]
    assert tree["paths"]["/leaves"]["summary"] == "What stands beside the reference wins."
    assert set(tree["components"]["schemas"]) == {"Node", "Node_2", "a_b_100_", "odd_name", "cycle"}
    assert set(tree["components"]["parameters"]) == {"Depth"}
    assert set(tree["components"]["responses"]) == {"Planted"}
    node = tree["components"]["schemas"]["Node_2"]
    assert node["properties"]["children"]["items"] == {"$ref": "#/components/schemas/Node_2"}
    assert node["discriminator"]["mapping"] == {"oak": "#/components/schemas/Node_2"}
    assert all(reference.startswith("#/") for reference in references(tree))
    assert list(OpenAPIV31SpecValidator(tree).iter_errors()) == []


def test_a_document_of_one_file_stays_as_it_was_written(load: Loader) -> None:
    document = body_of(
        {"$ref": "#/components/schemas/A"}, components={"schemas": {"A": {"items": True}}}
    )
    assert bundle_of(load, document) == document


def test_data_is_never_taken_for_references(load: Loader) -> None:
    data = {"$ref": "gone.yaml#/nope"}
    schema = {
        "type": "object",
        "example": data,
        "default": data,
        "enum": [data],
        "const": data,
        "examples": [data],
        "x-own": data,
        "properties": {"const": {"example": {"schema": data}}},
    }
    document = body_of(schema, **{"x-root": data})
    assert bundle_of(load, document) == document


@pytest.mark.parametrize(
    "name",
    [
        "example",
        "examples",
        "default",
        "enum",
        "const",
        "schema",
        "properties",
        "$ref",
        "x-a",
        "items",
    ],
)
def test_a_property_may_have_any_name(load: Loader, name: str) -> None:
    schema = {"properties": {name: {"$ref": "other.yaml#/A"}}}
    tree = bundle_of(load, body_of(schema), other={"A": {"type": "integer"}})
    content = tree["paths"]["/send"]["post"]["requestBody"]["content"]["application/json"]
    assert content["schema"] == {"properties": {name: {"$ref": "#/components/schemas/A"}}}
    assert load.accepts(schema, {name: 1})
    assert not load.accepts(schema, {name: "x"})


def test_what_stands_within_a_schema_is_hoisted(load: Loader) -> None:
    schemas = {
        "A": {"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
        "B": {"$ref": "#/components/schemas/A/oneOf/1"},
        "C": {"$ref": "#/components/schemas/C/properties/c", "properties": {"c": {}}},
    }
    document = body_of({"$ref": "#/components/schemas/B"}, "3.0.3", components={"schemas": schemas})
    tree = bundle_of(load, document)
    assert tree["components"]["schemas"]["A_oneOf_1"] == {"type": "integer"}
    schema = {"$ref": "#/components/schemas/B"}
    assert load.accepts(schema, 1, "3.0.3", components={"schemas": schemas})
    assert not load.accepts(schema, "x", "3.0.3", components={"schemas": schemas})


def test_what_stands_outside_of_the_components_is_hoisted(load: Loader) -> None:
    tree = bundle_of(
        load,
        minimal(
            definitions={"A b/c": {"type": "string"}},
            components={"schemas": {"B": {"$ref": "#/definitions/A%20b~1c"}}},
        ),
    )
    assert tree["components"]["schemas"]["B"] == {"$ref": "#/components/schemas/definitions_A_b_c"}


def test_path_items_are_put_in_their_place(load: Loader) -> None:
    other = {"a": {"$ref": "third.yaml#/b", "summary": "outer"}}
    third = {"b": {"summary": "inner", "get": {"operationId": "deep", "responses": {}}}}
    tree = bundle_of(
        load, minimal(paths={"/x": {"$ref": "other.yaml#/a"}}), other=other, third=third
    )
    assert tree["paths"]["/x"] == {**third["b"], "summary": "outer"}


def test_a_path_item_that_refers_to_itself_is_an_error(load: Loader) -> None:
    other = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}
    problem, _ = load.problems(minimal(paths={"/x": {"$ref": "other.yaml#/a"}}), other=other)
    assert problem.message == "The path item refers to itself."
    assert problem.place == "other.yaml#/a"


def test_a_long_chain_of_files_overflows_no_stack(load: Loader) -> None:
    chain = {f"S{i}": {"properties": {"next": {"$ref": f"#/S{i + 1}"}}} for i in range(2000)}
    chain["S2000"] = {"type": "string"}
    tree = bundle_of(load, body_of({"$ref": "chain.yaml#/S0"}), chain=chain)
    assert len(tree["components"]["schemas"]) == 2001


def test_components_of_another_kind_keep_their_section(load: Loader) -> None:
    other = {
        "Limit": {"name": "limit", "in": "query", "schema": {"$ref": "#/Count"}},
        "Count": {"type": "integer"},
        "Key": {"type": "http", "scheme": "bearer"},
        "Body": {"content": {"text/plain": {}}},
        "Answer": {"description": "ok", "headers": {"X-A": {"$ref": "#/Header"}}},
        "Header": {"schema": {"$ref": "#/Count"}},
    }
    operation = {
        "operationId": "a",
        "parameters": [{"$ref": "other.yaml#/Limit"}],
        "requestBody": {"$ref": "other.yaml#/Body"},
        "responses": {"200": {"$ref": "other.yaml#/Answer"}},
    }
    components = {"securitySchemes": {"Own": {"$ref": "other.yaml#/Key"}}}
    tree = bundle_of(
        load, minimal(paths={"/a": {"post": operation}}, components=components), other=other
    )
    assert {section: set(content) for section, content in tree["components"].items()} == {
        "securitySchemes": {"Own", "Key"},
        "parameters": {"Limit"},
        "requestBodies": {"Body"},
        "responses": {"Answer"},
        "headers": {"Header"},
        "schemas": {"Count"},
    }


def test_published_leaves_out_an_extension_wherever_an_object_has_it() -> None:
    schema = {"x-own": 1, "properties": {"x-own": {"x-own": 2}}, "example": {"x-own": 3}}
    document = {"x-own": 1, "components": {"schemas": {"A": schema}}, "info": {"title": "T"}}
    assert published(document, "x-own") == {
        "components": {
            "schemas": {"A": {"properties": {"x-own": {}}, "example": {"x-own": 3}}},
        },
        "info": {"title": "T"},
    }


def test_the_shipped_bundle_is_clean() -> None:
    bundle = Bundle(spec_folder() / "openapi.yaml")
    assert bundle.problems == []
    tree = dict(published(bundle.tree, "x-gateway"))
    assert list(OpenAPIV31SpecValidator(tree).iter_errors()) == []

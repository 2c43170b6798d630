from typing import Any

import pytest

from gateway.contract.mend import Mender, request_view
from gateway.validate.schemas import good_pattern
from tests.contract.loading import Loader, body_of, minimal


def mended(schema: Any, version: str = "3.1.0") -> tuple[Any, list[str]]:
    """Return a component as it is mended, and the messages."""
    document = minimal(openapi=version, components={"schemas": {"A": schema}})
    mender = Mender(document, good_pattern=good_pattern)
    return mender.document["components"]["schemas"]["A"], [w.message for w in mender.warnings]


def test_a_document_without_faults_is_shared_not_copied() -> None:
    document = body_of({"type": "object", "properties": {"a": {"type": "string"}}})
    mender = Mender(document, good_pattern=good_pattern)
    assert mender.document["paths"] is document["paths"]
    assert mender.warnings == []


def test_the_source_stays_as_it_was() -> None:
    schema = {"type": "string", "nullable": True, "required": ["a", "a"], "patternProperties": {}}
    copy = dict(schema)
    assert mended(schema)[0] != schema
    assert schema == copy


DATA = {
    "$ref": "#/nope",
    "nullable": True,
    "required": ["a", "a"],
    "type": "any",
    "exclusiveMinimum": True,
    "oneOf": [{"readOnly": True}],
    "properties": {"a": {"nullable": True}},
}


@pytest.mark.parametrize("key", ["example", "enum", "const", "default", "examples", "x-data"])
def test_data_is_never_mended(key: str) -> None:
    value = [DATA] if key in ("enum", "examples") else DATA
    schema = {"title": "A", key: value}
    assert mended(schema) == (schema, [])
    assert request_view(schema, one_of="any") == schema


def test_data_of_media_types_and_parameters_is_never_mended() -> None:
    media = {"schema": {}, "example": DATA, "examples": {"one": {"value": DATA}}, "x-stream": DATA}
    document = minimal(components={"responses": {"A": {"content": {"a/b": media}}}})
    mender = Mender(document, good_pattern=good_pattern)
    assert mender.document["components"] == document["components"]
    assert mender.warnings == []


@pytest.mark.parametrize(
    "name",
    [
        *("example", "default", "enum", "const", "$ref", "nullable", "required", "schema"),
        *("properties", "oneOf", "type", "pattern", "x-own", "readOnly"),
    ],
)
def test_a_property_of_any_name_is_a_schema(name: str) -> None:
    schema = {"type": "object", "properties": {name: {"type": "string", "nullable": True}}}
    assert mended(schema, "3.0.3") == (
        {"type": "object", "properties": {name: {"type": ["string", "null"]}}},
        [],
    )


def test_what_is_no_schema_allows_anything() -> None:
    schema = {"properties": {"a": None, "b": [], "c": "x", "d": True}, "items": 5}
    found, messages = mended(schema)
    assert found == {"properties": {"a": {}, "b": {}, "c": {}, "d": True}, "items": {}}
    assert len(messages) == 4


def test_references_of_other_objects(load: Loader) -> None:
    operation = {
        "operationId": "a",
        "parameters": [{"$ref": "#/components/parameters/A b"}, {"$ref": "#/nope"}],
        "requestBody": {"$ref": "#/nope"},
        "responses": {"200": {"$ref": "#/components/responses/No"}},
    }
    parameter = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    contract = load(
        minimal(paths={"/a": {"post": operation}}, components={"parameters": {"A b": parameter}})
    )
    assert [warning.place for warning in contract.warnings] == [
        "/paths/~1a/post/parameters/1",
        "/paths/~1a/post/requestBody",
        "/paths/~1a/post/responses/200",
    ]
    assert [p.name for p in contract.operations["a"].parameters] == ["limit"]
    assert contract.operations["a"].body is None


def test_another_dialect_is_told() -> None:
    mender = Mender(
        minimal(jsonSchemaDialect="http://json-schema.org/draft-07/schema#"),
        good_pattern=good_pattern,
    )
    assert [warning.place for warning in mender.warnings] == ["/jsonSchemaDialect"]


def test_one_of_is_read_as_any_of() -> None:
    one, two = {"type": "string"}, {"maxLength": 3}
    assert request_view({"oneOf": [one, two]}, one_of="any") == {"anyOf": [one, two]}
    assert request_view({"oneOf": [one]}, one_of="exact") == {"oneOf": [one]}
    assert request_view({"oneOf": [one], "anyOf": [two]}, one_of="any") == {
        "anyOf": [two],
        "allOf": [{"anyOf": [one]}],
    }


def test_one_of_by_the_letter_and_by_the_default(load: Loader) -> None:
    schema = {"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 3}]}
    assert load.accepts(schema, "abc")
    exact = {"x-gateway": {"defaults": {"one-of": "exact"}}}
    assert not load.accepts(schema, "abc", **exact)
    assert load.accepts(schema, "abcd", **exact)

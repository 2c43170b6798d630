"""What the structure of a schema becomes."""

from typing import Any

import pytest

from tests.contract.loading import Loader
from tests.contract.test_mend import mended


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"enum": ["a"]}, {"anyOf": [{"enum": ["a"]}, {"type": "null"}]}),
        ({}, {}),
        ({"properties": {}}, {"properties": {}}),
        (
            {"type": "object", "allOf": [{"title": "x"}], "description": "d"},
            {
                "description": "d",
                "anyOf": [{"type": "object", "allOf": [{"title": "x"}]}, {"type": "null"}],
            },
        ),
        (
            {"$ref": "#/components/schemas/A"},
            {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]},
        ),
    ],
)
def test_nullable(schema: dict[str, Any], value: dict[str, Any]) -> None:
    assert mended({**schema, "nullable": True}, "3.0.3") == (value, [])
    assert mended({**schema, "nullable": True}, "3.1.0") == (
        value,
        ["`nullable` is a keyword of OpenAPI 3.0."],
    )
    assert mended({**schema, "nullable": False}, "3.0.3") == (schema, [])


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "enum": ["a"]},
        {"$ref": "#/components/schemas/Text"},
        {"allOf": [{"$ref": "#/components/schemas/Text"}]},
        {"type": "string", "const": "a"},
        {"type": "string", "not": {"const": "b"}, "oneOf": [{"enum": ["a"]}]},
    ],
)
def test_null_passes_where_nullable_says_so(load: Loader, schema: Any, version: str) -> None:
    more = {"components": {"schemas": {"Text": {"type": "string", "enum": ["a"]}}}}
    assert load.accepts({**schema, "nullable": True}, None, version, **more)
    assert load.accepts({**schema, "nullable": True}, "a", version, **more)
    assert not load.accepts({**schema, "nullable": True}, "b", version, **more)
    assert not load.accepts(schema, None, version, **more)


def test_what_stands_beside_a_reference(load: Loader) -> None:
    schema = {"$ref": "#/components/schemas/T", "maxLength": 1}
    components = {"schemas": {"T": {"type": "string"}}}
    assert load.accepts(schema, "ab", "3.0.3", components=components)
    assert not load.accepts(schema, "ab", "3.1.0", components=components)


@pytest.mark.parametrize("reference", ["#/nope", "#Anchor", 5, None, ["#/components"]])
def test_a_reference_that_leads_nowhere_allows_anything(reference: Any) -> None:
    found, (message,) = mended({"properties": {"a": {"$ref": reference, "type": "string"}}})
    assert found == {"properties": {"a": {}}}
    assert repr(reference) in message


@pytest.mark.parametrize("name", ["Foo Bar", "Page«User»", "a/b", "100%", "x{y}", "a^|b"])
@pytest.mark.parametrize("encoded", [True, False])
def test_components_of_any_name(load: Loader, name: str, encoded: bool) -> None:
    from urllib.parse import quote

    said = name.replace("~", "~0").replace("/", "~1")
    said = quote(said, safe="~") if encoded or "%" in name else said
    schema = {"$ref": f"#/components/schemas/{said}"}
    components = {"schemas": {name: {"type": "integer"}}}
    assert load.accepts(schema, 1, components=components)
    assert not load.accepts(schema, "x", components=components)


def test_recursive_schemas(load: Loader) -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Tree"}}}
    for reference in ("$ref", "$recursiveRef", "$dynamicRef"):
        target = "#/components/schemas/Tree" if reference == "$ref" else "#"
        components = {"schemas": {"Tree": {**tree, "properties": {"next": {reference: target}}}}}
        schema = {"$ref": "#/components/schemas/Tree"}
        assert load.accepts(schema, {"next": {"next": {}}}, components=components)
        assert not load.accepts(schema, {"next": {"next": 5}}, components=components)


def test_a_dynamic_reference_is_told() -> None:
    found, messages = mended(
        {"$recursiveAnchor": True, "items": {"$recursiveRef": "#"}, "$dynamicAnchor": "a"}
    )
    assert found == {"items": {"$ref": "#/components/schemas/A"}}
    assert len(messages) == 2


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("any", None),
        ("file", None),
        (5, None),
        ([], None),
        (["string", "any"], None),
        (["string", "string"], ["string"]),
        (None, None),
    ],
)
def test_types_that_are_none(kind: Any, expected: Any) -> None:
    found, messages = mended({"type": kind})
    assert found == ({} if expected is None else {"type": expected})
    assert len(messages) == 1


def test_keywords_of_other_drafts() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://example.com/a",
        "$anchor": "here",
        "items": [{"type": "string"}, {"type": "integer", "nullable": True}],
        "not": [],
    }
    found, messages = mended(schema)
    assert found == {"prefixItems": [{"type": "string"}, {"type": ["integer", "null"]}]}
    assert messages == [
        "`nullable` is a keyword of OpenAPI 3.0.",
        "`items` is a list.",
        "`not` is a list.",
    ]
    assert mended({"items": []})[0] == {}

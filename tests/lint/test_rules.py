"""Where rules end: what is just allowed, and forms of a fault that the corpus does not show."""

import copy
from typing import Any

import pytest

from codegen.lint.actions import lint_actions
from codegen.lint.finding import LintFinding
from tests.lint.corpus_file import FOLDER, read

Json = Any
CLEAN = read(FOLDER / "clean.yaml").document
STRING = {"type": "string"}
OBJECT = {"type": "object", "properties": {"name": STRING}}


def operation(document: dict[str, Json]) -> dict[str, Json]:
    return document["paths"]["/x"]["post"]  # type: ignore[no-any-return]


def with_operation(**members: Json) -> dict[str, Json]:
    document = copy.deepcopy(CLEAN)
    operation(document).update(members)
    return document


def with_body(schema: Json, media_type: str = "application/json") -> dict[str, Json]:
    return with_operation(requestBody={"content": {media_type: {"schema": schema}}})


def with_member(schema: Json, name: str = "extra") -> dict[str, Json]:
    return with_body({"type": "object", "properties": {name: schema}})


def with_answer(schema: Json, media_type: str = "application/json") -> dict[str, Json]:
    return with_operation(responses={"200": {"content": {media_type: {"schema": schema}}}})


def with_parameter(**parameter: Json) -> dict[str, Json]:
    return with_operation(parameters=[{"name": "q", "in": "query", "schema": STRING, **parameter}])


def with_scheme(**scheme: Json) -> dict[str, Json]:
    return {**CLEAN, "components": {"schemas": {}, "securitySchemes": {"Key": scheme}}}


def with_server(url: str) -> dict[str, Json]:
    return {**CLEAN, "servers": [{"url": url}]}


CODE = {"authorizationUrl": "https://a.example/o", "tokenUrl": "https://a.example/t", "scopes": {}}
FILES = {"type": "array", "items": STRING}
FILE = {"type": "object", "properties": {"name": STRING, "mime_type": STRING, "content": STRING}}
ALLOWED: dict[str, dict[str, Json]] = {
    "version 3.1.1": {**CLEAN, "openapi": "3.1.1"},
    "a path of the server": with_server("https://api.example.com/v1/"),
    "no body": with_operation(requestBody=None),
    "a text of 299": with_operation(summary="x" * 299, description="x" * 299),
    "a parameter's text of 700": with_parameter(description="x" * 700),
    "an object's type in a list": with_body({**OBJECT, "type": ["object"]}),
    "a media type with parameters": with_body(OBJECT, "application/json; charset=utf-8"),
    "a media type in JSON's syntax": with_body(OBJECT, "application/merge-patch+json"),
    "an object without members": with_member({"type": "object", "properties": {}}),
    "closed objects": with_member({**OBJECT, "additionalProperties": False}),
    "undeclared members of an answer": with_answer({**OBJECT, "additionalProperties": True}),
    "a union of one": with_member({"anyOf": [STRING]}),
    "an enum": with_member({**STRING, "enum": ["a"]}),
    "files": with_member(FILES, "openaiFileIdRefs"),
    "files out": with_answer(
        {
            "type": "object",
            "properties": {"openaiFileResponse": {"type": "array", "items": FILE, "maxItems": 10}},
        }
    ),
    "URLs out": with_answer({"type": "object", "properties": {"openaiFileResponse": FILES}}),
    "an answer in plain text": with_answer(STRING, "text/plain; charset=utf-8"),
    "an answer in XML": with_answer(STRING, "application/atom+xml"),
    "no answers": with_operation(responses={}),
    "a long value": with_member({**STRING, "minLength": 99_999}),
    "basic": with_scheme(type="http", scheme="Basic"),
    "a header of its own": with_scheme(type="apiKey", name="X-Key", **{"in": "header"}),
    "an authorization code": with_scheme(type="oauth2", flows={"authorizationCode": CODE}),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_has_no_finding(name: str) -> None:
    assert lint_actions(ALLOWED[name]) == []


REFERRED = {
    **with_operation(
        requestBody={"$ref": "#/components/requestBodies/Body"},
        responses={"200": {"$ref": "#/components/responses/Answer"}},
    ),
    "components": {
        "schemas": {},
        "requestBodies": {"Body": {"content": {"application/json": {"schema": FILES}}}},
        "responses": {"Answer": {"content": {"image/png": {}}}},
    },
}
FAULTS: dict[str, tuple[str, dict[str, Json]]] = {
    "a version that is a number": ("openapi-version", {**CLEAN, "openapi": 3.1}),
    "no version": ("openapi-version", {k: v for k, v in CLEAN.items() if k != "openapi"}),
    "a user in the server": ("server-origin", with_server("https://me@api.example.com")),
    "a variable in the host": ("server-url", with_server("https://{place}.example.com")),
    "a broken server": ("server-url", with_server("https://[")),
    "an emoji counts twice": ("operation-text-at-limit", with_operation(summary="😀" * 150)),
    "a parameter without a name": ("parameter-name", with_parameter(name=None)),
    "a parameter that is none": ("parameter-name", with_operation(parameters=[7])),
    "a name in path and query": (
        "parameter-repeated",
        with_operation(
            parameters=[{"name": "q", "in": where, "schema": STRING} for where in ("path", "query")]
        ),
    ),
    "files in a query": (
        "query-array files-in-place",
        with_parameter(name="openaiFileIdRefs", schema=FILES),
    ),
    "a stream in a query": ("stream-member", with_parameter(name="stream")),
    "more files than ten": (
        "files-out-shape",
        with_answer(
            {"type": "object", "properties": {"openaiFileResponse": {**FILES, "maxItems": 11}}}
        ),
    ),
    "any video": ("binary-answer", with_answer(STRING, "video/*")),
    "an example without end": (
        "too-long",
        with_operation(
            responses={"200": {"content": {"application/json": {"example": "x" * 99_999}}}}
        ),
    ),
    "digest": ("security-kind", with_scheme(type="http", scheme="digest")),
    "a key in a cookie": ("security-kind", with_scheme(type="apiKey", **{"in": "cookie"})),
    "an implicit flow": ("security-kind", with_scheme(type="oauth2", flows={"implicit": CODE})),
    "openIdConnect": ("security-kind", with_scheme(type="openIdConnect")),
    "a schema that is true": ("typeless", with_member(True)),
    "an array without items": ("untyped-items", with_member({"type": "array"})),
    "a map of anything": ("free-form-map", with_member({**OBJECT, "additionalProperties": {}})),
    "null among constants": (
        "nullable-union typeless",
        with_member({"oneOf": [STRING, {"const": None}]}),
    ),
    "an empty union": ("empty-list", with_member({**STRING, "anyOf": []})),
    "items of an older draft": (
        "object-expected",
        with_member({"type": "array", "items": [STRING]}),
    ),
    "a reference to a file": ("reference-target", with_answer({"$ref": "pets.yaml#/Pet"})),
    "a scheme that is a list": (
        "object-expected",
        {**CLEAN, "components": {"schemas": {}, "securitySchemes": []}},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(name: str) -> None:
    rules, document = FAULTS[name]
    assert [finding.rule for finding in lint_actions(document)] == rules.split()


def found(document: dict[str, Json], rule: str) -> LintFinding:
    (finding,) = [each for each in lint_actions(document) if each.rule == rule]
    return finding


def test_what_stands_behind_a_reference_has_its_own_place() -> None:
    place = "/components/requestBodies/Body/content/application~1json/schema"
    assert found(REFERRED, "body-object").place == place
    place = "/components/responses/Answer/content/image~1png"
    assert found(REFERRED, "binary-answer").place == place


def test_an_object_that_is_sent_has_a_mend_of_its_own() -> None:
    schemas = {"Out": {"type": "object"}, "In": {"$ref": "#/components/schemas/Deep"}}
    schemas["Deep"] = {"type": "object"}
    document = with_member({"$ref": "#/components/schemas/In"})
    document["components"] = {"schemas": schemas}
    mends = {each.place.rpartition("/")[2]: each.mend for each in lint_actions(document)}
    assert "UnrecognizedKwargsError" in mends["Deep"]
    assert "UnrecognizedKwargsError" not in mends["Out"]


def test_a_members_text_is_told_through_the_parts_of_a_body() -> None:
    long = {**STRING, "description": "x" * 701}
    schemas = {"Part": {"type": "object", "properties": {"name": long}}}
    document = with_body({"allOf": [{"$ref": "#/components/schemas/Part"}]})
    document["components"] = {"schemas": schemas}
    place = "/components/schemas/Part/properties/name/description"
    assert found(document, "member-text").place == place


def test_a_mend_tells_how_many_operations_are_over() -> None:
    finding = found(read(FOLDER / "operation-limit.yaml").document, "operation-limit")
    assert finding.mend == "It has 31: take 1 away, or reach them through one operation."

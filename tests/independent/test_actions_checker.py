"""The independent checker can fail: each fault that is put into a clean document is told."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.independent.actions_checker import check_document

Json = Any
Change = Callable[[dict[str, Json]], object]


CLEAN: dict[str, Json] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://api.example.com/v1"}],
    "paths": {
        "/pets/{id}": {
            "post": {
                "operationId": "changePet",
                "summary": "Change a pet",
                "x-openai-isConsequential": True,
                "parameters": [
                    {"name": "id", "in": "path", "schema": {"type": "string"}},
                    {"name": "tags", "in": "query", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                    }
                },
                "responses": {
                    "200": {
                        "description": "The pet.",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "friends": {"type": "array", "items": {"type": "string"}},
                },
            }
        },
        "securitySchemes": {"Key": {"type": "http", "scheme": "bearer"}},
    },
}


def clean() -> dict[str, Json]:
    return copy.deepcopy(CLEAN)


def item(document: dict[str, Json]) -> dict[str, Json]:
    return document["paths"]["/pets/{id}"]  # type: ignore[no-any-return]


def operation(document: dict[str, Json]) -> dict[str, Json]:
    return item(document)["post"]  # type: ignore[no-any-return]


def pet(document: dict[str, Json]) -> dict[str, Json]:
    return document["components"]["schemas"]["Pet"]  # type: ignore[no-any-return]


def of_pet(**keywords: Json) -> Change:
    return lambda document: pet(document).update(keywords)


def a_member(schema: Json) -> Change:
    return lambda document: pet(document)["properties"].update(extra=schema)


def of_operation(**members: Json) -> Change:
    return lambda document: operation(document).update(members)


def a_parameter(parameter: Json) -> Change:
    return lambda document: operation(document)["parameters"].append(parameter)


def a_server(url: str) -> Change:
    return lambda document: document.update(servers=[{"url": url}])


def many(document: dict[str, Json]) -> None:
    for number in range(30):
        other = copy.deepcopy(operation(document))
        other["operationId"] = f"changePet{number}"
        document["paths"][f"/pets{number}/{{id}}"] = {"post": other}


def media(document: dict[str, Json], media_type: str) -> None:
    content = operation(document)["responses"]["200"]["content"]
    content[media_type] = content.pop("application/json")


QUERY = {"in": "query", "schema": {"type": "string"}}
FAULTS: list[tuple[str, Change]] = [
    ("openapi: not 3.1.0 or 3.1.1", lambda document: document.update(openapi="3.0.3")),
    ("info: no object", lambda document: document.pop("info")),
    ("paths: 31 operations", many),
    ("paths: no object", lambda document: document.update(paths=[])),
    ("/pets/{id}: no object", lambda document: document["paths"].update({"/pets/{id}": []})),
    ("post /pets/{id}: no object", lambda document: item(document).update(post=[])),
    ("servers: not one", lambda document: document.update(servers=[])),
    ("servers: not one", lambda document: document["servers"].append({"url": "https://b.example"})),
    ("servers: not https", a_server("http://api.example.com")),
    ("servers: not https", a_server("https://API.example.com")),
    ("servers: not https", a_server("https://api.example.com:8443")),
    ("servers: not https", a_server("/v1")),
    ("components: schemas is no object", lambda document: document["components"].pop("schemas")),
    (
        "components: securitySchemes is no object",
        lambda document: document["components"].update(securitySchemes=[]),
    ),
    (
        "components: several security schemes",
        lambda document: document["components"]["securitySchemes"].update(Other={}),
    ),
    (
        "security scheme Key: not for the editor",
        lambda document: document["components"]["securitySchemes"].update(
            Key={"type": "apiKey", "in": "query", "name": "key"}
        ),
    ),
    ("unrecognized key parameters", lambda document: item(document).update(parameters=[])),
    ("unrecognized key head", lambda document: item(document).update(head={})),
    ("operationId: missing", lambda document: operation(document).pop("operationId")),
    ("operationId: missing", of_operation(operationId="change.pet")),
    (
        "operationId changePet: used twice",
        lambda document: document["paths"].update(
            {"/other/{id}": {"post": copy.deepcopy(operation(document))}}
        ),
    ),
    ("summary: over 300", of_operation(summary="x" * 301)),
    ("description: over 300", of_operation(description="x" * 301)),
    (
        "x-openai-isConsequential: not said",
        lambda document: operation(document).pop("x-openai-isConsequential"),
    ),
    ("parameter: a reference", a_parameter({"$ref": "#/components/parameters/Id"})),
    ("parameter X-Foo: not in path", a_parameter({**QUERY, "name": "X-Foo", "in": "header"})),
    (
        "parameter q: description over",
        a_parameter({**QUERY, "name": "q", "description": "x" * 701}),
    ),
    (
        "parameter q: an array",
        a_parameter(
            {"name": "q", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
        ),
    ),
    ("parameter stream: has no meaning", a_parameter({**QUERY, "name": "stream"})),
    ("name name: used twice", a_parameter({**QUERY, "name": "name"})),
    ("name id: used twice", a_parameter({**QUERY, "name": "id"})),
    (
        "body: not application/json",
        of_operation(requestBody={"content": {"multipart/form-data": {}}}),
    ),
    ("body: not one object", of_pet(type="array", items={"type": "string"})),
    ("body: not one object", of_pet(allOf=[{"type": "object", "properties": {}}])),
    ("body: not one object", of_pet(oneOf=[{"type": "object", "properties": {}}])),
    ("body: asks for a stream", lambda document: pet(document)["properties"].update(stream={})),
    (
        "body: openaiFileIdRefs",
        lambda document: pet(document)["properties"].update(openaiFileIdRefs={"type": "string"}),
    ),
    ("body: description of extra", a_member({"type": "string", "description": "x" * 701})),
    ("responses: no object", of_operation(responses=[])),
    ("response 200: content is no object", of_operation(responses={"200": {"content": []}})),
    ("image/png is neither JSON nor text", lambda document: media(document, "image/png")),
    (
        "text/event-stream is neither JSON nor text",
        lambda document: media(document, "text/event-stream"),
    ),
    ("reference to unknown X", a_member({"$ref": "#/components/schemas/X"})),
    ("Pet contains itself", a_member({"$ref": "#/components/schemas/Pet"})),
    ("a schema is no object", a_member([])),
    ("an object without properties", a_member({"type": "object"})),
    ("not one plain type", a_member({})),
    ("not one plain type", a_member({"type": ["string", "null"]})),
    ("an array of anything", a_member({"type": "array", "items": {}})),
    ("a union", a_member({"type": "string", "anyOf": [{"type": "string"}]})),
    ("may be null", a_member({"type": "string", "nullable": True})),
    ("may be null", a_member({"type": "string", "enum": ["a", None]})),
    ("an empty enum", a_member({"type": "string", "enum": []})),
    ("bytes", a_member({"type": "string", "format": "binary"})),
    ("takes undeclared members", of_pet(additionalProperties=True)),
    ("a map", of_pet(additionalProperties={"type": "string"})),
]


def test_a_clean_document_has_no_fault() -> None:
    assert check_document(clean()) == []


@pytest.mark.parametrize(
    ("fault", "change"), FAULTS, ids=[f"{n}-{fault}" for n, (fault, _) in enumerate(FAULTS)]
)
def test_a_fault_is_told(fault: str, change: Change) -> None:
    document = clean()
    change(document)
    assert [said for said in check_document(document) if fault in said], check_document(document)


def test_what_stands_in_the_editor_counts() -> None:
    domains = frozenset(["API.example.com"])
    assert check_document(clean(), other_domains=domains) == [
        "servers: another action has the domain"
    ]
    assert check_document(clean(), public=True)
    assert not check_document(clean(), public=True, privacy_policy="https://example.com/privacy")


def test_undeclared_members_of_an_answer_alone_are_no_fault() -> None:
    document = clean()
    content = operation(document)["responses"]["200"]["content"]["application/json"]
    content["schema"] = {"type": "object", "properties": {}, "additionalProperties": True}
    assert check_document(document) == []

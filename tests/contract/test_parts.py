from typing import Any

import pytest

from gateway.contract.model import Operation, PartEncoding
from tests.contract.loading import Loader, minimal


def loaded(load: Loader, said: dict[str, Any], **components: Any) -> Operation:
    document = minimal(
        paths={"/a": {"post": {"operationId": "a", "responses": {}, **said}}},
        components=components,
    )
    return load(document).operations["a"]


@pytest.mark.parametrize(
    ("said", "style", "explode"),
    [
        ({"in": "query"}, "form", True),
        ({"in": "cookie"}, "form", True),
        ({"in": "header"}, "simple", False),
        ({"in": "query", "style": "deepObject"}, "deepObject", True),
        ({"in": "query", "style": "pipeDelimited"}, "pipeDelimited", False),
        ({"in": "query", "style": "form", "explode": False}, "form", False),
        ({"in": "query", "style": "wrong"}, "form", True),
        ({"in": "query", "style": ["form"]}, "form", True),
    ],
)
def test_styles(load: Loader, said: dict[str, Any], style: str, explode: bool) -> None:
    (parameter,) = loaded(load, {"parameters": [{"name": "p", **said}]}).parameters
    assert (parameter.style, parameter.explode) == (style, explode)
    assert parameter.check.is_valid("anything")


def test_a_parameter_with_content(load: Loader) -> None:
    said = {
        "name": "p",
        "in": "query",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
    (parameter,) = loaded(load, {"parameters": [said]}).parameters
    assert parameter.media_type == "application/json"
    assert parameter.types == {"object"}
    assert not parameter.check.is_valid("x")
    place = "/paths/~1a/post/parameters/0"
    assert parameter.pointer == f"{place}/content/application~1json/schema"


def test_parameters_by_reference(load: Loader) -> None:
    filters = {
        "name": "filter",
        "in": "query",
        "style": "deepObject",
        "allowEmptyValue": True,
        "schema": {"$ref": "#/components/schemas/Filter"},
    }
    (parameter,) = loaded(
        load,
        {"parameters": [{"$ref": "#/components/parameters/Filter"}]},
        parameters={"Filter": filters},
        schemas={"Filter": {"type": "object", "properties": {"n": {"type": "integer"}, "any": {}}}},
    ).parameters
    assert parameter.properties == {"n": {"integer"}, "any": set()}
    assert parameter.allow_empty
    assert not parameter.required
    assert parameter.pointer == "/components/parameters/Filter/schema"


def test_media_types(load: Loader) -> None:
    content = {
        "Application/JSON; charset=utf-8": {"schema": {"type": "object"}},
        "text/plain": {"schema": {"type": "string", "maxLength": 1}},
        "image/*": {"schema": {"type": "string"}},
        "application/x-www-form-urlencoded": None,
        "application/octet-stream": {},
    }
    body = loaded(load, {"requestBody": {"content": content}}).body
    assert body is not None
    assert not body.required
    assert [(t.media_type, t.kind, t.check is not None) for t in body.types] == [
        ("application/json", "json", True),
        ("text/plain", "raw", True),
        ("image/*", "raw", False),
        ("application/x-www-form-urlencoded", "form", False),
        ("application/octet-stream", "raw", False),
    ]


def test_the_fields_of_a_multipart_body(load: Loader) -> None:
    schema = {
        "type": "object",
        "required": ["file"],
        "allOf": [{"required": ["model"]}],
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "model": {"$ref": "#/components/schemas/Model"},
        },
    }
    encoding = {
        "file": {"contentType": "image/png, Image/JPEG"},
        "model": {"style": "form", "explode": False},
        "no": None,
    }
    body = loaded(
        load,
        {
            "requestBody": {
                "content": {"multipart/form-data": {"schema": schema, "encoding": encoding}}
            }
        },
        schemas={"Model": {"type": "string", "enum": ["a"]}},
    ).body
    assert body is not None
    (form,) = body.types
    assert form.kind == "multipart"
    assert form.required == {"file", "model"}
    assert form.properties["model"] == {"type": "string", "enum": ["a"]}
    assert form.field_checks["model"].is_valid("a")
    assert not form.field_checks["model"].is_valid("b")
    assert form.encoding == {
        "file": PartEncoding(("image/png", "image/jpeg")),
        "model": PartEncoding((), "form", False),
        "no": PartEncoding(),
    }


def test_answers(load: Loader) -> None:
    responses = {
        "200": {"$ref": "#/components/responses/Ok"},
        "4xx": {"description": "wrong", "content": {"a/b": None}, "headers": {"X": None}},
        "default": {"description": "other"},
        "x-own": {},
        "500": None,
    }
    ok = {"description": "ok", "content": {"application/json": {"schema": {}}}}
    answers = loaded(load, {"responses": responses}, responses={"Ok": ok}).answers
    assert [(a.status, dict(a.content), a.pointer) for a in answers] == [
        ("200", {"application/json": {"schema": {}}}, "/components/responses/Ok"),
        ("4XX", {"a/b": {}}, "/paths/~1a/post/responses/4xx"),
        ("default", {}, "/paths/~1a/post/responses/default"),
        ("500", {}, "/paths/~1a/post/responses/500"),
    ]
    assert answers[1].headers == {"X": {}}

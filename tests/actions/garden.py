"""A document with one operation of each kind that calls meet, and its projection by hand."""

from pathlib import Path
from typing import Any

from gateway.contract.model import Contract
from gateway.projection import ActionSet, Call, FileMember, Member, Projection, Rewrite
from tests.local.documents import body, contract_of, document, parameter

TEXT = {"type": "string"}
BYTES = {"type": "string", "contentEncoding": "base64"}
PHOTO = {
    "type": "object",
    "properties": {"b64_json": BYTES, "caption": TEXT, "url": TEXT},
}
FORM = {
    "type": "object",
    "required": ["image"],
    "properties": {
        "image": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "mask": {"type": "string", "format": "binary"},
        "prompt": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "expires_after": {"type": "object", "properties": {"anchor": TEXT}},
    },
}


def operation(identity: str, answer: str, schema: Any = None, **members: Any) -> dict[str, Any]:
    content = {answer: {"schema": schema or {}}}
    responses = {"200": {"description": "Well.", "content": content}}
    return {"operationId": identity, "responses": responses, **members}


PATHS = {
    "/trees": {
        "get": operation(
            "listTrees",
            "application/json",
            parameters=[
                parameter("limit", "query", {"type": "integer"}),
                parameter("after", "query", TEXT),
            ],
        ),
        "post": operation(
            "plantTree",
            "application/json",
            {"type": "object"},
            **body("application/json", {"type": "object", "required": ["kind"]}),
        ),
    },
    "/photos": {
        "post": operation(
            "takePhoto",
            "application/json",
            {
                "type": "object",
                "properties": {
                    "data": {"type": "array", "items": {"$ref": "#/components/schemas/Photo"}}
                },
            },
            **body("application/json", {"type": "object"}),
        )
    },
    "/songs/{id}": {
        "get": operation("getSong", "audio/mpeg", parameters=[parameter("id", "path", TEXT)])
    },
    "/notes": {"get": operation("readNotes", "text/plain")},
    "/edits": {
        "post": operation("editPhoto", "application/json", **body("multipart/form-data", FORM))
    },
    "/raw": {
        "post": operation("storeRaw", "application/json", **body("application/octet-stream", {}))
    },
}


def garden(folder: Path) -> Contract:
    tree = document(PATHS, **{"x-gateway": {"errors": "openai"}})
    tree["components"]["schemas"] = {"Photo": PHOTO}
    return contract_of(tree, folder)


def member(name: str, place: Any = "body", required: bool = False, schema: Any = TEXT) -> Member:
    return Member(name, place, name, required, schema)


REFERENCES = member("openaiFileIdRefs", schema={"type": "array", "items": TEXT})


def call(name: str, method: str, path: str, *members: Member, **more: Any) -> Call:
    kind = more.pop("kind", "direct")
    return Call(name, kind, more.pop("operation", name), method, path, "", "", members, **more)


CALLS = (
    call("listTrees", "GET", "/trees", member("limit", "query"), member("after", "query")),
    call(
        "plantTree",
        "POST",
        "/trees",
        member("kind"),
        member("extra"),
        rewrites=(Rewrite(("extra",), "json"),),
        body_type="application/json",
    ),
    call("takePhoto", "POST", "/photos", member("kind"), body_type="application/json"),
    call("getSong", "GET", "/songs/{id}", member("id", "path", True), kind="wrap", binary=True),
    call("readNotes", "GET", "/notes"),
    call(
        "editPhoto",
        "POST",
        "/edits",
        REFERENCES,
        member("prompt"),
        member("tags"),
        member("mask"),
        member("expires_after"),
        kind="wrap",
        files=(FileMember("image", True, True), FileMember("mask", False, False)),
        body_type="multipart/form-data",
        rewrites=(Rewrite(("tags",), "csv"), Rewrite(("expires_after",), "json")),
    ),
    call(
        "storeRaw",
        "POST",
        "/raw",
        REFERENCES,
        kind="wrap",
        files=(FileMember("", False, True),),
        body_type="application/octet-stream",
    ),
    call(
        "proxy",
        "POST",
        "/proxy",
        member("operationId"),
        member("query"),
        member("body"),
        kind="envelope",
        operation="-/proxy",
        body_type="application/json",
    ),
    call("getJob", "GET", "/jobs/{id}", member("id", "path", True), kind="job", operation=""),
)


def projection(*calls: Call) -> Projection:
    tree = {
        "openapi": "3.1.0",
        "info": {"title": "Trees", "version": "1"},
        "servers": [{"url": "https://relay.example.com/-/actions"}],
        "paths": {},
    }
    plugin = {"api": {"url": "https://relay.example.com/openapi.actions.yaml"}}
    return Projection(
        {"main": ActionSet("main", tree, calls or CALLS)},
        manifest={"base_url": "https://relay.example.com", "operations": []},
        plugin=plugin,
    )

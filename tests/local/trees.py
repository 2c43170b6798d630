"""A document with one operation of each kind that an envelope meets, and how it is called."""

from typing import Any

import httpx

from tests.local.documents import body, operation, parameter

TREE = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}, "age": {"type": "integer"}},
}
TEXT = {"type": "string"}
FORM = "application/x-www-form-urlencoded"
ADMIN = {"security": [{"admin": []}]}
PATHS = {
    "/trees": {
        "get": operation(
            "listTrees", parameters=[parameter("limit", "query", {"type": "integer"})]
        ),
        "post": operation(
            "plantTree",
            parameters=[parameter("Idempotency-Key", "header", TEXT)],
            **body("application/json", TREE),
        ),
        "head": operation("countTrees"),
    },
    "/trees/{id}": {
        "get": operation("getTree", parameters=[parameter("id", "path", TEXT)]),
        "delete": operation("fellTree", parameters=[parameter("id", "path", TEXT)]),
    },
    "/notes": {"post": operation("note", **body(FORM, {"type": "object"}))},
    "/uploads": {"post": operation("upload", **body("multipart/form-data", {"type": "object"}))},
    "/keys": {"post": operation("makeKey", **{"x-gateway": {"actions": "never"}})},
    "/admin": {"get": operation("administer", **ADMIN)},
}
SCHEMES = {
    "key": {"type": "http", "scheme": "bearer"},
    "admin": {"type": "apiKey", "in": "header", "name": "X-Admin"},
}
POLICY = {
    "errors": "openai",
    "credentials": {
        "key": {"env": "TREES_KEY"},
        "admin": {"env": "TREES_ADMIN_KEY", "relay-keys": "RELAY_ADMIN_KEY"},
    },
}
ENV = {
    "TREES_KEY": "upstream-key",
    "TREES_ADMIN_KEY": "upstream-admin-key",
    "RELAY_ADMIN_KEY": "an-admin-key",
}


def call(client: httpx.Client, **members: Any) -> httpx.Response:
    return client.post("/v1/proxy", json=members)


def error(answer: httpx.Response) -> tuple[int, str, str | None]:
    said = answer.json()["error"]
    return answer.status_code, said["code"], said["param"]


def headers_of(said: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in said["headers"]}

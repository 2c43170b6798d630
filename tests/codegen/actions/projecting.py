"""A direct request written as a consumer of the Actions document would, by the document alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from gateway.contract.model import Operation

STREAM = "stream"


@dataclass
class Request:
    """A request: its method, target below the server, and JSON body (None: none)."""

    method: str
    target: str
    body: Any = None


@dataclass
class Direct:
    """A direct request by its parts."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None


def fitted(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return what of a direct value a projected schema can hold: declared members, no nulls."""
    if schema["type"] == "object" and isinstance(value, dict):
        known = schema["properties"]
        return {
            name: fitted(item, known[name])
            for name, item in value.items()
            if name in known and item is not None
        }
    if schema["type"] == "array" and isinstance(value, list):
        return [fitted(item, schema["items"]) for item in value]
    return value


def projected(value: Any, schema: Mapping[str, Any]) -> Any:
    """Write a direct value as the schema has it: what is no string becomes JSON in one."""
    kind = schema["type"]
    if kind == "string":
        return value if isinstance(value, str) else json.dumps(value)
    if kind == "object":
        assert isinstance(value, dict), "an object is no object"
        return {name: projected(item, schema["properties"][name]) for name, item in value.items()}
    if kind == "array":
        assert isinstance(value, list), "an array is no array"
        return [projected(item, schema["items"]) for item in value]
    assert not isinstance(value, str | list | dict)
    return value


def whole(body: Any, schema: Mapping[str, Any]) -> Any:
    """Write a body that is no object with members as the one member that stands for it."""
    return (
        body
        if isinstance(body, dict) and list(schema["properties"]) != ["body"]
        else {"body": body}
    )


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def listed(value: Any) -> str:
    """Write a query's list at commas; JSON where an item has one itself."""
    if not isinstance(value, list):
        return text(value)
    parts = [text(item) for item in value]
    odd = any("," in part or part != part.strip() or not part for part in parts)
    return json.dumps(value) if odd or parts[:1] == ["["] else ",".join(parts)


def operation_at(document: Mapping[str, Any], name: str) -> tuple[str, str, dict[str, Any]]:
    """Return path, method and content of a projected operation."""
    for path, item in document["paths"].items():
        for method, said in item.items():
            if said["operationId"] == name:
                return path, method.upper(), said
    raise AssertionError(name)


def projected_request(document: Mapping[str, Any], name: str, direct: Direct) -> Request:
    """Write a direct request as a call of the document."""
    path, method, said = operation_at(document, name)
    pairs = []
    for parameter in said.get("parameters", ()):
        given = direct.path if parameter["in"] == "path" else direct.query
        # The names that the projection changed are `name[]`, which it calls `name`.
        key = next((k for k in given if k.removesuffix("[]") == parameter["name"]), None)
        if key is None:
            continue
        if parameter["in"] == "path":
            path = path.replace(f"{{{key}}}", quote(text(given[key]), safe=""))
        else:
            pairs.append((parameter["name"], listed(given[key])))
    query = f"?{urlencode(pairs)}" if pairs else ""
    body = direct.body
    if body is not None:
        schema = said["requestBody"]["content"]["application/json"]["schema"]
        body = projected(whole(body, schema), schema)
    return Request(method, path + query, body)


def direct_request(operation: Operation, direct: Direct) -> Request:
    """Write a direct request, streams off as every projected one has them."""
    path = operation.path
    for key, value in direct.path.items():
        path = path.replace(f"{{{key}}}", quote(text(value), safe=""))
    pairs: list[tuple[str, str]] = []
    for key, value in direct.query.items():
        pairs += [(key, text(item)) for item in value] if isinstance(value, list) else []
        pairs += [] if isinstance(value, list) else [(key, text(value))]
    if any(p.name == STREAM and p.place == "query" for p in operation.parameters):
        pairs.append((STREAM, "false"))
    query = f"?{urlencode(pairs, quote_via=quote, safe='')}" if pairs else ""
    body = direct.body
    if isinstance(body, dict) and streams(operation):
        body = {**body, STREAM: False}
    return Request(operation.method, path + query, body)


def streams(operation: Operation) -> bool:
    """Tell by validation alone whether a body has the boolean member `stream`."""
    body = operation.body
    check = body.types[0].check if body else None
    if check is None:
        return False
    wrong = check.findings({STREAM: {}})
    return any(found.param == f"/{STREAM}" for found in wrong)

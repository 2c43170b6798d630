"""Where the objects of an OpenAPI document stand, and one walk that can rewrite each of them.

What the table does not name is data (`example`, `default`, `enum`, `x-…`): it is never looked into,
so nothing in it is taken for a schema or a reference.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from gateway.contract.pointer import escape, tokens

Shape = Literal["one", "list", "map", "names"]
Kind = str
Edge = tuple[Shape, Kind]
Visit = Callable[[Any, Kind, str], Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SCHEMA: Mapping[str, Edge] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("not", "if", "then", "else", "items", "contains", "contentSchema"),
                *("additionalProperties", "propertyNames"),
                *("unevaluatedItems", "unevaluatedProperties"),
            ),
            ("one", "schema"),
        ),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), ("list", "schema")),
        **dict.fromkeys(
            ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"),
            ("map", "schema"),
        ),
    }
)
_VALUE: dict[str, Edge] = {
    "schema": ("one", "schema"),
    "content": ("map", "media type"),
    "examples": ("map", "example"),
}
# OpenAPI 3.1.0, section 4.8: what each object holds. "names" are maps in which `x-` keys are data.
EDGES: Mapping[Kind, Mapping[str, Edge]] = MappingProxyType(
    {
        "document": {
            "paths": ("names", "path item"),
            "webhooks": ("names", "path item"),
            "components": ("one", "components"),
        },
        "components": {
            "schemas": ("map", "schema"),
            "responses": ("map", "response"),
            "parameters": ("map", "parameter"),
            "examples": ("map", "example"),
            "requestBodies": ("map", "request body"),
            "headers": ("map", "header"),
            "securitySchemes": ("map", "security scheme"),
            "links": ("map", "link"),
            "callbacks": ("map", "callback"),
            "pathItems": ("map", "path item"),
        },
        "path item": {
            **dict.fromkeys(METHODS, ("one", "operation")),
            "parameters": ("list", "parameter"),
        },
        "operation": {
            "parameters": ("list", "parameter"),
            "requestBody": ("one", "request body"),
            "responses": ("names", "response"),
            "callbacks": ("map", "callback"),
        },
        "callback": {"*": ("one", "path item")},
        "parameter": _VALUE,
        "header": _VALUE,
        "request body": {"content": ("map", "media type")},
        "media type": {
            "schema": ("one", "schema"),
            "encoding": ("map", "encoding"),
            "examples": ("map", "example"),
        },
        "encoding": {"headers": ("map", "header")},
        "response": {
            "content": ("map", "media type"),
            "headers": ("map", "header"),
            "links": ("map", "link"),
        },
        "schema": SCHEMA,
        "example": {},
        "link": {},
        "security scheme": {},
    }
)
SECTIONS: Mapping[Kind, str] = MappingProxyType(
    {edge[1]: section for section, edge in EDGES["components"].items()}
)
DROP: Any = object()  # returned by a visit, takes the member away


def rewrite(node: Any, kind: Kind, pointer: str, visit: Visit) -> Any:
    """Call `visit(node, kind, pointer)` for every object, innermost first; return what it made.

    Nothing is changed in place, and what no visit changed stays the same object, so that several
    forms of a document share all that they have in common. A member that has not the shape of its
    place is visited with the kind "not an object", "not a list" or "not a map".
    """
    if isinstance(node, dict):
        edges = EDGES[kind]
        rest = edges.get("*")
        changed: dict[str, Any] = {}
        for key, value in node.items():
            edge = edges.get(key, rest)
            if edge is None or (rest is not None and key.startswith("x-")):
                continue
            new = _member(value, edge, f"{pointer}/{escape(key)}", visit)
            if new is not value:
                changed[key] = new
        if changed:
            node = {
                key: changed.get(key, value)
                for key, value in node.items()
                if changed.get(key) is not DROP
            }
    elif kind != "schema":
        return node if node is None else visit(node, "not an object", pointer)
    return visit(node, kind, pointer)


def _member(value: Any, edge: Edge, pointer: str, visit: Visit) -> Any:
    shape, kind = edge
    # A list where one schema is due is the `items` of older drafts.
    several = kind == "schema" and isinstance(value, list)
    if shape == "one" and not several:
        return rewrite(value, kind, pointer, visit)
    if value is None:
        return value
    if shape == "list" or (shape == "one" and several):
        if not isinstance(value, list):
            return visit(value, "not a list", pointer)
        items = [rewrite(item, kind, f"{pointer}/{i}", visit) for i, item in enumerate(value)]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else [item for item in items if item is not DROP]
    if not isinstance(value, dict):
        return visit(value, "not a map", pointer)
    found = {
        key: item
        if shape == "names" and key.startswith("x-")
        else rewrite(item, kind, f"{pointer}/{escape(key)}", visit)
        for key, item in value.items()
    }
    same = all(found[key] is value[key] for key in found)
    return value if same else {key: item for key, item in found.items() if item is not DROP}


def kind_at(pointer: str) -> tuple[Kind | None, bool]:
    """Return the kind of the object that stands at a pointer, and whether a schema holds it.

    The kind is None at a place that the walk does not come to.
    """
    kind: Kind = "document"
    inside = False
    parts = iter(tokens(pointer))
    for part in parts:
        edges = EDGES[kind]
        edge = edges.get(part, edges.get("*"))
        if edge is None:
            return None, False
        inside = inside or kind == "schema"
        if edge[0] != "one" and next(parts, None) is None:
            return None, False
        kind = edge[1]
    return kind, inside

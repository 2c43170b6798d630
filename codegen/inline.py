"""Schemas without references: what a tool is given stands by itself."""

from collections.abc import Mapping
from typing import Any

from gateway.contract.pointer import follow
from gateway.contract.walk import rewrite

# Where a schema comes back to itself there is nothing more to say of it.
ENDLESS: Mapping[str, Any] = {"description": "A value of the same shape again."}


def inlined(schema: Any, document: Mapping[str, Any]) -> Any:
    """Return `schema` with every `$ref` of `document` put in its place; recursion is cut.

    What stands beside a `$ref` goes over what it leads to (JSON Schema 2020-12, section 8.2.3).
    """
    return _inlined(schema, document, ())


def _inlined(schema: Any, document: Mapping[str, Any], trail: tuple[str, ...]) -> Any:
    def visit(node: Any, kind: str, pointer: str) -> Any:
        if kind != "schema" or not isinstance(node, Mapping) or "$ref" not in node:
            return node
        said = node["$ref"]
        if said in trail:
            return dict(ENDLESS)
        found, _ = follow(document, {"$ref": said})
        found = _inlined(found, document, (*trail, said))
        if not isinstance(found, Mapping):
            return found
        return {**found, **{key: value for key, value in node.items() if key != "$ref"}}

    return rewrite(schema, "schema", "", visit)

"""The binding document: what of a contract Connexion is given.

OpenAPI 3.0.3 with paths (concrete before templated), methods, operationIds, parameters by name and
place, and security; no body schemas. Connexion validates and inlines it at start, so it is small.
"""

from collections.abc import Callable, Iterable
from typing import Any

from gateway.contract.model import Operation
from gateway.contract.segments import TEMPLATE


def binding_document(
    operations: Iterable[Operation], scheme: str, is_open: Callable[[Operation], bool]
) -> dict[str, Any]:
    """Derive the binding document; `scheme` names the one security scheme of closed operations."""
    paths: dict[str, dict[str, Any]] = {}
    ordered = sorted(operations, key=lambda operation: "{" in operation.path)
    for operation in ordered:
        bound = {
            "operationId": operation.id,
            "parameters": _parameters(operation),
            "responses": {"default": {"description": "See the published document."}},
            "security": [] if is_open(operation) else [{scheme: []}],
        }
        # Of two that take the same requests the first is served, as the router has it.
        paths.setdefault(_unique_key(operation), {}).setdefault(operation.method.lower(), bound)
    return {
        "openapi": "3.0.3",
        "info": {"title": "binding", "version": "0"},
        "paths": paths,
        "components": {"securitySchemes": {scheme: {"type": "http", "scheme": scheme}}},
    }


def _unique_key(operation: Operation) -> str:
    """Return the path with its fixed query, so that operations of one path keep their own keys."""
    query = "&".join(f"{name}={value}" for name, value in operation.fixed_query)
    return f"{operation.path}?{query}" if query else operation.path


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    templated = list(dict.fromkeys(TEMPLATE.findall(operation.path)))
    path = [{"name": n, "in": "path", "required": True, "schema": {}} for n in templated]
    others = [
        {"name": p.name, "in": p.place, "required": p.required, "schema": {}}
        for p in operation.parameters
        if p.place != "path"
    ]
    return path + others

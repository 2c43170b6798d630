"""The binding document: what of a contract Connexion is given.

OpenAPI 3.0.3 with paths (concrete before templated), methods, operationIds and security; no body
schemas, and no parameters, which no stage asks Connexion for. Connexion validates and copies it at
start, so it is small: with parameters that took three times as long (docs/decisions/0007).
"""

from collections.abc import Callable, Iterable
from typing import Any

from gateway.contract.model import Operation


def binding_document(
    operations: Iterable[Operation], scheme: str, is_open: Callable[[Operation], bool]
) -> dict[str, Any]:
    """Derive the binding document; `scheme` names the one security scheme of closed operations."""
    paths: dict[str, dict[str, Any]] = {}
    ordered = sorted(operations, key=lambda operation: "{" in operation.path)
    for operation in ordered:
        bound = {
            "operationId": operation.id,
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

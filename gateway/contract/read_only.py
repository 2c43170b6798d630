"""`readOnly` properties are never required of a request (OpenAPI 3.1.0, section 4.8.24.2)."""

from collections.abc import Mapping
from typing import Any

from gateway.contract.pointer import follow

DEPTH = 8  # of `allOf` within each other


def without_read_only(schema: dict[str, Any], tree: Mapping[str, Any]) -> dict[str, Any]:
    """Take `readOnly` properties out of `required`, here and in what stands under `allOf`."""
    hidden = _read_only(schema, tree, 0)
    if not hidden:
        return schema
    schema = _not_requiring(schema, hidden)
    if "allOf" in schema:
        parts = schema["allOf"]
        kept = [_not_requiring(part, hidden) if isinstance(part, dict) else part for part in parts]
        if any(new is not old for new, old in zip(kept, parts, strict=True)):
            schema = {**schema, "allOf": kept}
    return schema


def _not_requiring(schema: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    required = schema.get("required")
    if not isinstance(required, list) or names.isdisjoint(required):
        return schema
    return {**schema, "required": [name for name in required if name not in names]}


def _read_only(schema: Any, tree: Mapping[str, Any], depth: int) -> frozenset[str]:
    """Return the names of a schema's `readOnly` properties, those of its `allOf` included."""
    schema = _target(schema, tree)
    if not isinstance(schema, Mapping) or depth > DEPTH:
        return frozenset()
    names = {
        name
        for name, value in (schema.get("properties") or {}).items()
        if isinstance(value, Mapping) and _is_read_only(value, tree)
    }
    return frozenset(names).union(
        *(_read_only(part, tree, depth + 1) for part in schema.get("allOf", ()))
    )


def _target(schema: Any, tree: Mapping[str, Any]) -> Any:
    return follow(tree, schema)[0] if isinstance(schema, Mapping) and "$ref" in schema else schema


def _is_read_only(schema: Mapping[str, Any], tree: Mapping[str, Any]) -> bool:
    if schema.get("readOnly") is True:
        return True
    target = _target(schema, tree)
    return isinstance(target, Mapping) and target.get("readOnly") is True

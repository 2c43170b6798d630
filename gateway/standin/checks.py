"""Whether a value holds for a schema of the document. Compiled once per schema, when asked."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from gateway.contract.model import Schema

URI = "urn:specrelay:document"


class Validity:
    """Checks values against the schemas of one document, formats included."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._registry: jsonschema_rs.Registry | None = None
        self._known: dict[int, tuple[Schema, Any]] = {}

    def holds(self, schema: Schema, value: Any) -> bool:
        """Tell whether `value` is valid for `schema`."""
        if isinstance(schema, bool):
            return schema
        known = self._known.get(id(schema))
        if known is None:
            # The schema is kept so that its identity is not given to another one.
            known = self._known[id(schema)] = (schema, self._compile(schema))
        try:
            return bool(known[1] is None or known[1].is_valid(value))
        except ValueError:  # a value that is no JSON, such as one of a YAML tag
            return False

    def _compile(self, schema: Schema) -> jsonschema_rs.Draft202012Validator | None:
        """Compile a schema; None, which takes all, where the engine refuses it."""
        absolute, refers = _absolute(schema)
        if refers and self._registry is None:
            self._registry = jsonschema_rs.Registry([(URI, dict(self._document))])
        try:
            return jsonschema_rs.Draft202012Validator(
                absolute, registry=self._registry if refers else None, validate_formats=True
            )
        except (ValueError, jsonschema_rs.ReferencingError):
            return None


def _absolute(node: Any) -> tuple[Any, bool]:
    """Copy a schema with its `$ref`s made absolute; tell whether it has any."""
    if isinstance(node, Mapping):
        refers, made = False, {}
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                made[key], refers = (URI + value if value.startswith("#") else value), True
                continue
            made[key], inner = _absolute(value)
            refers = refers or inner
        return made, refers
    if isinstance(node, list | tuple):
        pairs = [_absolute(item) for item in node]
        return [made for made, _ in pairs], any(inner for _, inner in pairs)
    return node, False

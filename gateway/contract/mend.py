"""Mend a bundled document: whatever it was, it becomes OpenAPI 3.1 with JSON Schema 2020-12.

Each mend of something that the document's own version forbids is a warning with its place. What
OpenAPI 3.0 says differently (`nullable`, boolean `exclusiveMinimum`) is translated without one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.contract.pointer import escape, resolve
from gateway.contract.schema_mends import MENDS
from gateway.errors import Problem

SUBSCHEMA = frozenset(
    (
        *("not", "if", "then", "else", "items", "contains", "contentSchema"),
        *("additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties"),
    )
)
SUBSCHEMA_LISTS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
SUBSCHEMA_MAPS = frozenset(
    ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
)
DATA = frozenset(("example", "examples", "default", "enum", "const"))
# Maps of the OpenAPI structure whose keys are names of the author's choice.
NAMED = frozenset(("paths", "headers", "content", "callbacks", "links", "encoding", "responses"))


class Mender:
    """Copies a document and mends it on the way; `warnings` tells what was done."""

    def __init__(self, document: Mapping[str, Any], *, good_pattern: Callable[[str], bool]) -> None:
        self.source = document
        self.old = str(document.get("openapi", "")).startswith("3.0")
        self.good_pattern = good_pattern
        self.warnings: list[Problem] = []
        self._patterns: dict[str, bool] = {}
        self.document: dict[str, Any] = self._structure(document, "")
        self.document["openapi"] = "3.1.0"

    def warn(self, pointer: str, message: str, mend: str) -> None:
        """Note a mend."""
        self.warnings.append(Problem(pointer, message, mend, fatal=False))

    def takes_pattern(self, pattern: str) -> bool:
        """Tell whether the schema engine takes the regular expression."""
        if pattern not in self._patterns:
            self._patterns[pattern] = self.good_pattern(pattern)
        return self._patterns[pattern]

    def leads_somewhere(self, reference: str) -> bool:
        """Tell whether an internal reference resolves."""
        try:
            resolve(self.source, reference[1:])
        except LookupError:
            return False
        return True

    def _structure(self, node: Any, pointer: str, names: bool = False) -> Any:
        """Copy a part of the document that is not a schema; `names`: its keys are free names."""
        if isinstance(node, list):
            return [self._structure(item, f"{pointer}/{i}") for i, item in enumerate(node)]
        if not isinstance(node, Mapping):
            return node
        copy: dict[str, Any] = {}
        for key, value in node.items():
            place = f"{pointer}/{escape(key)}"
            if names:
                copy[key] = self._structure(value, place)
            elif key == "schema":
                copy[key] = self.schema(value, place)
            elif key == "schemas" and pointer == "/components":
                copy[key] = self._schemas(value, place)
            elif key in DATA or key.startswith("x-"):
                copy[key] = value
            else:
                named = key in NAMED or pointer == "/components"
                copy[key] = self._structure(value, place, named)
        return copy

    def _schemas(self, node: Any, pointer: str) -> Any:
        if not isinstance(node, Mapping):
            return {}
        return {key: self.schema(value, f"{pointer}/{escape(key)}") for key, value in node.items()}

    def schema(self, node: Any, pointer: str) -> Any:
        """Copy a schema, mended, and all schemas in it."""
        if isinstance(node, bool):
            return node
        if not isinstance(node, Mapping):
            self.warn(pointer, "A schema is no object and no boolean.", "It allows anything.")
            return {}
        copy: dict[str, Any] = {}
        for key, value in node.items():
            place = f"{pointer}/{escape(key)}"
            if key in SUBSCHEMA and isinstance(value, Mapping | bool):
                copy[key] = self.schema(value, place)
            elif key in SUBSCHEMA_LISTS and isinstance(value, list):
                copy[key] = [self.schema(item, f"{place}/{i}") for i, item in enumerate(value)]
            elif key in SUBSCHEMA_MAPS:
                copy[key] = self._schemas(value, place)
            else:
                copy[key] = value
        for mend in MENDS:
            copy = mend(copy, pointer, self)
        return copy


def request_view(node: Any, *, one_of: str) -> Any:
    """Copy a mended document as requests see it: `readOnly` properties are never required.

    With `one_of="any"`, `oneOf` is read as `anyOf`, since real documents misuse it.
    """
    if isinstance(node, list):
        return [request_view(item, one_of=one_of) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: request_view(value, one_of=one_of) for key, value in node.items()}
    required, properties = copy.get("required"), copy.get("properties")
    if isinstance(required, list) and isinstance(properties, dict):
        kept = [name for name in required if not _is_read_only(properties.get(name))]
        if len(kept) != len(required):
            copy["required"] = kept
    alternatives = copy.get("oneOf")
    if one_of == "any" and isinstance(alternatives, list):
        del copy["oneOf"]
        if "anyOf" in copy:
            copy["allOf"] = [*copy.get("allOf", ()), {"anyOf": alternatives}]
        else:
            copy["anyOf"] = alternatives
    return copy


def _is_read_only(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("readOnly") is True

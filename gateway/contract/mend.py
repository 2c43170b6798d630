"""Mend a bundled document: whatever it was, it becomes OpenAPI 3.1 with JSON Schema 2020-12.

Each mend of something that the document's own version forbids is a warning with its place. What
OpenAPI 3.0 says differently (`nullable`, boolean `exclusiveMinimum`) is translated without one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.contract.pointer import pointer_of, reference, resolve
from gateway.contract.read_only import without_read_only
from gateway.contract.schema_mends import MENDS
from gateway.contract.types import TypeReader
from gateway.contract.walk import DROP, SECTIONS, Kind, rewrite
from gateway.errors import Problem

DIALECTS = ("https://spec.openapis.org/oas/", "https://json-schema.org/draft/2020-12/")


class Mender:
    """Makes the mended `document`; `warnings` tells what was done. The source stays as it is."""

    def __init__(self, source: Mapping[str, Any], *, good_pattern: Callable[[str], bool]) -> None:
        self.source = source
        self.old = str(source.get("openapi", "")).startswith("3.0")
        self.warnings: list[Problem] = []
        self._good_pattern = good_pattern
        self._patterns: dict[str, bool] = {}
        self._targets: dict[str, str | None] = {}
        self._types = TypeReader(source)
        dialect = source.get("jsonSchemaDialect")
        if isinstance(dialect, str) and not dialect.startswith(DIALECTS):
            message = "The schemas are of another dialect."
            self.warn("/jsonSchemaDialect", message, "They are read as JSON Schema 2020-12.")
        mended = rewrite(source, "document", "", self._mend)
        self.document: Mapping[str, Any] = {**mended, "openapi": "3.1.0"}

    def warn(self, pointer: str, message: str, mend: str) -> None:
        """Note a mend."""
        self.warnings.append(Problem(pointer, message, mend, fatal=False))

    def takes_pattern(self, pattern: str) -> bool:
        """Tell whether the schema engine takes the regular expression."""
        if pattern not in self._patterns:
            self._patterns[pattern] = self._good_pattern(pattern)
        return self._patterns[pattern]

    def types(self, schema: dict[str, Any]) -> frozenset[str]:
        """Return the types that a schema admits; the empty set is any."""
        return self._types.types(schema)

    def canonical(self, said: str) -> str | None:
        """Return an internal reference as a URI writes it; None where it leads nowhere."""
        if said not in self._targets:
            self._targets[said] = self._canonical(said)
        return self._targets[said]

    def _canonical(self, said: str) -> str | None:
        pointer = pointer_of(said)
        try:
            resolve(self.source, said if pointer is None else pointer)
        except LookupError:
            return None
        return reference(pointer or "")

    def _mend(self, node: Any, kind: Kind, pointer: str) -> Any:
        if kind == "schema":
            return self._schema(node, pointer)
        if kind.startswith("not "):
            self.warn(pointer, f"This is {kind}.", "It is left out.")
            return DROP
        if kind in SECTIONS and isinstance(node.get("$ref"), str):
            return self._reference(node, pointer)
        return node

    def _reference(self, node: dict[str, Any], pointer: str) -> Any:
        """Mend the reference of an object that is no schema."""
        said = node["$ref"]
        target = self.canonical(said)
        if target is None:
            self.warn(pointer, f"The reference {said!r} leads nowhere.", "It is left out.")
            return DROP
        return node if target == said else {**node, "$ref": target}

    def _schema(self, node: Any, pointer: str) -> Any:
        if isinstance(node, bool):
            return node
        if not isinstance(node, dict):
            self.warn(pointer, "A schema is no object and no boolean.", "It allows anything.")
            return {}
        copy = node
        for keywords, mend in MENDS:
            if not keywords.isdisjoint(copy):
                copy = mend(dict(copy), pointer, self)
        return node if copy == node else copy


def request_view(
    node: Any, *, one_of: str, document: Mapping[str, Any] | None = None, kind: Kind = "schema"
) -> Any:
    """Return a mended schema as requests see it: `readOnly` properties are never required.

    With `one_of="any"`, `oneOf` is read as `anyOf`, since real documents misuse it. `document` is
    what references lead into. With `kind="document"`, `node` is a whole mended document.
    """
    tree = document or {}

    def view(schema: Any, kind: Kind, _pointer: str) -> Any:
        if kind != "schema" or not isinstance(schema, dict):
            return schema
        if "required" in schema or "allOf" in schema:
            schema = without_read_only(schema, tree)
        if one_of == "any" and "oneOf" in schema:
            schema = _any_of(schema)
        return schema

    return rewrite(node, kind, "", view)


def _any_of(schema: dict[str, Any]) -> dict[str, Any]:
    others = {key: value for key, value in schema.items() if key != "oneOf"}
    if "anyOf" in schema:
        return {**others, "allOf": [*schema.get("allOf", ()), {"anyOf": schema["oneOf"]}]}
    return {**others, "anyOf": schema["oneOf"]}

"""Compiled schema checks: the quick check of the hot path, and the findings after it failed."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from jsonschema_rs import Draft202012Validator, ValidationError

from gateway.contract.mend import request_view
from gateway.contract.model import Schema
from gateway.errors import Finding
from gateway.validate.findings import Explainer
from gateway.validate.subschemas import Node, Subschemas


class CompiledCheck:
    """A schema, compiled. Meets `gateway.contract.model.Check`.

    `is_valid` is the engine's own bound method: a request pays for no Python frame.
    """

    __slots__ = ("__weakref__", "_explainer", "_node", "is_valid")
    is_valid: Callable[[Any], bool]

    def __init__(self, explainer: Explainer, node: Node) -> None:
        self._explainer = explainer
        self._node = node
        self.is_valid = explainer.subschemas.compile(node).is_valid

    @property
    def subschemas(self) -> Subschemas:
        """The schemas of the document that the references of this one lead into."""
        return self._explainer.subschemas

    def findings(self, value: Any, prefix: str = "") -> list[Finding]:
        """List at most 20 findings, none for a valid value; each `param` begins with `prefix`."""
        if self.is_valid(value):
            return []
        return self._explainer.findings(self._node, value, prefix)


class SchemaChecks:
    """Compiles the schemas of one mended document (JSON Schema 2020-12, formats not asserted)."""

    def __init__(self, document: Mapping[str, Any], *, one_of: Literal["any", "exact"]) -> None:
        self._subschemas = Subschemas(document)
        self._subschemas.hold([""])  # nobody knows yet which schemas will be asked for
        self._explainer = Explainer(self._subschemas)
        self._one_of = one_of

    def check(self, schema: Schema, pointer: str) -> CompiledCheck:
        """Compile the schema at a JSON Pointer of the document.

        With the pointer "", and for a boolean, `schema` is compiled by itself: its `#/…` references
        lead into the document, and with `one_of="any"` it is read as requests see it. Raises
        ValueError with the pointer and the reason if it does not compile.
        """
        if pointer and not isinstance(schema, bool):
            return CompiledCheck(self._explainer, self._subschemas.node(pointer))
        if self._one_of == "any":
            document = self._subschemas.document
            schema = request_view(schema, one_of="any", document=document)
        return CompiledCheck(self._explainer, Node(schema, None))


def good_pattern(pattern: str) -> bool:
    """Tell whether the engine takes a regular expression."""
    try:
        Draft202012Validator({"pattern": pattern})
    except (ValidationError, ValueError):
        return False
    return True

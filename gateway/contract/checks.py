"""The compiled schemas of a contract.

All request schemas of one reading are compiled together, as the properties of one schema, so that
they share what they refer to: each by itself, the schemas of a large document take gigabytes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from gateway.contract.mend import request_view
from gateway.contract.model import Check, Schema
from gateway.contract.pointer import reference
from gateway.errors import Problem
from gateway.validate.findings import Explainer
from gateway.validate.schemas import CompiledCheck, SchemaChecks
from gateway.validate.subschemas import Node, Subschemas

MEND = "Mend the schema."
IsValid = Callable[[Any], bool]


class SharedCheck(CompiledCheck):
    """The check of one schema among those that were compiled together."""

    __slots__ = ()

    def __init__(self, explainer: Explainer, node: Node) -> None:
        self._explainer = explainer
        self._node = node

    @property
    def node(self) -> Node:
        """The schema and where it stands."""
        return self._node

    def bind(self, name: str, is_valid: IsValid) -> None:
        """Use the validator of an object that holds the value under `name`."""
        self.is_valid = lambda value: is_valid({name: value})


class _Reading:
    """The document as requests see it, `oneOf` read in one of two ways."""

    def __init__(self, document: Mapping[str, Any], one_of: Literal["any", "exact"]) -> None:
        view = request_view(document, one_of=one_of, document=document, kind="document")
        self.subschemas = Subschemas(view)
        self.explainer = Explainer(self.subschemas)
        self.checks: dict[str, SharedCheck] = {}

    def at(self, pointer: str) -> SharedCheck:
        """Return the check of the schema at a pointer; it is bound when all are compiled."""
        node = self.subschemas.node(pointer)
        seen = {pointer}
        while isinstance(node.schema, Mapping) and node.schema.keys() == {"$ref"}:
            node = self.subschemas.target(node)
            if node.pointer is None or node.pointer in seen:
                break
            seen.add(node.pointer)
        where = node.pointer or pointer
        if where not in self.checks:
            self.checks[where] = SharedCheck(self.explainer, node)
        return self.checks[where]

    def compile(self) -> list[Problem]:
        """Compile all checks; return what is wrong with those that do not compile."""
        names = {str(index): pointer for index, pointer in enumerate(self.checks)}
        self.subschemas.hold(self.checks)
        together = {name: {"$ref": reference(pointer)} for name, pointer in names.items()}
        try:
            is_valid = self.subschemas.compile(Node({"properties": together}, None)).is_valid
        except ValueError:
            return self._compile_each()
        self.subschemas.let_go()
        for name, pointer in names.items():
            self.checks[pointer].bind(name, is_valid)
        return []

    def _compile_each(self) -> list[Problem]:
        problems = []
        for pointer, check in self.checks.items():
            try:
                check.is_valid = self.subschemas.compile(check.node).is_valid
            except ValueError as error:
                check.is_valid = lambda _: True
                problems.append(Problem(pointer, f"{error}.", MEND))
        return problems


class Checks:
    """Compiles the schemas of one mended document; a reading of it is made at first use."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._readings: dict[str, _Reading] = {}
        self._responses: SchemaChecks | None = None

    def request(self, schema: Schema, pointer: str, one_of: Literal["any", "exact"]) -> Check:
        """Return the check of a request's schema, in the reading that the policy asks for.

        Without a pointer the schema is compiled at once, by itself; ValueError if it cannot be.
        """
        if one_of not in self._readings:
            self._readings[one_of] = _Reading(self._document, one_of)
        reading = self._readings[one_of]
        if pointer and not isinstance(schema, bool):
            return reading.at(pointer)
        view = request_view(schema, one_of=one_of, document=self._document)
        return CompiledCheck(reading.explainer, Node(view, None))

    def compile(self) -> list[Problem]:
        """Compile all that was asked for; return what is wrong with it."""
        return [problem for reading in self._readings.values() for problem in reading.compile()]

    def response(self, schema: Schema, pointer: str) -> Check:
        """Compile a schema as responses see it."""
        if self._responses is None:
            self._responses = SchemaChecks(self._document, one_of="exact")
        return self._responses.check(schema, pointer)

"""The schemas of one document, each compiled when it is asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from jsonschema_rs import (
    Draft202012,
    Draft202012Validator,
    ReferencingError,
    Registry,
    ValidationError,
)

from gateway.contract.model import Schema
from gateway.contract.pointer import escape, resolve
from gateway.validate.reachable import asserting, part, reachable, references, stands_in

URI = "urn:specrelay:document"
MASK = "the value"
COMPILED = 64  # subschemas kept for the listing of findings
_NOT_SCHEMAS = frozenset(("const", "enum", "default", "example", "examples"))


@dataclass(frozen=True, slots=True)
class Node:
    """A schema and its JSON Pointer in the document; None: it stands outside of it."""

    schema: Schema
    pointer: str | None

    @property
    def keywords(self) -> Mapping[str, Any]:
        """The keywords of the schema; a boolean has none."""
        return {} if isinstance(self.schema, bool) else self.schema

    def child(self, *keys: str | int) -> "Node":
        """Return the schema that stands below this one."""
        schema: Any = self.schema
        for key in keys:
            schema = schema[key]
        if self.pointer is None:
            return Node(schema, None)
        return Node(schema, self.pointer + "".join(f"/{escape(str(key))}" for key in keys))

    def at(self, keyword: str) -> str:
        """Return the JSON Pointer of a keyword of this schema, "" outside the document."""
        return "" if self.pointer is None else f"{self.pointer}/{escape(keyword)}"


class Subschemas:
    """Compiles schemas of `document`, whose references (`#/…`) lead into it and nowhere else."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._held: set[str] = set()
        self._copy: Registry | None = None  # what the engine has of the document
        self._compiled = lru_cache(COMPILED)(self._compile)

    def hold(self, pointers: Iterable[str]) -> None:
        """Give the engine the schemas at `pointers` and what they refer to.

        Those that are compiled later are held then; to hold many at once is quicker.
        """
        missing = [pointer for pointer in pointers if not stands_in(pointer, self._held)]
        if missing:
            self._held |= reachable(self.document, missing)
            self._copy = None

    def let_go(self) -> None:
        """Drop the engine's copy, which is made again for the next schema that is compiled.

        What is compiled does not need it, and it is a dozen times as large as its text.
        """
        self._copy = None

    def take_up(self) -> Registry:
        """Return the engine's copy, made anew if it was let go: that takes a while, once."""
        if self._copy is None:
            resources = [(URI, part(self.document, self._held))]
            self._copy = Registry(resources, draft=Draft202012, retriever=_refuse)
        return self._copy

    def compile(self, node: Node) -> Draft202012Validator:
        """Compile a schema; raise ValueError with its pointer and what is wrong with it."""
        if node.pointer is None or isinstance(node.schema, bool):
            self.hold(references(node.schema))
            schema = _absolute(asserting(node.schema))
        else:
            self.hold([node.pointer])
            schema = {"$ref": f"{URI}#{quote(node.pointer)}"}
        try:
            return Draft202012Validator(
                schema,
                registry=self.take_up(),
                retriever=_refuse,
                mask=MASK,
                validate_formats=False,
            )
        except (ValidationError, ReferencingError, ValueError) as error:
            reason = getattr(error, "message", None) or str(error)
            place = node.pointer or "A schema"
            raise ValueError(f"{place}: it does not compile: {reason}") from None

    def fits(self, node: Node, value: Any) -> bool:
        """Tell whether `value` is valid under a schema, compiling it at first use."""
        if isinstance(node.schema, bool):
            return node.schema
        if node.pointer is None:
            return self.compile(node).is_valid(value)
        return self._compiled(node.pointer).is_valid(value)

    def node(self, pointer: str) -> Node:
        """Return the schema at a JSON Pointer; raise ValueError if nothing stands there."""
        try:
            return Node(resolve(self.document, pointer), pointer)
        except LookupError:
            raise ValueError(f"{pointer}: nothing stands there") from None

    def target(self, node: Node) -> Node:
        """Return the schema that the `$ref` of a schema leads to."""
        return self.node(unquote(node.keywords["$ref"].removeprefix("#")))

    def _compile(self, pointer: str) -> Draft202012Validator:
        return self.compile(self.node(pointer))


def _absolute(node: Any) -> Any:
    """Copy a schema, its references into the document made absolute."""
    if isinstance(node, list):
        return [_absolute(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    copy = {}
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str) and value.startswith("#"):
            copy[key] = URI + value
        else:
            copy[key] = value if key in _NOT_SCHEMAS else _absolute(value)
    return copy


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} is outside of the document; references lead to `#/…` only")

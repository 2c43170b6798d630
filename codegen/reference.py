"""Reference pages: a page for each family (tag) of the contract's operations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.manifest import Classes
from codegen.samples import Sampler
from codegen.snippets import curl, python
from gateway.contract.model import Contract, Operation, Parameter
from gateway.contract.pointer import resolve
from gateway.contract.types import TypeReader

REACH = {
    "direct": "A tool of its own, as it is.",
    "wrap": "A tool of its own, files as links.",
    "envelope": "Through the envelope, by its name.",
    "never": "Not for tools.",
}
MAX_VALUES = 12  # of an enum that a row lists
UNSAFE = re.compile(r"[^a-z0-9_-]+")
# Which operation a family's samples show: the most useful one that can be tried.
BEST = (("direct", "POST"), ("wrap", "POST"), ("direct", "GET"), ("wrap", "GET"))


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter, or a member of a body. `where` is path, query, header, cookie or body."""

    name: str
    where: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation on a page."""

    operation: Operation
    rows: tuple[Row, ...]
    answers: tuple[tuple[str, str], ...]
    reach: str


@dataclass(frozen=True, slots=True)
class Family:
    """A page. `slug` is its file's name without the ending."""

    slug: str
    title: str
    description: str
    entries: tuple[Entry, ...]
    shown: Operation | None
    curl: str
    python: str


def families(contract: Contract, classes: Classes) -> tuple[Family, ...]:
    """Return the families in the order in which their first operations stand."""
    return tuple(_Pages(contract, classes).pages())


class _Pages:
    def __init__(self, contract: Contract, classes: Classes) -> None:
        self._contract = contract
        self._classes = classes
        self._types = TypeReader(contract.document)
        self._sampler = Sampler(contract)
        self._tags = {
            str(tag.get("name")): tag
            for tag in contract.document.get("tags") or ()
            if isinstance(tag, Mapping)
        }

    def pages(self) -> Iterator[Family]:
        by_tag: dict[str, list[Operation]] = {}
        for operation in self._contract.operations.values():
            by_tag.setdefault(operation.tag, []).append(operation)
        taken: set[str] = {"readme"}
        for tag, operations in by_tag.items():
            slug = _free(UNSAFE.sub("-", tag.lower()).strip("-") or "family", taken)
            yield self._page(slug, tag, operations)

    def _page(self, slug: str, tag: str, operations: list[Operation]) -> Family:
        said = self._tags.get(tag, {})
        shown = _shown(operations, self._classes)
        sample = self._sampler.sample(shown) if shown else None
        return Family(
            slug=slug,
            title=str(said.get("x-displayName") or tag.replace("_", " ").capitalize()),
            description=_line(said.get("description")),
            entries=tuple(self._entry(operation) for operation in operations),
            shown=shown,
            curl=curl(sample, shown, self._contract) if sample and shown else "",
            python=python(sample, shown, self._contract) if sample and shown else "",
        )

    def _entry(self, operation: Operation) -> Entry:
        answers = tuple(
            (answer.status, ", ".join(answer.content) or "no body") for answer in operation.answers
        )
        return Entry(
            operation=operation,
            rows=tuple(self._rows(operation)),
            answers=answers,
            reach=REACH.get(self._classes.get(operation.id, ""), ""),
        )

    def _rows(self, operation: Operation) -> Iterator[Row]:
        for each in operation.parameters:
            text = self._said(each) or self._text(each.schema)
            yield Row(each.name, each.place, self._type(each.schema), each.required, text)
        body = operation.body.types[0] if operation.body and operation.body.types else None
        if body is None or body.schema is None:
            return
        properties = self._types.properties(body.schema)
        required = self._types.required(body.schema)
        for name, schema in properties.items():
            yield Row(name, "body", self._type(schema), name in required, self._text(schema))
        if not properties:
            needed = operation.body.required if operation.body else False
            yield Row("(body)", "body", body.media_type, needed, self._text(body.schema))

    def _said(self, parameter: Parameter) -> str:
        """Return a parameter's own description."""
        last = "/content/" if parameter.media_type else "/schema"
        try:
            found = resolve(self._contract.document, parameter.pointer.rpartition(last)[0])
        except LookupError:
            return ""
        return _line(found.get("description")) if isinstance(found, Mapping) else ""

    def _type(self, schema: Any) -> str:
        kinds = sorted(self._types.types(schema))
        text = " or ".join(kinds) if kinds else "any"
        node = self._types.target(schema)
        values = node.get("enum") if isinstance(node, Mapping) else None
        if isinstance(values, list) and len(values) <= MAX_VALUES:
            text += ": " + ", ".join(f"`{value}`" for value in values if value is not None)
        return text

    def _text(self, schema: Any) -> str:
        node = self._types.target(schema)
        for each in (schema, node):
            if isinstance(each, Mapping) and each.get("description"):
                return _line(each["description"])
        return ""


def _shown(operations: list[Operation], classes: Classes) -> Operation | None:
    for actions, method in BEST:
        for operation in operations:
            if (classes.get(operation.id), operation.method) == (actions, method):
                return operation
    open_ones = [each for each in operations if not each.websocket]
    tools = [each for each in open_ones if classes.get(each.id) != "never"]
    return next(iter(tools or open_ones), None)


def _free(slug: str, taken: set[str]) -> str:
    found, number = slug, 2
    while found in taken:
        found, number = f"{slug}-{number}", number + 1
    taken.add(found)
    return found


def _line(text: Any) -> str:
    return " ".join(str(text or "").split())

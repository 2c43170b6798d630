"""A document as the importer of Actions reads it: operations, parameters, bodies, schemas."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from codegen.lint.sites import Site, sites_of
from codegen.lint.tree import Tree, below, is_json, items, located, mapping, sequence, text

# What the importer takes for a method; any other key of a path item is unrecognized to it.
METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Editor:
    """What stands in the editor beside the document, as far as a rule depends on it.

    `domains` are those of the GPT's other actions. `public` tells that the GPT is to be published,
    and `privacy_policy` is the URL that is entered for it.
    """

    domains: tuple[str, ...] = ()
    public: bool = False
    privacy_policy: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation.

    `written` stands at `place`; where that is a reference, `node` at `found` is what it leads to.
    """

    place: str
    found: str
    written: Any
    node: Tree

    @property
    def name(self) -> str:
        """The parameter's name; "" if it has none."""
        return text(self.node.get("name"))

    @property
    def location(self) -> str:
        """The parameter's place in a request (`in`); "" if it has none."""
        return text(self.node.get("in"))


@dataclass(frozen=True, slots=True)
class Body:
    """A request body: its media types, and the place and schema of the one that is JSON."""

    place: str
    media_types: tuple[str, ...]
    json: bool
    schema_place: str = ""
    schema: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that the importer recognizes."""

    path: str
    method: str
    place: str
    node: Tree
    parameters: tuple[Parameter, ...]
    body: Body | None

    @property
    def id(self) -> str:
        """The operationId; "" if there is none."""
        return text(self.node.get("operationId"))

    @property
    def said(self) -> dict[str, object]:
        """What fills the words of every message about the operation."""
        where = f"In path {self.path}, method {self.method}"
        return {"where": f"{where}, operationId {self.id}" if self.id else where}


@dataclass(frozen=True)
class View:
    """A document, what the editor holds beside it, and the document's text, if it is known."""

    document: Tree
    editor: Editor = field(default_factory=Editor)
    text: str | None = None

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The operations that the importer recognizes, in their order."""
        return tuple(
            self._operation(path, method, node, place)
            for path, item, item_place in items(self.document.get("paths"), "/paths")
            for method, node, place in items(item, item_place)
            if method in METHODS and isinstance(node, Mapping)
        )

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every schema, once, at the place where it is written."""
        return tuple(sites_of(self.document, METHODS))

    def answers(self, operation: Operation) -> list[tuple[str, Tree, str]]:
        """Return an operation's declared responses: status, response, place."""
        declared = items(operation.node.get("responses"), below(operation.place, "responses"))
        return [(status, *located(self.document, node, place)) for status, node, place in declared]

    def _operation(self, path: str, method: str, node: Tree, place: str) -> Operation:
        parameters = tuple(
            self._parameter(written, below(place, "parameters", number))
            for number, written in enumerate(sequence(node.get("parameters")))
        )
        return Operation(path, method, place, node, parameters, self._body(node, place))

    def _parameter(self, written: Any, place: str) -> Parameter:
        node, found = located(self.document, written, place)
        return Parameter(place, found, written, node)

    def _body(self, node: Tree, place: str) -> Body | None:
        if "requestBody" not in node:
            return None
        body, place = located(self.document, node["requestBody"], below(place, "requestBody"))
        content = list(items(body.get("content"), below(place, "content")))
        media_types = tuple(name for name, _, _ in content)
        for name, media_type, media_place in content:
            if is_json(name):
                schema = mapping(media_type).get("schema")
                return Body(place, media_types, True, below(media_place, "schema"), schema)
        return Body(place, media_types, False)

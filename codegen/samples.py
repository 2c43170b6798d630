"""One sample request of an operation: what is declared as an example, else what is made for it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from gateway.contract.model import BodyType, Contract, Kind, Operation, Parameter
from gateway.contract.pointer import follow
from gateway.contract.types import TypeReader
from gateway.errors import RelayError
from gateway.local.inner_body import write_body
from gateway.standin.examples import ExampleMaker

PREFERENCE: tuple[Kind, ...] = ("json", "multipart", "form", "raw")
SCALARS = (str, int, float)
SHOWN = frozenset(("example", "examples"))
FEW = 3  # members of a body that requires none


@dataclass(frozen=True, slots=True)
class Sample:
    """A request. `path` is filled in; `files` are the fields of `body` that are files.

    `body` is the value for the kinds "json", "form" and "multipart", else None; `fields` is what a
    form sends of it, in pairs, less its files.
    """

    method: str
    path: str
    path_values: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    media_type: str = ""
    kind: Kind | None = None
    body: Any = None
    files: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> str:
        """The path with the query."""
        return f"{self.path}?{urlencode(self.query, doseq=True)}" if self.query else self.path


class Sampler:
    """Makes samples for the operations of one contract; only what is required is in them."""

    def __init__(self, contract: Contract) -> None:
        self._document = contract.document
        self._types = TypeReader(contract.document)
        self._maker = ExampleMaker(contract.document, "request")

    def sample(self, operation: Operation) -> Sample:
        """Return the operation's sample."""
        given = {
            parameter.name: self._value(parameter)
            for parameter in operation.parameters
            if parameter.place == "path"
        }
        query: dict[str, Any] = dict(operation.fixed_query)
        for parameter in operation.parameters:
            if parameter.place == "query" and parameter.required:
                query[parameter.name] = self._value(parameter)
        path = operation.path
        for name, value in given.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        said = Sample(operation.method, path, given, query)
        return self._with_body(said, operation)

    def _value(self, parameter: Parameter) -> Any:
        found = self._maker.make(parameter.schema, parameter.name)
        return found if isinstance(found, SCALARS) else parameter.name

    def _with_body(self, said: Sample, operation: Operation) -> Sample:
        if operation.body is None or not operation.body.types:
            return said
        types = operation.body.types
        chosen = min(types, key=lambda each: PREFERENCE.index(each.kind))
        made = replace(said, media_type=chosen.media_type, kind=chosen.kind)
        if chosen.kind == "raw":
            return made
        value = self._body(operation, chosen)
        if chosen.kind == "json" or not isinstance(value, dict):
            return replace(made, body=value)
        files = self._files(chosen) if chosen.kind == "multipart" else ()
        plain = {name: item for name, item in value.items() if name not in files}
        pairs = self._pairs(operation, plain) if chosen.kind == "form" else _parts(plain)
        return replace(made, body=value, files=files, fields=tuple(pairs))

    def _pairs(self, operation: Operation, value: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return the fields of a form as the operation wants them written."""
        try:
            written = write_body(operation, value, self._types)
        except RelayError:  # no form holds it
            return _parts(value)
        return parse_qsl(written[0].decode(), keep_blank_values=True) if written else []

    def _body(self, operation: Operation, chosen: BodyType) -> Any:
        said = self._declared(operation, chosen)
        if said is not None:
            return said
        if chosen.schema is None:
            return {}
        found = self._maker.make(chosen.schema, operation.id)
        required = self._types.required(chosen.schema)
        if not isinstance(found, dict):
            return found
        if required:
            return {name: value for name, value in found.items() if name in required}
        return dict(islice(self._telling(chosen, found), FEW))

    def _telling(self, chosen: BodyType, found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the members whose values the document shows: they say more than made-up ones."""
        for name, schema in self._types.properties(chosen.schema or {}).items():
            if name in found and isinstance(schema, Mapping) and SHOWN & schema.keys():
                yield name, found[name]

    def _declared(self, operation: Operation, chosen: BodyType) -> Any:
        """Return the example that the document itself gives for the body."""
        body, _ = follow(self._document, operation.document.get("requestBody"))
        for media_type, media in body.get("content", {}).items():
            if media_type.partition(";")[0].strip().lower() != chosen.media_type:
                continue
            if "example" in media:
                return media["example"]
            for example in media.get("examples", {}).values():
                found, _ = follow(self._document, example)
                if isinstance(found, Mapping) and "value" in found:
                    return found["value"]
        return None

    def _files(self, chosen: BodyType) -> tuple[str, ...]:
        """Return the required fields that hold bytes, or the first one that does."""
        found = [name for name, schema in chosen.properties.items() if self._is_file(schema)]
        needed = [name for name in found if name in chosen.required]
        return tuple(needed or found[:1])

    def _is_file(self, schema: Any) -> bool:
        node = self._types.target(schema)
        if not isinstance(node, Mapping):
            return False
        if node.get("format") == "binary" or "contentMediaType" in node:
            return True
        parts = [*node.get("anyOf", ()), *node.get("oneOf", ())]
        if "items" in node:
            parts.append(node["items"])
        return any(self._is_file(part) for part in parts)


def _parts(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the parts of an upload: a list is one part an item, an object is JSON."""
    found = []
    for name, said in value.items():
        for item in said if isinstance(said, list) else [said]:
            found += [(name, item if isinstance(item, str) else json.dumps(item))]
    return found

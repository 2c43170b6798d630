"""Compile the parts of an operation: parameters, request body and responses."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from gateway.contract.model import (
    Answer,
    BodyType,
    Check,
    Kind,
    Parameter,
    PartEncoding,
    Place,
    RequestBody,
    Schema,
    Style,
)
from gateway.contract.pointer import escape, follow
from gateway.contract.types import TypeReader
from gateway.errors import Problem

DEFAULT_STYLES: dict[Place, Style] = {
    "path": "simple",
    "query": "form",
    "header": "simple",
    "cookie": "form",
}
STYLES = frozenset(get_args(Style))
Compile = Callable[[Schema, str], Check]
Placed = tuple[Mapping[str, Any], str]


class PartsCompiler:
    """Compiles parts of one document's operations."""

    def __init__(
        self,
        document: Mapping[str, Any],
        kind_of: Callable[[str], Kind],
        problems: list[Problem] | None = None,
    ) -> None:
        self.document = document
        self.types = TypeReader(document)
        self.kind_of = kind_of
        self.problems = [] if problems is None else problems

    def placed(self, node: Any, pointer: str) -> Placed:
        """Follow a reference; return the content and where it really stands."""
        content, where = follow(self.document, node)
        return (content if isinstance(content, Mapping) else {}), where or pointer

    def parameters(self, lists: Iterable[tuple[Any, str]], check: Compile) -> list[Parameter]:
        """Compile parameters; `lists` go from the path item to the operation, which overrides."""
        found: dict[tuple[str, str], Parameter] = {}
        for nodes, pointer in lists:
            for index, node in enumerate(nodes if isinstance(nodes, list) else ()):
                said, where = self.placed(node, f"{pointer}/{index}")
                parameter = self._parameter(said, where, check)
                if parameter is not None:
                    # A header's name has no case (RFC 9110, section 5.1).
                    header = parameter.place == "header"
                    name = parameter.name.lower() if header else parameter.name
                    found[(parameter.place, name)] = parameter
        return list(found.values())

    def _parameter(self, said: Mapping[str, Any], pointer: str, check: Compile) -> Parameter | None:
        name, place = said.get("name"), said.get("in")
        if not isinstance(name, str) or place not in tuple(DEFAULT_STYLES):
            message = "A parameter has no `name`, or none of the places for `in`."
            self.problems.append(Problem(pointer, message, "It is left out.", fatal=False))
            return None
        schema, where, media_type = self._parameter_schema(said, pointer)
        style = _style(said.get("style")) or DEFAULT_STYLES[place]
        explode = said.get("explode")
        return Parameter(
            name=name,
            place=place,
            required=place == "path" or said.get("required") is True,
            style=style,
            explode=explode if isinstance(explode, bool) else style in ("form", "deepObject"),
            allow_empty=said.get("allowEmptyValue") is True,
            schema=schema,
            check=check(schema, where),
            types=self.types.types(schema),
            items=self.types.items(schema),
            properties={
                key: self.types.types(value) for key, value in self.types.properties(schema).items()
            },
            media_type=media_type,
            pointer=where,
        )

    def _parameter_schema(
        self, said: Mapping[str, Any], pointer: str
    ) -> tuple[Schema, str, str | None]:
        content = _mappings(said.get("content"))
        for media_type, media in content.items():
            where = f"{pointer}/content/{escape(media_type)}/schema"
            return media.get("schema", True), where, media_type
        return said.get("schema", True), f"{pointer}/schema", None

    def body(self, node: Any, pointer: str, check: Compile) -> RequestBody | None:
        """Compile a request body."""
        if not isinstance(node, Mapping):
            return None
        said, where = self.placed(node, pointer)
        types = [
            self._body_type(media_type, media, f"{where}/content/{escape(media_type)}", check)
            for media_type, media in _mappings(said.get("content")).items()
        ]
        return RequestBody(required=said.get("required") is True, types=tuple(types))

    def _body_type(
        self, media_type: str, said: Mapping[str, Any], pointer: str, check: Compile
    ) -> BodyType:
        name = media_type.partition(";")[0].strip().lower()
        schema = said.get("schema")
        kind = self.kind_of(name)
        if schema is None or (kind == "raw" and not name.startswith("text/")):
            return BodyType(name, kind, schema, None, pointer=f"{pointer}/schema")
        fields = kind in ("form", "multipart")
        properties = self.types.properties(schema) if fields else {}
        return BodyType(
            media_type=name,
            kind=kind,
            schema=schema,
            check=check(schema, f"{pointer}/schema"),
            properties=properties,
            required=self.types.required(schema) if fields else frozenset(),
            field_checks={key: check(value, "") for key, value in properties.items()}
            if kind == "multipart"
            else {},
            encoding=_encoding(said.get("encoding")),
            pointer=f"{pointer}/schema",
        )

    def answers(self, node: Any, pointer: str) -> tuple[Answer, ...]:
        """Read the declared responses; status keys may be integers in the document's text."""
        found = []
        for status, value in (node if isinstance(node, Mapping) else {}).items():
            if str(status).startswith("x-"):
                continue
            said, where = self.placed(value, f"{pointer}/{status}")
            found.append(
                Answer(
                    status=str(status).upper() if str(status) != "default" else "default",
                    content=_mappings(said.get("content")),
                    headers=_mappings(said.get("headers")),
                    pointer=where,
                )
            )
        return tuple(found)


def _style(said: Any) -> Style | None:
    return said if isinstance(said, str) and said in STYLES else None  # type: ignore[return-value]


def _mappings(said: Any) -> dict[str, Mapping[str, Any]]:
    """Read a map of objects; what is no object counts as an empty one."""
    if not isinstance(said, Mapping):
        return {}
    return {key: value if isinstance(value, Mapping) else {} for key, value in said.items()}


def _encoding(said: Any) -> dict[str, PartEncoding]:
    found = {}
    for name, value in _mappings(said).items():
        kinds = str(value.get("contentType", "")).lower()
        explode = value.get("explode")
        found[name] = PartEncoding(
            content_types=tuple(kind.strip() for kind in kinds.split(",") if kind.strip()),
            style=_style(value.get("style")),
            explode=explode if isinstance(explode, bool) else None,
        )
    return found

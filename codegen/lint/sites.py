"""Every schema of a document: where it stands, what the importer calls that place, who uses it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from codegen.lint.tree import Tree, below, items, located, mapping, sequence
from gateway.contract.pointer import pointer_of, tokens
from gateway.contract.walk import SCHEMA

Use = Literal["request", "response"]
Context = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A schema and its place.

    `context` names the place as the importer does. `edge` is the keyword that holds the schema,
    "" for the outermost one of a place. `uses` tells whether requests or responses come to it;
    empty for a component that nothing uses.
    """

    place: str
    context: Context
    schema: Any
    edge: str
    uses: frozenset[Use]

    @property
    def node(self) -> Tree:
        """The schema, if it is an object; else an empty one."""
        return mapping(self.schema)


@dataclass(frozen=True, slots=True)
class _Root:
    place: str
    context: Context
    schema: Any
    use: Use | None


def sites_of(document: Tree, methods: Iterable[str]) -> Iterator[Site]:
    """Walk the schemas of requests, then of responses, then of the components; each once."""
    roots = [*_operation_roots(document, methods), *_component_roots(document)]
    roots.sort(key=lambda root: ("request", "response", None).index(root.use))
    seen: set[int] = set()
    found = [(root, list(_walk(root, seen))) for root in roots]
    uses = _uses_of_components(found)
    for root, sites in found:
        given = {root.use} if root.use else uses.get(root.context[-1], set())
        for site in sites:
            yield Site(site.place, site.context, site.schema, site.edge, frozenset(given))


def _walk(root: _Root, seen: set[int]) -> Iterator[Site]:
    todo = [Site(root.place, root.context, root.schema, "", frozenset())]
    while todo:
        site = todo.pop()
        yield site
        # An alias in YAML makes one object stand in several places, or even within itself.
        if not isinstance(site.schema, Mapping) or id(site.schema) in seen:
            continue
        seen.add(id(site.schema))
        todo += reversed(list(_inner(site)))


def _inner(site: Site) -> Iterator[Site]:
    for key, value in site.node.items():
        shape = SCHEMA.get(str(key), ("", ""))[0]
        if shape == "one" and isinstance(value, Mapping):
            parts: list[tuple[tuple[object, ...], Any]] = [((key,), value)]
        elif shape == "list":
            parts = [((key, number), part) for number, part in enumerate(sequence(value))]
        elif shape == "map":
            parts = [((key, name), part) for name, part in mapping(value).items()]
        else:
            continue
        for path, schema in parts:
            context = (*site.context, *map(str, path))
            yield Site(below(site.place, *path), context, schema, str(key), frozenset())


def _operation_roots(document: Tree, methods: Iterable[str]) -> Iterator[_Root]:
    for path, item, item_place in items(document.get("paths"), "/paths"):
        for method in methods:
            node = mapping(item).get(method)
            if isinstance(node, Mapping):
                yield from _request_roots(document, node, below(item_place, method), path, method)
                yield from _response_roots(document, node, below(item_place, method), path)


def _request_roots(
    document: Tree, node: Tree, place: str, path: str, method: str
) -> Iterator[_Root]:
    context = ("paths", path, method)
    for number, written in enumerate(sequence(node.get("parameters"))):
        inner = ("parameters", str(number))
        parameter, found = located(document, written, below(place, *inner))
        if "schema" in parameter:
            where: Context = (*context, *inner, "schema")
            yield _Root(below(found, "schema"), where, parameter["schema"], "request")
    body, found = located(document, node.get("requestBody"), below(place, "requestBody"))
    for name, media, media_place in items(body.get("content"), below(found, "content")):
        if "schema" in mapping(media):
            where = (*context, "requestBody", "content", name, "schema")
            yield _Root(below(media_place, "schema"), where, media["schema"], "request")


def _response_roots(document: Tree, node: Tree, place: str, path: str) -> Iterator[_Root]:
    # The importer leaves the method out of a response's context.
    for status, written, answer_place in items(node.get("responses"), below(place, "responses")):
        answer, found = located(document, written, answer_place)
        for name, media, media_place in items(answer.get("content"), below(found, "content")):
            if "schema" in mapping(media):
                where: Context = ("paths", path, status, "response", "content", name, "schema")
                yield _Root(below(media_place, "schema"), where, media["schema"], "response")


def _component_roots(document: Tree) -> Iterator[_Root]:
    schemas = mapping(document.get("components")).get("schemas")
    for name, schema, place in items(schemas, "/components/schemas"):
        yield _Root(place, ("components", "schemas", name), schema, None)


def component_of(reference: Any) -> str | None:
    """Return the component that a `$ref` leads to or into; None if it is no component's."""
    pointer = pointer_of(reference) if isinstance(reference, str) else None
    parts = tokens(pointer) if pointer else []
    return parts[2] if parts[:2] == ["components", "schemas"] and len(parts) > 2 else None


def _uses_of_components(found: list[tuple[_Root, list[Site]]]) -> dict[str, set[Use]]:
    """Tell which components requests and responses come to, over any number of references."""
    inner: dict[str, set[str]] = {}
    todo: list[tuple[str, Use]] = []
    for root, sites in found:
        named = {name for site in sites if (name := component_of(site.node.get("$ref")))}
        if root.use is None:
            inner[root.context[-1]] = named
        else:
            todo += [(name, root.use) for name in named]
    uses: dict[str, set[Use]] = {}
    while todo:
        name, use = todo.pop()
        if use not in uses.setdefault(name, set()):
            uses[name].add(use)
            todo += [(each, use) for each in inner.get(name, ())]
    return uses

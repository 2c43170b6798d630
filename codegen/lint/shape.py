"""Places of a document that must hold an object, and do not."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.lint.tree import below, items, mapping, sequence
from codegen.lint.view import METHODS, View


def misshapen(view: View) -> Iterator[str]:
    """Walk the places where an object belongs and something else stands. Null counts as absent."""
    document = view.document
    for key in ("info", "paths", "components"):
        yield from _wrong(document, key, "")
    for number, server in enumerate(sequence(document.get("servers"))):
        if not isinstance(server, Mapping):
            yield below("/servers", number)
    for _, item, place in items(document.get("paths"), "/paths"):
        if not isinstance(item, Mapping):
            yield place
        for method in METHODS:
            yield from _operation(mapping(item), method, place)
    for key, section, place in items(document.get("components"), "/components"):
        if not key.startswith("x-") and key != "schemas":  # of `schemas` another rule tells
            yield from _wrong({key: section}, key, "/components", of_objects=True)
        elif key == "schemas":
            yield from (at for _, each, at in items(section, place) if _no_schema(each))
    yield from _schemas(view)


def _operation(item: Mapping[str, Any], method: str, place: str) -> Iterator[str]:
    yield from _wrong(item, method, place)
    operation, place = mapping(item.get(method)), below(place, method)
    yield from _wrong(operation, "requestBody", place)
    yield from _wrong(operation, "responses", place, of_objects=True)
    holders = [(operation.get("requestBody"), below(place, "requestBody"))]
    answers = items(operation.get("responses"), below(place, "responses"))
    holders += [(each, at) for _, each, at in answers]
    for holder, at in holders:
        yield from _wrong(mapping(holder), "content", at, of_objects=True)


def _schemas(view: View) -> Iterator[str]:
    for site in view.sites:
        if site.edge and _no_schema(site.schema):
            yield site.place
        for key in ("properties", "items"):
            value = site.node.get(key)
            if value is not None and not isinstance(value, Mapping | bool):
                yield below(site.place, key)


def _no_schema(value: Any) -> bool:
    return not isinstance(value, Mapping | bool)


def _wrong(
    holder: Mapping[str, Any], key: str, place: str, *, of_objects: bool = False
) -> Iterator[str]:
    value = holder.get(key)
    if value is not None and not isinstance(value, Mapping):
        yield below(place, key)
    if of_objects:
        inner = items(value, below(place, key))
        yield from (at for name, each, at in inner if not _fits(name, each))


def _fits(name: str, value: Any) -> bool:
    return isinstance(value, Mapping) or value is None or name.startswith("x-")

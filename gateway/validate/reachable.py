"""The part of a document that its checks look into: all that the engine is given of it.

The engine copies what it is given, at a dozen bytes for one of text, and keeps what it does not
know beside each schema. So it gets the schemas that are reached, and of these what asserts.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any

from gateway.contract.pointer import pointer_of, resolve, tokens
from gateway.contract.walk import Kind, rewrite

# Keywords that say something and assert nothing: JSON Schema 2020-12 (Validation, section 9; Core,
# section 8.3) and OpenAPI 3.1.0, section 4.8.24.
ANNOTATIONS = frozenset(
    (
        *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"),
        *("$comment", "discriminator", "xml", "externalDocs", "example"),
    )
)


def asserting(schema: Any) -> Any:
    """Return a schema without what is said beside its assertions, at every depth."""

    def without(node: Any, kind: Kind, _pointer: str) -> Any:
        if kind != "schema" or not isinstance(node, dict):
            return node
        kept = {key: value for key, value in node.items() if not _is_said(key)}
        return node if len(kept) == len(node) else kept

    return rewrite(schema, "schema", "", without)


def _is_said(keyword: str) -> bool:
    return keyword in ANNOTATIONS or keyword.startswith("x-")


def references(schema: Any) -> list[str]:
    """List the pointers into the document that a schema's references hold."""
    found: list[str] = []

    def note(node: Any, kind: Kind, _pointer: str) -> Any:
        if kind == "schema" and isinstance(node, dict) and isinstance(node.get("$ref"), str):
            pointer = pointer_of(node["$ref"])
            if pointer is not None:
                found.append(pointer)
        return node

    rewrite(schema, "schema", "", note)
    return found


def reachable(document: Mapping[str, Any], pointers: Iterable[str]) -> set[str]:
    """Return `pointers` and those of all schemas that are reached from there by references.

    What leads nowhere is left out: the engine tells of it.
    """
    found: set[str] = set()
    waiting = list(pointers)
    while waiting:
        pointer = waiting.pop()
        if pointer in found:
            continue
        try:
            schema = resolve(document, pointer)
        except LookupError:
            continue
        found.add(pointer)
        waiting += references(schema)
    return found


def stands_in(pointer: str, held: Container[str]) -> bool:
    """Tell whether a place, or one that it stands in, is among those of `held`."""
    while pointer not in held:
        if not pointer:
            return False
        pointer = pointer.rpartition("/")[0]
    return True


def part(document: Mapping[str, Any], pointers: Collection[str]) -> dict[str, Any]:
    """Return a tree in which the schemas at `pointers` stand where they do in the document."""
    if "" in pointers:
        return dict(document)
    tree: dict[str, Any] = {}
    for pointer in pointers:
        above, _, _ = pointer.rpartition("/")
        if stands_in(above, pointers):
            continue
        *way, last = tokens(pointer)
        node = tree
        for token in way:
            node = node.setdefault(token, {})
        node[last] = asserting(resolve(document, pointer))
    return tree

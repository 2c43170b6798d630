"""JSON Pointer (RFC 6901) over a document's tree."""

from collections.abc import Mapping
from typing import Any


def escape(part: str) -> str:
    """Escape one reference token (RFC 6901, section 3)."""
    return part.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """Undo `escape`."""
    return part.replace("~1", "/").replace("~0", "~")


def resolve(tree: Any, pointer: str) -> Any:
    """Return what stands at `pointer` ("" is the whole tree); LookupError where nothing does."""
    node = tree
    for part in pointer.split("/")[1:]:
        key = unescape(part)
        if isinstance(node, Mapping):
            node = node[key]
        elif isinstance(node, list) and key.isdigit():
            node = node[int(key)]
        else:
            raise LookupError(pointer)
    return node


def follow(tree: Any, node: Any) -> tuple[Any, str | None]:
    """Follow a chain of internal `$ref`s from `node`; return the end and its pointer, if any.

    A chain that comes back to itself, or leads nowhere, ends in `{}`.
    """
    seen: set[str] = set()
    pointer: str | None = None
    while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in seen or not reference.startswith("#"):
            return {}, pointer
        seen.add(reference)
        pointer = reference[1:]
        try:
            node = resolve(tree, pointer)
        except LookupError:
            return {}, pointer
    return node, pointer

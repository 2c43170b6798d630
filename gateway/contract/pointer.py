"""JSON Pointer (RFC 6901) over a document's tree, and the `$ref`s that hold one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

# What may stand in a URI's fragment besides letters and digits (RFC 3986, section 3.5).
FRAGMENT = "-._~!$&'()*+,;=:@/?"


def escape(part: str) -> str:
    """Escape one reference token (RFC 6901, section 3)."""
    return part.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """Undo `escape`."""
    return part.replace("~1", "/").replace("~0", "~")


def tokens(pointer: str) -> list[str]:
    """Split a pointer into its unescaped tokens."""
    return [unescape(part) for part in pointer.split("/")[1:]]


def reference(pointer: str) -> str:
    """Return the `$ref` to a place in the same document (RFC 6901, section 6)."""
    return "#" + quote(pointer, safe=FRAGMENT)


def pointer_of(reference: str) -> str | None:
    """Return the pointer of a `$ref` within the same document; None for any other."""
    if not reference.startswith("#"):
        return None
    pointer = unquote(reference[1:])
    return pointer if pointer == "" or pointer.startswith("/") else None


def resolve(tree: Any, pointer: str) -> Any:
    """Return what stands at `pointer` ("" is the whole tree); LookupError where nothing does."""
    if pointer and not pointer.startswith("/"):
        raise LookupError(pointer)
    node = tree
    for key in tokens(pointer):
        if isinstance(node, Mapping):
            node = node[key]
        elif isinstance(node, list) and key.isascii() and key.isdigit():
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
        target = pointer_of(node["$ref"])
        if target is None or target in seen:
            return {}, pointer
        seen.add(target)
        pointer = target
        try:
            node = resolve(tree, target)
        except LookupError:
            return {}, pointer
    return node, pointer

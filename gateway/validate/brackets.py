"""Names in brackets (`a[b][c]`, `a[]`, `a[0]`), as Rack, PHP and qs read them."""

from collections.abc import Iterable

from gateway.validate.styles import Tree

MAX_DEPTH = 32
Path = tuple[str, ...]


class Conflict(ValueError):
    """Fields of one name that do not fit together. The message tells the rule, not a text."""


def last_bracket(name: str) -> tuple[str, str] | None:
    """Split the last bracket off a name: `a[b][c]` is `a[b]` and `c`. None where there is none."""
    if not name.endswith("]"):
        return None
    start = name.rfind("[")
    return (name[:start], name[start + 1 : -1]) if start > 0 else None


def nest(fields: Iterable[tuple[Path, str]]) -> Tree:
    """Build the tree of one parameter's fields, in order; there is at least one.

    A path that comes twice makes a list, as an empty key does. In a list, a field goes into the
    last member until it would repeat one of that member's keys (`items[][a]`, as Rack does).
    Numbered keys stay keys. Raises `Conflict` where a value is both a text and has members, or is
    both a list and has members, and on more than `MAX_DEPTH` keys.
    """
    tree: Tree | None = None
    for path, text in fields:
        if len(path) > MAX_DEPTH:
            raise Conflict(f"must not be nested more than {MAX_DEPTH} deep")
        tree = _put(tree, path, text)
    assert tree is not None
    return tree


def _put(node: Tree | None, path: Path, text: str) -> Tree:
    if not path:
        return _put_text(node, text)
    key, rest = path[0], path[1:]
    if key == "":
        return _append(node, rest, text)
    if node is None:
        node = {}
    if not isinstance(node, dict):
        raise Conflict("must be given either as a value or by its members, not both")
    node[key] = _put(node.get(key), rest, text)
    return node


def _put_text(node: Tree | None, text: str) -> Tree:
    if node is None:
        return text
    if isinstance(node, dict):
        raise Conflict("must be given either as a value or by its members, not both")
    if isinstance(node, list):
        node.append(text)
        return node
    return [node, text]


def _append(node: Tree | None, rest: Path, text: str) -> Tree:
    if isinstance(node, dict):
        raise Conflict("must be given either as a list or by its members, not both")
    items: list[Tree] = [] if node is None else [node] if isinstance(node, str) else node
    last = items[-1] if items else None
    if rest and rest[0] and isinstance(last, dict) and not _has(last, rest):
        items[-1] = _put(last, rest, text)
    else:
        items.append(_put(None, rest, text))
    return items


def _has(node: Tree, path: Path) -> bool:
    for key in path:
        if not key or not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True

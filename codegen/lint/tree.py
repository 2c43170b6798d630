"""Reading a tree that may hold anything anywhere: what is not as it should be is as if absent."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.contract.pointer import escape, follow, pointer_of, resolve

Tree = Mapping[str, Any]


def mapping(value: Any) -> Tree:
    """Return `value` if it is an object; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """Return `value` if it is an array; else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return `value` if it is a string; else an empty one."""
    return value if isinstance(value, str) else ""


def below(pointer: str, *parts: object) -> str:
    """Return the pointer of something that stands below `pointer`."""
    return pointer + "".join(f"/{escape(str(part))}" for part in parts)


def target(document: Tree, node: Any) -> Tree:
    """Return the object that `node` is or refers to; an empty one if that is none."""
    return mapping(follow(document, node)[0])


def located(document: Tree, node: Any, place: str) -> tuple[Tree, str]:
    """Return what `target` does, and where it stands."""
    found, moved = follow(document, node)
    return mapping(found), place if moved is None else moved


def leads_nowhere(document: Tree, reference: str) -> bool:
    """Tell whether a `$ref` has no target in this document."""
    pointer = pointer_of(reference)
    if pointer is None:
        return True
    try:
        resolve(document, pointer)
    except LookupError:
        return True
    return False


def types_of(schema: Tree) -> tuple[str, ...]:
    """Return the types that a schema names itself."""
    said = schema.get("type")
    return tuple(map(text, said)) if isinstance(said, list) else (text(said),) if said else ()


def members_of(document: Tree, schema: Any, pointer: str) -> dict[str, tuple[str, Any]]:
    """Return an object schema's members, each with its pointer, through `$ref` and `allOf`."""
    found: dict[str, tuple[str, Any]] = {}
    todo = [(schema, pointer)]
    seen: set[int] = set()
    while todo:
        node, place = todo.pop()
        node, moved = follow(document, node)
        place = place if moved is None else moved
        if not isinstance(node, Mapping) or id(node) in seen:
            continue
        seen.add(id(node))
        for name, member in mapping(node.get("properties")).items():
            found.setdefault(str(name), (below(place, "properties", name), member))
        parts = enumerate(sequence(node.get("allOf")))
        todo += [(part, below(place, "allOf", number)) for number, part in parts]
    return found


def is_json(media_type: object) -> bool:
    """Tell whether a media type is JSON's (RFC 6839, section 3.1, for `+json`)."""
    essence = str(media_type).partition(";")[0].strip().lower()
    return essence == "application/json" or essence.endswith("+json")


def items(value: Any, pointer: str) -> Iterator[tuple[str, Any, str]]:
    """Walk an object's members: name, value, pointer."""
    for name, member in mapping(value).items():
        yield str(name), member, below(pointer, name)

"""How a schema of one document differs from its counterpart in another, all the way down.

Schemas are compared flattened (`$ref` and `allOf` merged). A named component is compared once; its
differences are told under its own name, for all that refer to it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.diff.change import Difference
from codegen.diff.keywords import keyword_differences, required_differences
from gateway.contract.pointer import pointer_of, tokens
from gateway.standin.merge import Flat, Flattener

Pair = tuple[int, int]


class SchemaComparer:
    """Compares the schemas of two documents."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._old = Flattener(old)
        self._new = Flattener(new)
        self._known: dict[tuple[Pair, str], tuple[Difference, ...]] = {}
        self._open: set[Pair] = set()
        self._kept: list[Any] = []  # whose identities are keys

    def compare(self, old: Any, new: Any, place: str) -> tuple[Difference, ...]:
        """Return how `new` differs from `old`; `place` names them unless a component does."""
        name = _component(new) or _component(old)
        place = name or place
        before, after = self._old.flat(old), self._new.flat(new)
        pair = (before.target, after.target)
        if pair in self._open:
            return ()  # a schema that holds itself has been told
        known = self._known.get((pair, place))
        if known is None:
            self._kept += [old, new]
            self._open.add(pair)
            try:
                known = tuple(dict.fromkeys(self._differences(old, new, place)))
            finally:
                self._open.discard(pair)
            self._known[(pair, place)] = known
        return known

    def _differences(self, old: Any, new: Any, place: str) -> Iterator[Difference]:
        before, after = self._old.flat(old), self._new.flat(new)
        if before.possible != after.possible:
            text = "takes no value any more" if before.possible else "takes values now"
            yield Difference(place, text, "narrower" if before.possible else "wider")
            return
        yield from keyword_differences(before.keywords, after.keywords, place)
        yield from required_differences(before.keywords, after.keywords, place)
        yield from self._properties(before, after, place)
        yield from self._rest(before, after, place)
        yield from self._items(before, after, place)
        yield from self._unions(before, after, place)
        if before.conditions != after.conditions:
            yield Difference(place, "its conditions (`if`) changed", "other")

    def _properties(self, before: Flat, after: Flat, place: str) -> Iterator[Difference]:
        old, new = _map(before, "properties"), _map(after, "properties")
        for name in old:
            where = f"{place}/{name}"
            if name in new:
                yield from self.compare(old[name], new[name], where)
            else:
                yield Difference(where, "is gone", "other")
        for name in new:
            if name not in old:
                yield Difference(f"{place}/{name}", "is new", "added")

    def _rest(self, before: Flat, after: Flat, place: str) -> Iterator[Difference]:
        old = before.keywords.get("additionalProperties", True)
        new = after.keywords.get("additionalProperties", True)
        if old == new or (old in (True, {}) and new in (True, {})):
            if isinstance(old, Mapping) and isinstance(new, Mapping):
                yield from self.compare(old, new, f"{place}/*")
            return
        if new is False:
            yield Difference(place, "takes no other members any more", "narrower")
        elif old is False:
            yield Difference(place, "takes other members too", "wider")
        else:
            yield from self.compare(old, new, f"{place}/*")

    def _items(self, before: Flat, after: Flat, place: str) -> Iterator[Difference]:
        old, new = before.keywords.get("items"), after.keywords.get("items")
        if old is not None and new is not None:
            yield from self.compare(old, new, f"{place}[]")
        elif old is not None or new is not None:
            text = "items are bound now" if old is None else "items are free now"
            yield Difference(place, text, "narrower" if old is None else "wider")

    def _unions(self, before: Flat, after: Flat, place: str) -> Iterator[Difference]:
        if len(before.unions) != len(after.unions):
            yield Difference(place, "the forms that it may take changed", "other")
            return
        for old, new in zip(before.unions, after.unions, strict=True):
            olds, news = self._named(old, self._old), self._named(new, self._new)
            for name, branch in olds.items():
                if name in news:
                    yield from self.compare(branch, news[name], f"{place}({name})")
                else:
                    yield Difference(place, f"lost the form {name}", "narrower")
            for name in news:
                if name not in olds:
                    yield Difference(place, f"got the form {name}", "wider")

    def _named(self, branches: tuple[Any, ...], flattener: Flattener) -> dict[str, Any]:
        """Name each branch by its component, title, discriminating constant or type."""
        found: dict[str, Any] = {}
        for branch in branches:
            name = free = _component(branch) or _shape(flattener.flat(branch))
            number = 2
            while free in found:
                free, number = f"{name} {number}", number + 1
            found[free] = branch
        return found


def _shape(flat: Flat) -> str:
    words = flat.keywords
    if isinstance(words.get("title"), str):
        return str(words["title"])
    if "const" in words:
        return f"`{words['const']}`"
    for name, schema in _map(flat, "properties").items():
        if isinstance(schema, Mapping) and "const" in schema:
            return f"{name}=`{schema['const']}`"
    said = words.get("type", "any")
    return said if isinstance(said, str) else " or ".join(said)


def _map(flat: Flat, key: str) -> Mapping[str, Any]:
    found = flat.keywords.get(key)
    return found if isinstance(found, Mapping) else {}


def _component(schema: Any) -> str | None:
    """Return the name of the component that a schema is."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get("$ref"), str):
        return None
    pointer = pointer_of(schema["$ref"])
    parts = tokens(pointer) if pointer else []
    return parts[-1] if len(parts) == 3 and parts[:2] == ["components", "schemas"] else None

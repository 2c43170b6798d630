"""Mutants of a valid instance: each breaks one rule at one place."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from gateway.contract.types import type_of
from tests.surface.instances import Instance, Path, Spot

Kind = Literal["required", "type", "enum", "range"]
KINDS: tuple[Kind, ...] = ("required", "type", "enum", "range")
SWAPS: tuple[Any, ...] = ("text", 7, 1.5, True, [], {}, None)
NO_MEMBER = "no-member-of-any-set"
LONGEST = 100_000  # no longer string and no longer array is made
GONE = object()


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed instance, the rule that it breaks, and where it breaks it."""

    kind: Kind
    name: str  # of the property or keyword
    place: tuple[int, ...]  # the schemas that hold the rule
    path: Path
    value: Any

    @property
    def rule(self) -> Hashable:
        """What tells the broken rule from others of the document."""
        return self.kind, self.name, self.place


def mutants(instance: Instance, random: Random) -> Iterator[Mutant]:
    """Yield mutants of an instance: one for each rule that one of its parts is under."""
    for spot in instance.spots:
        old = value_at(instance.value, spot.path)
        for kind, name, path, new in _changes(spot, old, random):
            new_value = with_value(instance.value, path, new)
            yield Mutant(kind, name, spot.facts.place, path, new_value)


def _changes(spot: Spot, old: Any, random: Random) -> Iterator[tuple[Kind, str, Path, Any]]:
    facts = spot.facts
    for name in facts.required:
        if isinstance(old, dict) and name in old:
            yield "required", name, (*spot.path, name), GONE
    allowed = {kind for kind, _ in facts.kinds}
    if facts.members:
        allowed |= {type_of(value) for value, _ in facts.members}
    if "number" in allowed:
        allowed.add("integer")
    others = [value for value in SWAPS if type_of(value) not in allowed]
    if others and (facts.types or facts.members):
        yield "type", "", spot.path, random.choice(others)
    if facts.members and isinstance(old, str):
        yield "enum", "", spot.path, NO_MEMBER
    for key, new in _out_of_range(facts.limits, old):
        yield "range", key, spot.path, new


def _out_of_range(limits: dict[str, float], old: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(old, int | float) and not isinstance(old, bool):
        for key, step in (("minimum", -1), ("maximum", 1)):
            if key in limits:
                yield key, limits[key] + step
        for key in ("exclusiveMinimum", "exclusiveMaximum"):
            if key in limits:
                yield key, limits[key]
        return
    if not isinstance(old, str | list | dict):
        return
    noun = {str: "Length", list: "Items", dict: "Properties"}[type(old)]
    least, most = int(limits.get(f"min{noun}", 0)), int(limits.get(f"max{noun}", LONGEST))
    if least:
        yield f"min{noun}", _of_size(old, least - 1)
    if most < LONGEST and (isinstance(old, str) or old):
        yield f"max{noun}", _of_size(old, most + 1)


def _of_size(old: Any, size: int) -> Any:
    if isinstance(old, str):
        return (old + "a" * size)[:size]
    if isinstance(old, list):
        return (old * (size // max(len(old), 1) + 1))[:size]
    items = list(old.items())
    items += [(f"more{index}", items[0][1]) for index in range(size - len(items))]
    return dict(items[:size])


def value_at(value: Any, path: Path) -> Any:
    """Return the part of `value` at a path."""
    for key in path:
        value = value[key]
    return value


def with_value(value: Any, path: Path, new: Any) -> Any:
    """Copy `value` along a path, with another value at its end, or none."""
    if not path:
        return new
    copy = list(value) if isinstance(value, list) else dict(value)
    key: Any = path[0]
    if len(path) == 1 and new is GONE:
        del copy[key]
    else:
        copy[key] = with_value(copy[key], path[1:], new)
    return copy

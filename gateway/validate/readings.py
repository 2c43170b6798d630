"""Trees of texts into the JSON values that they can stand for, judged by a schema."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from gateway.contract.model import Check
from gateway.contract.pointer import escape
from gateway.errors import Finding
from gateway.validate.scalars import SCALARS, readings, rule
from gateway.validate.styles import Tree

MAX_FINDINGS = 20
_MAX_COMBINATIONS = 16
_MAX_ROUNDS = 8
_ANY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shape:
    """The JSON types of a value, of its items and of its members, as declared (empty: any)."""

    types: frozenset[str] = _ANY
    items: frozenset[str] = _ANY
    properties: Mapping[str, frozenset[str]] = field(default_factory=dict)


def judge(trees: Sequence[Tree], shape: Shape, check: Check, name: str) -> list[Finding]:
    """Return what is wrong with a value, or nothing if any reading of any of its trees is valid.

    `trees` come likeliest first. Each finding's `param` is `name` + a JSON Pointer into the value.
    """
    nearest: list[Finding] | None = None
    for tree in trees:
        found = _judge_tree(_Reading(tree, shape), check, name)
        if not found:
            return []
        if nearest is None or len(found) < len(nearest):
            nearest = found
    return (nearest or [])[:MAX_FINDINGS]


def first_value(tree: Tree, shape: Shape) -> tuple[Any, list[Finding]]:
    """Return the likeliest reading of a tree, and a finding for each text that has none.

    A text without a reading stays a text. Each finding's `param` is a JSON Pointer into the value.
    """
    reading = _Reading(tree, shape)
    return reading.value({}), reading.unreadable("")


def _judge_tree(reading: "_Reading", check: Check, name: str) -> list[Finding]:
    value = reading.value({})
    unreadable = reading.unreadable(name)
    if unreadable:
        return unreadable
    if check.is_valid(value):
        return []
    first = check.findings(value, name)
    for choice in _other_choices(reading, check, first, name):
        if check.is_valid(reading.value(choice)):
            return []
    return first or [Finding(name, "is not valid")]


def _other_choices(
    reading: "_Reading", check: Check, found: list[Finding], name: str
) -> Iterator[dict[str, int]]:
    """Give other readings to the texts that the findings stand at; then all texts their last one;
    then try all combinations, if they are few.
    """
    counts = {at: len(values) for at, values in reading.leaves.items() if len(values) > 1}
    if not counts:
        return
    choice: dict[str, int] = {}
    for _ in range(_MAX_ROUNDS):
        advanced = _advanced(choice, counts, [item.param[len(name) :] for item in found])
        if advanced is None:
            break
        choice = advanced
        yield choice
        found = check.findings(reading.value(choice), name)
    yield {at: count - 1 for at, count in counts.items()}
    if prod(counts.values()) <= _MAX_COMBINATIONS:
        for picks in product(*(range(count) for count in counts.values())):
            yield dict(zip(counts, picks, strict=True))


def _advanced(
    choice: dict[str, int], counts: dict[str, int], pointers: list[str]
) -> dict[str, int] | None:
    """Take the next reading of each text at or below one of `pointers`; None if there is none."""
    following = dict(choice)
    for at, count in counts.items():
        pick = choice.get(at, 0) + 1
        if pick < count and any(at == place or at.startswith(place + "/") for place in pointers):
            following[at] = pick
    return following if following != choice else None


class _Reading:
    """A tree, and the readings of each of its texts, by their JSON Pointers."""

    def __init__(self, tree: Tree, shape: Shape) -> None:
        self.leaves: dict[str, list[Any]] = {}
        self._rules: dict[str, str] = {}
        self._tree = self._typed(tree, shape, "")

    def value(self, choice: Mapping[str, int]) -> Any:
        """Return the value in which the text at each pointer has the chosen reading (default 0)."""
        return self._built(self._tree, "", choice)

    def unreadable(self, name: str) -> list[Finding]:
        """Return a finding for each text that no declared type admits."""
        return [Finding(name + at, rule) for at, rule in self._rules.items()][:MAX_FINDINGS]

    def _typed(self, tree: Tree, shape: Shape, at: str) -> Tree:
        """Note the readings of all texts; return the tree with numbered keys turned into lists."""
        if isinstance(tree, str):
            self._note(tree, shape, at)
            return tree
        if isinstance(tree, dict):
            listed = _as_list(tree, shape)
            if listed is None:
                return {
                    key: self._typed(
                        node, Shape(shape.properties.get(key, _ANY)), f"{at}/{escape(key)}"
                    )
                    for key, node in tree.items()
                }
            tree = listed
        if shape.types and "array" not in shape.types:
            self._rules[at] = f"{rule(shape.types)}, not a list: give it once"
        items = Shape(shape.items)
        return [self._typed(node, items, f"{at}/{index}") for index, node in enumerate(tree)]

    def _note(self, text: str, shape: Shape, at: str) -> None:
        found = readings(text, shape.types) if shape.types & SCALARS or not shape.types else []
        if "array" in shape.types:
            found += [[item] for item in readings(text, shape.items)]
        if not found:
            self._rules[at] = rule(shape.types)
            found = [text]
        self.leaves[at] = found

    def _built(self, tree: Tree, at: str, choice: Mapping[str, int]) -> Any:
        if isinstance(tree, str):
            return self.leaves[at][choice.get(at, 0)]
        if isinstance(tree, list):
            return [self._built(node, f"{at}/{index}", choice) for index, node in enumerate(tree)]
        return {key: self._built(node, f"{at}/{escape(key)}", choice) for key, node in tree.items()}


def _as_list(tree: dict[str, Tree], shape: Shape) -> list[Tree] | None:
    """Return the members in order of their numbers, where the keys number the items of a list."""
    if not all(key.isascii() and key.isdigit() and len(key) < 10 for key in tree):
        return None
    if shape.types and "array" not in shape.types:
        return None
    numbers = sorted(tree, key=int)
    if not shape.types and [int(key) for key in numbers] != list(range(len(numbers))):
        return None
    return [tree[key] for key in numbers]

"""Make a value that is valid for a schema: realistic, and the same one each time.

What the document says itself wins: `example`, `examples`, `default`, `const`, `enum`, as far as it
is valid. Everything else is made from the keywords, checked where the keywords leave doubt, and
tried again in other ways.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from random import Random
from typing import Any, Literal

from gateway.contract.model import Schema
from gateway.standin import scalars
from gateway.standin.checks import Validity
from gateway.standin.containers import Containers, Impossible, Spot
from gateway.standin.depth import ENDLESS, Depths
from gateway.standin.merge import Flat, Flattener

Direction = Literal["response", "request"]
LEAN_AFTER = 2_000  # schemas visited for one value; beyond, only what is required
STOP_AFTER = 20_000
DEEPEST = 80  # schemas inside of each other; Python's stack holds no more
MAX_COMBINATIONS = 24  # of the branches of a schema's unions
SHALLOW = 3  # levels in which the first branch is taken; below it the shortest
OPEN_SET = "x-open-set"


class TooLong(Exception):
    """The search for a value visited too many schemas."""


def make_example(
    schema: Schema,
    document: Mapping[str, Any],
    *,
    seed: str = "",
    direction: Direction = "response",
) -> Any:
    """Return a value that is valid for `schema`, whose `$ref`s are pointers into `document`.

    Where no valid value is found, the nearest one that was made. `direction` leaves out
    `writeOnly` properties of responses, `readOnly` ones of requests.
    """
    return ExampleMaker(document, direction).make(schema, seed)


class ExampleMaker:
    """Makes examples for the schemas of one document, and remembers what it learns about them."""

    def __init__(self, document: Mapping[str, Any], direction: Direction = "response") -> None:
        self.flattener = Flattener(document)
        self.validity = Validity(document)
        self._depths = Depths(self.flattener)
        hidden = "writeOnly" if direction == "response" else "readOnly"
        self._containers = Containers(self.flattener, self._depths, self._make, hidden)
        self._visits = 0
        self._strict = True

    def make(self, schema: Schema, seed: str = "", variant: int = 0) -> Any:
        """Return a value that is valid for `schema`, or the nearest that was found."""
        spot = Spot(seed=seed, variant=variant)
        attempts = ((True, spot), (True, replace(spot, lean=True)), (False, spot))
        for self._strict, attempt in attempts:
            self._visits = 0
            try:
                return copy.deepcopy(self._make(schema, attempt))
            except (Impossible, TooLong):
                continue
        return None

    def _make(self, schema: Schema, spot: Spot) -> Any:
        """Return the first candidate that holds; raises Impossible."""
        self._visits += 1
        if self._visits > STOP_AFTER:
            raise TooLong
        flat = self.flattener.flat(schema)
        if len(spot.trail) > DEEPEST:
            return self._give_up()
        if self._strict and (not flat.possible or self._depths.of(schema) >= ENDLESS):
            raise Impossible("no value ends")
        if self._visits > LEAN_AFTER or flat.target in spot.trail:
            spot = replace(spot, lean=True)
        spot = replace(spot, trail=(*spot.trail, flat.target))
        for candidate in self._given(flat, spot):
            if self.validity.holds(schema, candidate):
                return candidate
        for candidate in self._made(flat, spot):
            doubtful = flat.delicate or isinstance(candidate, str | int | float)
            if not (doubtful and self._strict) or self.validity.holds(schema, candidate):
                return candidate
        raise Impossible("no candidate")

    def _give_up(self) -> None:
        """Return null where anything is better than nothing."""
        if self._strict:
            raise Impossible("too deep")

    def _given(self, flat: Flat, spot: Spot) -> Iterator[Any]:
        """Yield the values that the document gives."""
        keywords = flat.keywords
        several = keywords.get("examples")
        several = several if isinstance(several, list) else []
        members = keywords.get("enum", [])
        if spot.variant:
            turned = [spot.variant % len(members)] if members else []
            yield from (members[index] for index in turned)
            if spot.variant < len(several):
                yield several[spot.variant]
        elif "example" in keywords:
            yield keywords["example"]
        if not spot.variant:
            yield from several
            if "default" in keywords:
                yield keywords["default"]
        if "const" in keywords:
            yield keywords["const"]
        yield from members

    def _made(self, flat: Flat, spot: Spot) -> Iterator[Any]:
        """Yield values made from the keywords, the most realistic first."""
        if self._strict and not {"const", "enum"}.isdisjoint(flat.keywords):
            return  # what they allow was tried already
        if flat.unions:
            yield from self._from_branches(flat, spot)
            return
        if flat.conditions:
            yield from self._from_conditions(flat, spot)
        kinds = sorted(
            flat.types, key=lambda kind: (kind == "null") != scalars.is_absent(spot.name)
        )
        for kind in kinds:
            yield from self._of_type(kind, flat.keywords, spot)
        if flat.delicate:
            for variant in range(spot.variant + 1, spot.variant + 4):
                for kind in kinds:
                    yield from self._of_type(kind, flat.keywords, replace(spot, variant=variant))

    def _from_branches(self, flat: Flat, spot: Spot) -> Iterator[Any]:
        base = {key: flat.keywords[key] for key in flat.keywords.keys() - {"example", "default"}}
        ordered = [self._by_preference(union, spot) for union in flat.unions]
        for branches in islice(product(*ordered), MAX_COMBINATIONS):
            parts: list[Schema] = [*branches, base]
            parts += _conditions_only(flat.conditions)
            try:
                yield self._make({"allOf": parts}, spot)
            except Impossible:
                continue

    def _by_preference(self, union: tuple[Schema, ...], spot: Spot) -> list[Schema]:
        shortest = spot.lean or spot.depth > SHALLOW

        def rank(branch: Schema) -> tuple[bool, int, bool, bool]:
            flat, depth = self.flattener.flat(branch), self._depths.of(branch)
            is_null = flat.types == ("null",) or flat.keywords.get("const", 0) is None
            is_open = flat.keywords.get(OPEN_SET) is True
            is_worse = is_null != scalars.is_absent(spot.name)
            return depth >= ENDLESS, depth if shortest else 0, is_worse, is_open

        ranked = sorted(union, key=rank)
        turn = spot.variant % len(ranked) if ranked else 0
        return ranked[turn:] + ranked[:turn]

    def _from_conditions(self, flat: Flat, spot: Spot) -> Iterator[Any]:
        """Yield values for each way out of the first condition (`if`, then `else`)."""
        condition = flat.conditions[0]
        base = {key: flat.keywords[key] for key in flat.keywords.keys() - {"example", "default"}}
        rest = _conditions_only(flat.conditions[1:])
        ways: list[list[Schema]] = [
            [base, condition.get("else", True), {"not": condition["if"]}],
            [base, condition["if"], condition.get("then", True)],
        ]
        for parts in ways:
            try:
                yield self._make({"allOf": [*parts, *rest]}, spot)
            except Impossible:
                continue

    def _of_type(self, kind: str, keywords: Mapping[str, Any], spot: Spot) -> Iterator[Any]:
        random = Random(f"{spot.seed}#{spot.variant}")  # noqa: S311 - sample data
        if kind == "null":
            yield None
        elif kind == "boolean":
            yield scalars.boolean(spot.name, spot.variant)
            yield not scalars.boolean(spot.name, spot.variant)
        elif kind == "integer":
            yield from scalars.integers(keywords, spot.name, spot.variant)
        elif kind == "number":
            yield from scalars.numbers(keywords, spot.name, spot.variant)
        elif kind == "string":
            yield from scalars.strings(keywords, spot.name, spot.variant, random)
        else:
            yield from self._containers_of(kind, keywords, spot)

    def _containers_of(self, kind: str, keywords: Mapping[str, Any], spot: Spot) -> Iterator[Any]:
        build = self._containers.object if kind == "object" else self._containers.array
        for lean in (False, True):
            if lean and spot.lean:
                return
            try:
                yield build(keywords, replace(spot, lean=lean or spot.lean))
            except Impossible:
                continue


def _conditions_only(schemas: Sequence[Mapping[str, Any]]) -> list[Schema]:
    """Return schemas that keep nothing of `schemas` but their conditions."""
    return [{key: one[key] for key in ("if", "then", "else") if key in one} for one in schemas]

"""The run over the operations of two documents: make valid requests from one, ask the other."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from gateway.contract.checks import SharedCheck
from gateway.contract.model import BodyType, Contract, Operation
from tests.surface.figures import Figures
from tests.surface.instances import LARGEST, Instance, InstanceMaker, TooDeep
from tests.surface.mutations import Mutant, mutants, value_at, with_value
from tests.surface.open_places import openness
from tests.surface.schema_graph import Schema, SchemaGraph

LEAST = 20  # valid requests of each body type, or its generator has given up
MANY = 60  # valid requests that are made
TRIES = 24  # for each choice, half of them with little around it
RULE_TIMES = 2  # mutants of an operation for one rule of the document


@dataclass(frozen=True, slots=True)
class Pair:
    """One body type of an operation that stands in both documents. `ours` may lack it."""

    operation: Operation
    vendor: SharedCheck
    ours: BodyType | None
    name: str


@dataclass(slots=True)
class Proof:
    """What one run found. `differences` counts what is judged differently, by what it is."""

    families: dict[str, Figures] = field(default_factory=dict)
    differences: Counter[str] = field(default_factory=Counter)
    unmade: list[str] = field(default_factory=list)
    enums: set[int] = field(default_factory=set)  # the vendor's, in request schemas
    open_enums: set[int] = field(default_factory=set)  # of these, left out since ours are open

    @property
    def open_part(self) -> float:
        """The part of the vendor's enums that was left out because our set is open."""
        return len(self.open_enums) / len(self.enums) if self.enums else 0.0


def place_of(operation: Operation) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Return what tells an operation from others, whatever its path parameters are called."""
    return operation.method, re.sub(r"\{[^}]*\}", "{}", operation.path), operation.fixed_query


def pairs(vendor: Contract, ours: Contract) -> Iterator[list[Pair]]:
    """Yield, for each operation of both documents that takes a body, the body types to prove."""
    own = {place_of(operation): operation for operation in ours.operations.values()}
    for operation in vendor.operations.values():
        mine = own.get(place_of(operation))
        if mine is None or operation.body is None:
            continue
        taken = {one.media_type: one for one in (mine.body.types if mine.body else ())}
        yield [
            Pair(mine, one.check, taken.get(one.media_type), f"{mine.id} {one.media_type}")
            for one in operation.body.types
            if isinstance(one.check, SharedCheck)
        ]


def prove(vendor: Contract, ours: Contract, seed: int) -> Proof:
    """Make requests for all operations of both documents; count what ours makes of them."""
    found = list(pairs(vendor, ours))
    every = [pair for several in found for pair in several]
    graph = SchemaGraph(every[0].vendor.subschemas.document if every else {})
    for pair in every:
        graph.add(pair.vendor.node.schema)
    graph.settle()
    proof = Proof(enums=graph.enums())
    for several in found:
        tag = several[0].operation.tag if several else "none"
        figures = proof.families.setdefault(tag, Figures())
        figures.operations += 1
        runs = [_Run(pair, graph, proof, Random(f"{seed} {pair.name}")) for pair in several]
        # Each body type is made, whatever became of the one before it.
        enough = [run.make_valid(figures) for run in runs]
        figures.failed += not (enough and all(enough))
    return proof


class _Run:
    """Proves one body type."""

    def __init__(self, pair: Pair, graph: SchemaGraph, proof: Proof, random: Random) -> None:
        self._pair = pair
        self._graph = graph
        self._proof = proof
        self._random = random
        self._rules: Counter[Any] = Counter()

    def make_valid(self, figures: Figures) -> bool:
        """Make requests until each choice was made; tell whether there are enough."""
        schema: Schema = self._pair.vendor.node.schema
        wanted = self._graph.choices_below(schema)
        maker = InstanceMaker(self._graph, self._random)
        made, goal, tries = 0, 0, 0
        while (wanted or made < MANY) and tries <= TRIES:
            goal = wanted & -wanted
            instance = self._instance(maker, schema, goal, wanted, lean=tries > TRIES // 2)
            if instance is not None:
                wanted &= ~instance.choices
                made += 1
                self._judge(instance, figures)
            tries = tries + 1 if instance is None or wanted & goal else 0
            if tries > TRIES and goal:
                wanted, tries = wanted & ~goal, 0
                figures.unmade += 1
                self._proof.unmade.append(f"{self._pair.name}: {self._graph.label(goal)}")
        return made >= LEAST

    def _instance(
        self, maker: InstanceMaker, schema: Schema, goal: int, wanted: int, lean: bool
    ) -> Instance | None:
        try:
            instance = maker.make(schema, goal, wanted, 0 if lean else LARGEST)
        except TooDeep:
            return None
        return instance if self._pair.vendor.is_valid(instance.value) else None

    def _judge(self, instance: Instance, figures: Figures) -> None:
        figures.valid += 1
        ours = self._pair.ours
        if ours is not None and (ours.check is None or ours.check.is_valid(instance.value)):
            figures.accepted += 1
            self._mutate(instance, ours, figures)
            return
        self._refused(instance, ours)

    def _refused(self, instance: Instance, ours: BodyType | None) -> None:
        if ours is None or ours.check is None:
            self._proof.differences[f"narrower: {self._pair.name} is not taken"] += 1
            return
        for finding in ours.check.findings(instance.value)[:1]:
            place = f"{finding.param} {finding.message} ({finding.schema})"
            self._proof.differences[f"narrower: {self._pair.name}: {place}"] += 1

    def _mutate(self, instance: Instance, ours: BodyType, figures: Figures) -> None:
        for each in mutants(instance, self._random):
            if self._rules[each.rule] >= RULE_TIMES or self._pair.vendor.is_valid(each.value):
                continue
            mutant = each
            if each.kind == "enum":
                closed = self._within_known(each, instance, ours)
                if closed is None:
                    continue
                mutant = closed
            self._rules[mutant.rule] += 1
            figures.mutants[mutant.kind] += 1
            if ours.check is not None and not ours.check.is_valid(mutant.value):
                figures.refused[mutant.kind] += 1
            else:
                where = "/".join("*" if isinstance(k, int) else k for k in mutant.path)
                said = f"{mutant.kind} {mutant.name}".strip()
                self._proof.differences[f"wider: {self._pair.name}: /{where}: {said}"] += 1

    def _within_known(self, mutant: Mutant, instance: Instance, ours: BodyType) -> Mutant | None:
        """Return a mutant of an enum that does not rely on a set which ours leaves open.

        The tag of an open union becomes another known tag. None where nothing is left to break.
        """
        if not isinstance(ours.check, SharedCheck):
            return mutant
        document = ours.check.subschemas.document
        known = openness(ours.check.node.schema, document, instance.value, mutant.path)
        if known is None:
            return mutant
        old = value_at(instance.value, mutant.path)
        tags = sorted(known - {old})
        if not tags:
            self._proof.open_enums.update(self._proof.enums.intersection(mutant.place))
        self._random.shuffle(tags)
        for tag in tags:
            value = with_value(instance.value, mutant.path, tag)
            if not self._pair.vendor.is_valid(value):
                return replace(mutant, value=value)
        return None

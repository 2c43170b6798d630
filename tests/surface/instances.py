"""Random instances of a schema, aimed at the choices that no instance has made yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.surface.conjunction import Conjunction, Options
from tests.surface.random_scalars import LETTERS, random_scalar
from tests.surface.schema_graph import UNIONS, Choice, Schema, SchemaGraph

Path = tuple[str | int, ...]
DEEPEST = 12  # JSON levels; below, only what is required and what is aimed at
LARGEST = 80  # values in one instance, before only what is required is made
FRESH, SEEN = 0.6, 0.2  # how likely an optional property is, with and without anything new below
UNKNOWN = 0.08  # how likely an object gets a property that no schema names


class TooDeep(Exception):
    """A schema that has no flat value was met below the deepest level."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A value within an instance, and what the schemas that it was made for ask."""

    path: Path
    facts: Conjunction


@dataclass(slots=True)
class Instance:
    """A value, its parts, and the choices that were made for it (as bits)."""

    value: Any = None
    spots: list[Spot] = field(default_factory=list)
    choices: int = 0


class InstanceMaker:
    """Makes instances of the schemas of one graph."""

    def __init__(self, graph: SchemaGraph, random: Random) -> None:
        self._graph = graph
        self._random = random
        self._goal = 0
        self._wanted = 0
        self._left = 0
        self._made = Instance()

    def make(self, schema: Schema, goal: int, wanted: int, room: int = LARGEST) -> Instance:
        """Return an instance in which the choice `goal` is made; `wanted` are those left to make.

        After `room` values only what is required is made. Raises TooDeep. The instance may be
        invalid where schemas work against each other.
        """
        self._goal, self._wanted, self._left = goal, wanted, room
        self._made = Instance()
        self._made.value = self._value([schema], ())
        return self._made

    def _value(self, schemas: Sequence[Schema], path: Path) -> Any:
        self._left -= 1
        if len(path) > DEEPEST * 3:
            raise TooDeep
        facts = self._conjunction(schemas, lean=self._left < 0 or len(path) > DEEPEST)
        self._made.spots.append(Spot(path, facts))
        if facts.members:
            value, choice = self._pick(facts.members)
            self._choose(choice)
            return value
        kind, choice = self._pick(facts.kinds or [("null", None)])
        self._choose(choice)
        if kind == "object":
            return self._object(facts, path)
        if kind == "array":
            return self._array(facts, path)
        return random_scalar(kind, facts, self._random)

    def _conjunction(self, schemas: Sequence[Schema], lean: bool) -> Conjunction:
        """Follow references and choose a branch of each union."""
        facts = Conjunction()
        waiting = list(reversed(schemas))
        while waiting:
            schema = waiting.pop()
            if not isinstance(schema, Mapping):
                continue
            facts.take(schema)
            unions = [keyword for keyword in UNIONS if keyword in schema]
            waiting.extend(self._branch(schema, keyword, lean) for keyword in unions)
            waiting.extend(reversed(schema.get("allOf", ())))
            if "$ref" in schema:
                waiting.append(self._graph.target(schema["$ref"]))
        return facts

    def _branch(self, schema: Mapping[str, Any], keyword: str, lean: bool) -> Schema:
        branches: list[Schema] = schema[keyword]
        choices: list[Choice] = [(id(schema), keyword, i) for i in range(len(branches))]
        below = [
            self._graph.bits[choice] | self._graph.choices_below(branch)
            for choice, branch in zip(choices, branches, strict=True)
        ]
        aimed = [i for i, bits in enumerate(below) if bits & self._goal]
        fresh = [i for i, bits in enumerate(below) if bits & self._wanted]
        if aimed:
            index = self._random.choice(aimed)
        elif lean:
            heights = [self._graph.height[id(branch)] for branch in branches]
            index = heights.index(min(heights))
        elif fresh and self._random.random() < 0.8:
            index = self._random.choice(fresh)
        else:
            index = self._random.randrange(len(branches))
        self._choose(choices[index])
        return branches[index]

    def _pick(self, options: Options) -> tuple[Any, Choice | None]:
        bits = [self._graph.bits.get(choice, 0) if choice else 0 for _, choice in options]
        for sought in (self._goal, self._wanted):
            found = [one for one, own in zip(options, bits, strict=True) if own & sought]
            if found:
                return self._random.choice(found)
        return self._random.choice(options)

    def _choose(self, choice: Choice | None) -> None:
        if choice is not None:
            bit = self._graph.bits.get(choice, 0)
            self._made.choices |= bit
            self._wanted &= ~bit
            self._goal &= ~bit

    def _object(self, facts: Conjunction, path: Path) -> dict[str, Any]:
        made: dict[str, Any] = {}
        most = facts.limits.get("maxProperties", 1_000)
        for name, places in facts.properties.items():
            if name in facts.required or self._wants(places, path):
                for _, choice in places:
                    self._choose(choice)
                made[name] = self._value([schema for schema, _ in places], (*path, name))
        for name in facts.required:
            if name not in made:
                made[name] = self._value([schema for schema, _ in facts.more], (*path, name))
        least = int(facts.limits.get("minProperties", 0))
        bound = min(most, max(least, len(made) + 3))
        while facts.more and len(made) < bound:
            if len(made) >= least and not self._wants(facts.more, path):
                break
            for _, choice in facts.more:
                self._choose(choice)
            name = "".join(self._random.choice(LETTERS) for _ in range(8))
            made[name] = self._value([schema for schema, _ in facts.more], (*path, name))
        known = facts.closed or facts.more or len(made) >= most
        if not known and self._left > 0 and self._random.random() < UNKNOWN:
            made["x_unknown"] = self._random.choice(["text", 5, None, True, [1], {"a": "b"}])
        return made

    def _array(self, facts: Conjunction, path: Path) -> list[Any]:
        least = int(facts.limits.get("minItems", 0))
        most = int(facts.limits.get("maxItems", least + 2))
        length = least
        while length < min(most, least + 3) and self._wants(facts.items, path):
            length += 1
            if self._random.random() < 0.5:
                break
        made = []
        for index in range(length):
            for _, choice in facts.items:
                self._choose(choice)
            made.append(self._value([schema for schema, _ in facts.items], (*path, index)))
        return made

    def _wants(self, places: list[tuple[Schema, Choice]], path: Path) -> bool:
        """Tell whether something optional is made."""
        below = 0
        for schema, choice in places:
            below |= self._graph.bits[choice] | self._graph.choices_below(schema)
        if below & self._goal:
            return True
        if self._left < 0 or len(path) >= DEEPEST:
            return False
        return self._random.random() < (FRESH if below & self._wanted else SEEN)

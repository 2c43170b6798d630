"""What can be chosen in the schemas of a document: which choices lie below each, and how far.

A *choice* is an optional property, a branch of a union, a member of an enum, one of several types,
the first item of an array, or the first unnamed member of an object. Each has one bit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.contract.pointer import pointer_of, resolve

Schema = Mapping[str, Any] | bool
Choice = tuple[int, str, str | int]  # id of the schema, keyword, name or number
UNIONS = ("anyOf", "oneOf")
ENDLESS = 1_000


@dataclass(frozen=True, slots=True)
class Edge:
    """A schema below another, and the choice that leads to it; `must` tells that it is always met.

    `cost` is how many JSON levels deeper it stands.
    """

    choice: Choice | None
    child: Schema
    must: bool
    cost: int = 0


class SchemaGraph:
    """The schemas that are reachable from those added. Schemas are told apart by identity."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._targets: dict[str, Schema] = {}
        self._edges: dict[int, list[Edge]] = {}
        self._schemas: dict[int, Schema] = {}
        self.bits: dict[Choice, int] = {}
        self.reach: dict[int, int] = {}  # the choices at and below a schema
        self.height: dict[int, int] = {}  # levels of the flattest value; ENDLESS if there is none

    def add(self, root: Schema) -> None:
        """Take in a schema and all below it."""
        waiting = [root]
        while waiting:
            schema = waiting.pop()
            if id(schema) in self._edges:
                continue
            self._schemas[id(schema)] = schema
            edges = self._edges[id(schema)] = list(self._edges_of(schema))
            for edge in edges:
                if edge.choice is not None:
                    self.bits.setdefault(edge.choice, 1 << len(self.bits))
            waiting.extend(edge.child for edge in reversed(edges))

    def settle(self) -> None:
        """Work out `reach` and `height`; call it when all schemas are in."""
        order = list(reversed(self._edges))
        self.reach = dict.fromkeys(order, 0)
        self.height = dict.fromkeys(order, ENDLESS)
        changed = True
        while changed:
            changed = False
            for key in order:
                reach, height = self._reach(key), self._height(key)
                changed = changed or reach != self.reach[key] or height != self.height[key]
                self.reach[key], self.height[key] = reach, height

    def target(self, reference: str) -> Schema:
        """Return the schema at a `#/…` reference."""
        if reference not in self._targets:
            self._targets[reference] = resolve(self._document, pointer_of(reference) or "")
        return self._targets[reference]

    def choices_below(self, schema: Schema) -> int:
        """Return the choices at and below a schema, as bits."""
        return self.reach.get(id(schema), 0)

    @property
    def ids(self) -> frozenset[int]:
        """The ids of all schemas that are in."""
        return frozenset(self._schemas)

    def enums(self) -> set[int]:
        """Return the ids of the schemas that hold an enum or a constant text."""
        return {
            key
            for key, one in self._schemas.items()
            if isinstance(one, Mapping) and not {"enum", "const"}.isdisjoint(one)
        }

    def label(self, bit: int) -> str:
        """Name a choice for a report: the property under which its schema stands, and itself."""
        schema, keyword, name = next(one for one, own in self.bits.items() if own == bit)
        above = [
            edge.choice[2]
            for edges in self._edges.values()
            for edge in edges
            if edge.choice is not None and edge.choice[1] == "properties"
            if id(edge.child) == schema
        ]
        return f"{above[0] if above else 'a schema'}: {keyword} {name}"

    def _edges_of(self, schema: Schema) -> Iterator[Edge]:
        if not isinstance(schema, Mapping):
            return
        own = id(schema)
        if "$ref" in schema:
            yield Edge(None, self.target(schema["$ref"]), must=True)
        for part in schema.get("allOf", ()):
            yield Edge(None, part, must=True)
        for keyword in UNIONS:
            for index, branch in enumerate(schema.get(keyword, ())):
                yield Edge((own, keyword, index), branch, must=False)
        required = schema.get("required", ())
        for name, value in schema.get("properties", {}).items():
            yield Edge((own, "properties", name), value, must=name in required, cost=1)
        if isinstance(schema.get("items"), Mapping):
            must = schema.get("minItems", 0) > 0
            yield Edge((own, "items", 0), schema["items"], must=must, cost=1)
        if isinstance(schema.get("additionalProperties"), Mapping):
            more = schema["additionalProperties"]
            yield Edge((own, "additionalProperties", 0), more, must=False, cost=1)
        if "enum" in schema:
            for index in range(len(schema["enum"])):
                yield Edge((own, "enum", index), True, must=False)
        elif isinstance(schema.get("type"), list) and "const" not in schema:
            for index in range(len(schema["type"])):
                yield Edge((own, "type", index), True, must=False)

    def _reach(self, key: int) -> int:
        found = 0
        for edge in self._edges[key]:
            found |= self.reach.get(id(edge.child), 0)
            if edge.choice is not None:
                found |= self.bits[edge.choice]
        return found

    def _height(self, key: int) -> int:
        edges = self._edges[key]
        heights = [self.height[id(edge.child)] + edge.cost for edge in edges if edge.must]
        for keyword in UNIONS:
            union = [e for e in edges if e.choice is not None and e.choice[1] == keyword]
            if union:
                heights.append(min(self.height[id(edge.child)] for edge in union))
        return min(max(heights, default=0), ENDLESS)

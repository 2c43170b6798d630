"""How deep the shallowest value of a schema is: what makes recursion end."""

from collections.abc import Iterator, Mapping

from gateway.contract.model import Schema
from gateway.standin.merge import Flat, Flattener

ENDLESS = 1_000_000
ROUNDS = 64  # a schema whose shallowest value is deeper counts as endless


class Depths:
    """The depth of the shallowest value of each schema of one document.

    A scalar has depth 0; an object or an array is one deeper than the deepest value that it must
    hold; a schema that every value would recurse in for ever is `ENDLESS`.
    """

    def __init__(self, flattener: Flattener) -> None:
        self._flattener = flattener
        self._depths: dict[int, int] = {}

    def of(self, schema: Schema) -> int:
        """Return the depth of the shallowest value of `schema`."""
        if isinstance(schema, bool):
            return 0 if schema else ENDLESS
        if id(schema) not in self._depths:
            self._settle(schema)
        return self._depths[id(schema)]

    def _settle(self, root: Schema) -> None:
        """Work out all schemas that `root` needs, from endless downwards until nothing changes."""
        found: dict[int, Flat] = {}
        stack = [root]
        while stack:
            schema = stack.pop()
            if isinstance(schema, bool) or id(schema) in found or id(schema) in self._depths:
                continue
            found[id(schema)] = flat = self._flattener.flat(schema)
            stack += [*_needed(flat), *(branch for union in flat.unions for branch in union)]
        self._depths.update(dict.fromkeys(found, ENDLESS))
        for _ in range(ROUNDS):
            changed = False
            for key, flat in found.items():
                depth = self._depth(flat)
                changed = changed or depth != self._depths[key]
                self._depths[key] = depth
            if not changed:
                return

    def _depth(self, flat: Flat) -> int:
        if not flat.possible:
            return ENDLESS
        if "const" in flat.keywords or "enum" in flat.keywords:
            return 0
        depth = 0
        for union in flat.unions:
            depth = max(depth, min(map(self._known, union), default=ENDLESS))
        if set(flat.types) <= {"object", "array"}:
            depth = max([depth, *(1 + self._known(schema) for schema in _needed(flat))])
        return min(depth, ENDLESS)

    def _known(self, schema: Schema) -> int:
        if isinstance(schema, bool):
            return 0 if schema else ENDLESS
        return self._depths[id(schema)]


def _needed(flat: Flat) -> Iterator[Schema]:
    """Yield the schemas of the members that every object or array must have."""
    keywords = flat.keywords
    if "object" in flat.types:
        properties = keywords.get("properties", {})
        for name in keywords.get("required", ()):
            schema = properties.get(name, keywords.get("additionalProperties", True))
            if isinstance(schema, Mapping | bool):
                yield schema
    if "array" in flat.types and keywords.get("minItems", 0) > 0:
        prefix = keywords.get("prefixItems", ())
        yield from prefix[: keywords["minItems"]]
        if keywords["minItems"] > len(prefix):
            yield keywords.get("items", True)

"""The values of a form: trees of texts, given the types that the schema declares."""

from typing import Any

from gateway.contract.model import Check
from gateway.contract.pointer import escape
from gateway.errors import RelayError
from gateway.validate.form_shape import FormShape, Schemas
from gateway.validate.scalars import SCALARS, readings, rule
from gateway.validate.strict_json import parse_json
from gateway.validate.styles import Tree

ROUNDS = 3  # in which texts that the findings name get their next reading
TWICE = "was given more than once; it takes one value"


class FormValues:
    """Collects the values of one form. `unreadable` are the rules that texts break, by pointer."""

    def __init__(self, shape: FormShape) -> None:
        self._shape = shape
        self._roots: dict[str, Any] = {}
        self._readings: dict[str, list[Any]] = {}
        self._slots: dict[str, tuple[Any, Any]] = {}  # pointer → container and key
        self.unreadable: dict[str, str] = {}

    def add(self, name: str, tree: Tree, schemas: Schemas) -> None:
        """Add a property."""
        self._put(self._roots, name, tree, schemas, "/" + escape(name))

    def choose(self, check: Check | None) -> dict[str, Any]:
        """Return the object; `check` judges between readings that the schema leaves open."""
        for _ in range(ROUNDS if check is not None and self._readings else 0):
            assert check is not None
            if check.is_valid(self._roots):
                break
            blamed = {finding.param for finding in check.findings(self._roots)}
            changed = [at for at in self._readings.keys() & blamed if self._readings[at]]
            for at in changed:
                container, key = self._slots[at]
                container[key] = self._readings[at].pop(0)
            if not changed:
                break
        return self._roots

    def _put(self, container: Any, key: Any, tree: Tree, schemas: Schemas, at: str) -> None:
        types = self._shape.types(schemas)
        if isinstance(tree, dict):
            listed = self._as_list(tree, schemas, types)
            if listed is None:
                self._put_object(container, key, tree, schemas, at)
                return
            tree = listed
        elif isinstance(tree, str):
            self._put_text(container, key, tree, schemas, at)
            return
        if types and "array" not in types:
            self.unreadable[at] = TWICE if len(tree) > 1 else rule(types)
        self._put_list(container, key, tree, schemas, at)

    def _put_object(
        self, container: Any, key: Any, tree: dict[str, Tree], schemas: Schemas, at: str
    ) -> None:
        members: dict[str, Any] = {}
        container[key] = members
        for name, node in tree.items():
            declared = self._shape.member(schemas, name)
            self._put(members, name, node, declared, f"{at}/{escape(name)}")

    def _put_list(
        self, container: Any, key: Any, tree: list[Tree], schemas: Schemas, at: str
    ) -> None:
        container[key] = items = [None] * len(tree)
        declared = self._shape.items(schemas)
        for index, node in enumerate(tree):
            self._put(items, index, node, declared, f"{at}/{index}")

    def _put_text(self, container: Any, key: Any, text: str, schemas: Schemas, at: str) -> None:
        types = self._shape.types(schemas)
        if not schemas:
            container[key] = text
            return
        found = readings(text, types) if not types or types & SCALARS else []
        found += _json(text, types)
        if "array" in types and not any(isinstance(value, list) for value in found):
            item = self._shape.items(schemas)
            found += [[value] for value in readings(text, self._shape.types(item))]
        if not found:
            self.unreadable[at] = rule(types)
            found = [text]
        if len(found) > 1:
            found.sort(key=lambda value: not self._shape.admits(schemas, value))
            self._readings[at] = found[1:]
            self._slots[at] = container, key
        container[key] = found[0]

    def _as_list(
        self, tree: dict[str, Tree], schemas: Schemas, types: frozenset[str]
    ) -> list[Tree] | None:
        """Return the members in order of their numbers, where the keys number the items."""
        if not all(key.isascii() and key.isdigit() and len(key) < 10 for key in tree):
            return None
        if types and "array" not in types:
            return None
        numbers = sorted(tree, key=int)
        may_be_object = not types or "object" in types
        if may_be_object and (
            not self._shape.items(schemas) or self._shape.names(schemas) & tree.keys()
        ):
            return None
        return [tree[key] for key in numbers]


def _json(text: str, types: frozenset[str]) -> list[Any]:
    """Return what a text stands for that holds an object or a list as JSON."""
    wanted = {"{": "object", "[": "array"}.get(text.lstrip()[:1])
    if wanted not in types:
        return []
    try:
        return [parse_json(text.encode())]
    except RelayError:
        return []

"""A schema as the forms that a value may take: one JSON type and one choice of each union.

`$ref`, `allOf`, `anyOf` and `oneOf` (read as `anyOf`) are multiplied out at one level; what stands
below, in properties and items, stays a schema. A value is valid if it is valid for one form.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.contract.model import Schema
from gateway.contract.types import type_of

Keywords = Mapping[str, Any]
SCALARS = (("null", (None,)), ("boolean", (False, True)))


@dataclass(slots=True)
class Form:
    """Values of one type (`kind`) for which all `parts` hold.

    `values` are all values that there are (None: more than can be listed); `excluded` the keys of
    those that a `not` takes out. `name` is the component that a union has for it.
    """

    kind: str
    parts: tuple[Keywords, ...]
    values: tuple[Any, ...] | None = None
    excluded: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    properties: Mapping[str, Schema] = field(default_factory=dict)
    name: str = ""
    _rests: dict[str | None, Schema] = field(default_factory=dict)

    def all(self, key: str) -> list[Any]:
        """Return what each part says under a keyword."""
        return [part[key] for part in self.parts if key in part]

    def below(self, key: str) -> Schema:
        """Return the schemas that stand under a keyword as one."""
        known = self._rests.get(f"//{key}")
        if known is None:
            known = self._rests[f"//{key}"] = conjunction(self.all(key))
        return known

    def rest(self, name: str | None) -> Schema:
        """Return what a member that is not declared must meet (None: any such member)."""
        if name not in self._rests:
            self._rests[name] = conjunction(self._rest(name))
        return self._rests[name]

    def _rest(self, name: str | None) -> Iterator[Schema]:
        for part in self.parts:
            patterns = part.get("patternProperties") or {}
            matching = [] if name is None else [key for key in patterns if _matches(key, name)]
            if name is not None and (name in (part.get("properties") or {}) or matching):
                yield from (patterns[key] for key in matching)
            else:
                yield part.get("additionalProperties", True)


def make_forms(parts: tuple[Keywords, ...], kinds: Iterable[str], name: str) -> Iterator[Form]:
    """Yield the possible form of each kind."""
    required = frozenset(each for part in parts for each in part.get("required") or ())
    properties = _properties(parts)
    excluded = frozenset(key_of(value) for part in parts for value in _excluded(part))
    for kind in kinds:
        values = _values(parts, kind, excluded)
        if values != ():
            yield Form(kind, parts, values, excluded, required, properties, name)


def key_of(value: Any) -> str:
    """Return what tells a JSON value from others: 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True)


def conjunction(schemas: Iterable[Schema]) -> Schema:
    """Return one schema that asks for all of them."""
    said = [each for each in schemas if each is not True and each != {}]
    if any(each is False for each in said):
        return False
    if len(said) < 2:
        return said[0] if said else True
    return {"allOf": said}


def _properties(parts: tuple[Keywords, ...]) -> dict[str, Schema]:
    found: dict[str, list[Schema]] = {}
    for part in parts:
        for name, schema in (part.get("properties") or {}).items():
            found.setdefault(name, []).append(schema)
    return {name: conjunction(schemas) for name, schemas in found.items()}


def _values(
    parts: tuple[Keywords, ...], kind: str, excluded: frozenset[str]
) -> tuple[Any, ...] | None:
    values: list[Any] | None = list(dict(SCALARS)[kind]) if kind in dict(SCALARS) else None
    for part in parts:
        said = [part["const"]] if "const" in part else part.get("enum")
        if said is None:
            continue
        keys = {key_of(value) for value in said}
        before = said if values is None else values
        values = [value for value in before if key_of(value) in keys]
    if values is None:
        return None
    return tuple(v for v in values if is_kind(v, kind) and key_of(v) not in excluded)


def is_kind(value: Any, kind: str) -> bool:
    """Tell whether a value is of a JSON type."""
    said = type_of(value)
    if said == "number" and kind == "integer":
        return isinstance(value, float) and value.is_integer()
    return said == kind or (said == "integer" and kind == "number")


def _excluded(part: Keywords) -> list[Any]:
    said = part.get("not")
    if not isinstance(said, Mapping) or said.keys() - {"enum", "const", "type"}:
        return []
    return [said["const"]] if "const" in said else list(said.get("enum") or ())


def is_list_of_values(said: Any) -> bool:
    """Tell whether a `not` only takes out values."""
    return isinstance(said, Mapping) and said.keys() in ({"enum"}, {"const"})


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False

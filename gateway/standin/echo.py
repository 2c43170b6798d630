"""Put what a request says into the answer, where names and types agree."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.contract.model import Operation, Schema
from gateway.standin.examples import ExampleMaker

PARAMETER = re.compile(r"\{([^{}]*)\}")
MOST = 64  # members of a request that are looked at


def echo(
    value: Any,
    schema: Schema,
    maker: ExampleMaker,
    said: Mapping[str, Any],
) -> Any:
    """Return `value` with each member of `said` that the schema's object has and takes."""
    if not isinstance(value, dict) or not said:
        return value
    names = {*value, *maker.flattener.flat(schema).keywords.get("properties", {})}
    for name, member in said.items():
        if name in names and value.get(name) != member:
            changed = {**value, name: member}
            if maker.validity.holds(schema, changed):
                value = changed
    return value


def said_by(
    operation: Operation, path_values: Sequence[str], members: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a request says by name: its body's members and its path's parameters.

    A path that ends with a parameter names the object itself: the value is its `id` too.
    """
    said = dict(list(members.items())[:MOST])
    names = PARAMETER.findall(operation.path)
    said.update(_path_members(operation.path, names, path_values))
    return said


def _path_members(
    path: str, names: Sequence[str], values: Sequence[str]
) -> Iterator[tuple[str, str]]:
    pairs = list(zip(names, values, strict=False))
    yield from pairs
    if pairs and path.endswith("}"):
        yield "id", pairs[-1][1]

"""Parameters of two operations: which are the same, and how their values are written."""

from typing import Any

from codegen.diff.operations import BRACES
from gateway.contract.model import Operation, Parameter, Schema
from gateway.contract.types import TypeReader


def placed_parameters(operation: Operation) -> dict[tuple[str, str], Parameter]:
    """Return the parameters by place and name: of paths by their turn; `a[]` stands for `a`."""
    turns = BRACES.findall(operation.path)
    found: dict[tuple[str, str], Parameter] = {}
    for each in operation.parameters:
        name = each.name.lower() if each.place == "header" else each.name.removesuffix("[]")
        if each.place == "path" and f"{{{each.name}}}" in turns:
            name = str(turns.index(f"{{{each.name}}}"))
        found[each.place, name] = each
    return found


def written(parameter: Parameter) -> tuple[Any, ...]:
    """Return how a value is written; of scalars, style and explode do not matter."""
    if parameter.media_type or not parameter.types & {"array", "object"}:
        return (parameter.media_type,)
    return parameter.style, parameter.explode


def as_lists(schema: Schema, types: TypeReader) -> Schema:
    """Return the schema of a parameter that is read as a list: a value alone is a list of one."""
    target = types.target(schema)
    if isinstance(target, bool):
        return target
    if "anyOf" in target:
        return {**target, "anyOf": [as_lists(each, types) for each in target["anyOf"]]}
    if types.types(target) & {"array", "object"} or not types.types(target):
        return target
    return {"type": "array", "items": target, "minItems": 1, "maxItems": 1}

"""What a string field that stands for richer values holds, in a sentence for its description."""

from collections.abc import Mapping, Sequence

from codegen.actions.flat import Branch, Flat, Flattener
from gateway.contract.model import Schema

NAMED = 16  # names or values that a hint lists
DEEPEST = 1  # items of arrays within arrays are not described
PLAIN = {"number": "a number", "integer": "an integer", "boolean": "true or false"}


def hint(flattener: Flattener, flat: Flat) -> str:
    """Return how a field is filled whose value is JSON, or plain text or JSON."""
    texts = [branch for branch in flat.branches if branch.kind == "string"]
    others = [branch for branch in flat.branches if branch.kind != "string"]
    if not others or not all(branch.kind for branch in others):
        return "Any value as JSON text; what is no JSON counts as plain text."
    rich = _either([_described(flattener, branch, 0) for branch in _distinct(others)])
    if not texts:
        return f"JSON text: {rich}."
    return f"{_text(texts)}, or JSON text: {rich}."


def discriminator(branches: Sequence[Branch]) -> str:
    """Return the member that tells alternatives apart by fixed values; "" where none does.

    One that excludes the values of the others (`not`) may stand beside them.
    """
    if len(branches) < 2:
        return ""
    shared = set.intersection(*(set(branch.properties) for branch in branches))
    for name in branches[0].properties:
        if name in shared and _tells_apart([branch.properties[name] for branch in branches]):
            return name
    return ""


def _tells_apart(schemas: Sequence[Schema]) -> bool:
    values = [fixed_values(schema) for schema in schemas]
    named = [value for each in values for value in each]
    others = [s for s, found in zip(schemas, values, strict=True) if not found]
    closed = all(isinstance(schema, Mapping) and "not" in schema for schema in others)
    return closed and len(others) < 2 and len(set(named)) == len(named)


def fixed_values(schema: Schema) -> list[str]:
    """Return the values that a schema names by `const` or a string `enum`."""
    if not isinstance(schema, Mapping):
        return []
    if isinstance(schema.get("const"), str):
        return [schema["const"]]
    said = schema.get("enum")
    values = [value for value in said if value is not None] if isinstance(said, list) else []
    return values if all(isinstance(value, str) for value in values) else []


def listed(names: Sequence[str], last: str = "or") -> str:
    """Write names as a list in a sentence, the surplus ones counted."""
    shown = [str(name) for name in names[:NAMED]]
    if len(names) > NAMED:
        return f"{', '.join(shown)} and {len(names) - NAMED} more"
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _text(branches: Sequence[Branch]) -> str:
    values = [value for branch in branches for value in branch.enum or ()]
    closed = all(branch.enum is not None for branch in branches)
    if not closed or not values:
        return "Plain text"
    return f"One of {listed(values)}" if len(values) > 1 else f"The word {values[0]}"


def _distinct(branches: Sequence[Branch]) -> list[list[Branch]]:
    """Group alternatives by their types; objects and arrays are described together."""
    groups: dict[str, list[Branch]] = {}
    for branch in branches:
        groups.setdefault(branch.kind, []).append(branch)
    return list(groups.values())


def _either(parts: Sequence[str]) -> str:
    return ", or ".join(dict.fromkeys(parts))


def _described(flattener: Flattener, branches: Sequence[Branch], depth: int) -> str:
    kind = branches[0].kind
    if kind == "object":
        return _object(branches)
    if kind == "array":
        return _array(flattener, branches, depth)
    if kind == "string":
        return "a text"
    return PLAIN.get(kind, "any value")


def _object(branches: Sequence[Branch]) -> str:
    by = discriminator(branches)
    if by:
        values = [value for branch in branches for value in fixed_values(branch.properties[by])]
        return f"an object whose {by} is {listed(values)}"
    names = list(dict.fromkeys(name for branch in branches for name in branch.properties))
    if not names:
        return "an object"
    required = frozenset.intersection(*(branch.required for branch in branches))
    marked = [f"{name} (required)" if name in required else name for name in names]
    return f"an object with {listed(marked, 'and')}"


def _array(flattener: Flattener, branches: Sequence[Branch], depth: int) -> str:
    items = [branch.said.get("items", True) for branch in branches]
    if depth >= DEEPEST or not all(isinstance(item, dict) for item in items):
        return "an array"
    refs = frozenset().union(*(branch.refs for branch in branches))
    flat = flattener.flat({"anyOf": items}, refs)
    if not flat.branches or not all(branch.kind for branch in flat.branches):
        return "an array"
    parts = [_described(flattener, group, depth + 1) for group in _distinct(flat.branches)]
    return f"an array, each item {_either(parts)}"

"""Random schemas, pairs of which are alike, and random values for them. Seeded by the caller."""

import copy
from random import Random
from typing import Any

NAMES = ("a", "b", "c")
WORDS = ("x", "yy", "zzz", "wwww")


def schema(rnd: Random, depth: int = 3) -> Any:
    """Return a schema; every type is written out, so that nothing is left to a reading."""
    kinds = ["string", "integer", "number", "boolean", "null", "enum", "mixed"]
    if depth:
        kinds += ["object", "object", "array", "union", "tagged", "all"]
    return _MAKERS[rnd.choice(kinds)](rnd, depth)


def mutated(rnd: Random, said: Any) -> Any:
    """Return a copy in which a few places are other than they were."""
    made = copy.deepcopy(said)
    for _ in range(rnd.randint(0, 2)):
        nodes = list(_schemas(made))
        node = rnd.choice(nodes)
        key = rnd.choice([*node, ""])
        if key in ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"):
            node[key] += rnd.choice((-1, 1))
            node[key] = max(node[key], 0)
        elif key in ("enum", "required", "anyOf") and len(node[key]) > 1:
            node[key].pop(rnd.randrange(len(node[key])))
        elif key == "properties" and node[key]:
            node[key][rnd.choice(list(node[key]))] = schema(rnd, 1)
        elif key == "additionalProperties":
            del node[key]
        else:
            other = schema(rnd, 1)
            node.clear()
            node.update(other)
    return made


def value(rnd: Random, depth: int = 3) -> Any:
    """Return any value out of the words and names that the schemas are made of."""
    kind = rnd.randrange(8 if depth else 5)
    if kind < 5:
        return (rnd.choice(WORDS), rnd.randint(-1, 5), rnd.randint(0, 4) / 2, rnd.random() < 0.5,
                None)[kind]  # fmt: skip
    if kind == 5:
        return [value(rnd, depth - 1) for _ in range(rnd.randrange(4))]
    named = {name: value(rnd, depth - 1) for name in NAMES if rnd.random() < 0.6}
    return named if kind == 6 else {**named, "type": rnd.choice(WORDS)}


def valid_value(rnd: Random, said: Any, depth: int = 4) -> Any:
    """Return a value that is likely to be valid; members that are not declared are left out."""
    if "anyOf" in said:
        inner = rnd.choice(said["anyOf"])
        rest = {key: each for key, each in said.items() if key != "anyOf"}
        return valid_value(rnd, {**rest, **inner} if rest else inner, depth)
    if "allOf" in said:
        parts = [valid_value(rnd, part, depth) for part in said["allOf"]]
        return {k: v for part in parts for k, v in part.items()}
    if "enum" in said:
        return rnd.choice(said["enum"])
    kind = said.get("type")
    kind = rnd.choice(kind) if isinstance(kind, list) else kind
    if kind == "object":
        return {
            name: valid_value(rnd, each, depth - 1)
            for name, each in said.get("properties", {}).items()
            if name in said.get("required", ()) or rnd.random() < 0.5
        }
    if kind == "array":
        size = rnd.randint(said.get("minItems", 0), said.get("maxItems", 3))
        return [valid_value(rnd, said.get("items", {}), depth - 1) for _ in range(size)]
    if kind == "string":
        return rnd.choice(WORDS)
    if kind in ("integer", "number"):
        return rnd.randint(-1, 5) if kind == "integer" else rnd.randint(-2, 10) / 2
    return {"boolean": rnd.random() < 0.5, "null": None}.get(kind, value(rnd, 1))


def _schemas(node: Any) -> Any:
    yield node
    for each in (*node.get("properties", {}).values(), *node.get("anyOf", ()),
                 *node.get("allOf", ())):  # fmt: skip
        yield from _schemas(each)
    if "items" in node:
        yield from _schemas(node["items"])


def _string(rnd: Random, depth: int) -> Any:
    made: dict[str, Any] = {"type": "string"}
    if rnd.random() < 0.3:
        made["minLength"] = rnd.randint(0, 2)
    if rnd.random() < 0.3:
        made["maxLength"] = rnd.randint(2, 4)
    if rnd.random() < 0.2:
        made["not"] = {"enum": rnd.sample(WORDS, 2)}
    return made


def _bounded(kind: str) -> Any:
    def make(rnd: Random, depth: int) -> Any:
        made: dict[str, Any] = {"type": kind}
        if rnd.random() < 0.4:
            made[rnd.choice(("minimum", "exclusiveMinimum"))] = rnd.randint(-1, 2)
        if rnd.random() < 0.4:
            made[rnd.choice(("maximum", "exclusiveMaximum"))] = rnd.randint(2, 5)
        return made

    return make


def _object(rnd: Random, depth: int) -> Any:
    made: dict[str, Any] = {
        "type": "object",
        "properties": {name: schema(rnd, depth - 1) for name in NAMES if rnd.random() < 0.7},
    }
    made["required"] = [name for name in made["properties"] if rnd.random() < 0.4]
    if rnd.random() < 0.3:
        made["additionalProperties"] = False
    return made


def _array(rnd: Random, depth: int) -> Any:
    made: dict[str, Any] = {"type": "array", "items": schema(rnd, depth - 1)}
    if rnd.random() < 0.3:
        made["minItems"] = rnd.randint(0, 1)
    if rnd.random() < 0.3:
        made["maxItems"] = rnd.randint(1, 3)
    return made


def _union(rnd: Random, depth: int) -> Any:
    return {"anyOf": [schema(rnd, depth - 1) for _ in range(rnd.randint(2, 3))]}


def _tagged(rnd: Random, depth: int) -> Any:
    branches = []
    for word in rnd.sample(WORDS, rnd.randint(1, 3)):
        branch = _object(rnd, depth - 1) if depth > 1 else {"type": "object", "properties": {}}
        branch["properties"]["type"] = {"type": "string", "enum": [word]}
        branch["required"] = [*branch.get("required", ()), "type"]
        branches.append(branch)
    if rnd.random() < 0.5:
        known = [branch["properties"]["type"]["enum"][0] for branch in branches]
        free = {"type": "string", "not": {"enum": known}}
        branches.append({"type": "object", "properties": {"type": free}, "required": ["type"]})
    return {"anyOf": branches}


def _all(rnd: Random, depth: int) -> Any:
    return {"allOf": [_object(rnd, depth - 1) if depth > 1 else {"type": "object"}
                      for _ in range(2)]}  # fmt: skip


_MAKERS: dict[str, Any] = {
    "string": _string,
    "integer": _bounded("integer"),
    "number": _bounded("number"),
    "boolean": lambda rnd, depth: {"type": "boolean"},
    "null": lambda rnd, depth: {"type": "null"},
    "enum": lambda rnd, depth: {"enum": rnd.sample([*WORDS, 1, 2, None, True], 3)},
    "mixed": lambda rnd, depth: {"type": rnd.sample(["string", "integer", "null", "array"], 2)},
    "object": _object,
    "array": _array,
    "union": _union,
    "tagged": _tagged,
    "all": _all,
}

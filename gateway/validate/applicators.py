"""Which subschemas a value must meet besides the assertions (JSON Schema 2020-12, section 10)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import Draft202012Validator

from gateway.contract.pointer import escape
from gateway.errors import Finding
from gateway.suggest import did_you_mean
from gateway.validate.subschemas import Node, Subschemas

MAX_NAME = 256  # characters of a name that a pointer shows; a longer one ends in "…"
MAX_SUGGESTED = 64  # characters of a name that is compared with the known ones


@dataclass(frozen=True, slots=True)
class Place:
    """A value that must meet a schema. `where` is its pointer; `words` begin what is said of it."""

    node: Node
    value: Any
    where: str
    words: str = ""


Steps = Iterator[Place | Finding]


def below(where: str, name: str | int) -> str:
    """Return the pointer of a member."""
    token = str(name)
    return f"{where}/{escape(token if len(token) <= MAX_NAME else token[:MAX_NAME] + '…')}"


def steps(subschemas: Subschemas, node: Node, value: Any, where: str) -> Steps:
    """Yield the places that `node` leads to, and findings where it leads to none."""
    for keyword in node.keywords:
        if keyword in _ANY:
            yield from _ANY[keyword](subschemas, node, value, where)
        elif isinstance(value, dict) and keyword in _OBJECT:
            yield from _OBJECT[keyword](node, value, where)
        elif isinstance(value, list) and keyword in _ARRAY:
            yield from _ARRAY[keyword](subschemas, node, value, where)


def _reference(subschemas: Subschemas, node: Node, value: Any, where: str) -> Steps:
    yield Place(subschemas.target(node), value, where)


def _all_of(_: Subschemas, node: Node, value: Any, where: str) -> Steps:
    for index in range(len(node.keywords["allOf"])):
        yield Place(node.child("allOf", index), value, where)


def _not(subschemas: Subschemas, node: Node, value: Any, where: str) -> Steps:
    if subschemas.fits(node.child("not"), value):
        names = node.child("not").keywords.get("required")
        words = "is of the kind that `not` excludes"
        if names:
            words = f"must not have {' and '.join(map(repr, names))}"
        yield Finding(where, words, node.at("not"))


def _condition(subschemas: Subschemas, node: Node, value: Any, where: str) -> Steps:
    keyword = "then" if subschemas.fits(node.child("if"), value) else "else"
    if keyword in node.keywords:
        yield Place(node.child(keyword), value, where)


def _required(node: Node, value: dict[str, Any], where: str) -> Steps:
    for name in node.keywords["required"]:
        if name not in value:
            yield Finding(below(where, name), "is required", node.at("required"))


def _properties(node: Node, value: dict[str, Any], where: str) -> Steps:
    for name in node.keywords["properties"]:
        if name in value:
            yield Place(node.child("properties", name), value[name], below(where, name))


def _patterns(node: Node, value: dict[str, Any], where: str) -> Steps:
    for pattern in node.keywords["patternProperties"]:
        matches = Draft202012Validator({"pattern": pattern}).is_valid
        child = node.child("patternProperties", pattern)
        for name, member in value.items():
            if matches(name):
                yield Place(child, member, below(where, name))


def _additional(node: Node, value: dict[str, Any], where: str) -> Steps:
    schema = node.keywords
    known = schema.get("properties", {})
    patterns = [Draft202012Validator({"pattern": p}) for p in schema.get("patternProperties", ())]
    child = node.child("additionalProperties")
    for name, member in value.items():
        if name in known or any(pattern.is_valid(name) for pattern in patterns):
            continue
        if child.schema is False:
            words = f"is not a known property{_suggestion(name, known)}"
            yield Finding(below(where, name), words, node.at("additionalProperties"))
        else:
            yield Place(child, member, below(where, name))


def _names(node: Node, value: dict[str, Any], where: str) -> Steps:
    for name in value:
        yield Place(node.child("propertyNames"), name, below(where, name), "has a name that ")


def _dependent_schemas(node: Node, value: dict[str, Any], where: str) -> Steps:
    for name in node.keywords["dependentSchemas"]:
        if name in value:
            yield Place(node.child("dependentSchemas", name), value, where)


def _items(_: Subschemas, node: Node, value: list[Any], where: str) -> Steps:
    schema = node.keywords
    first = len(schema.get("prefixItems", ()))
    child = node.child("items")
    for index in range(first, len(value)):
        yield Place(child, value[index], below(where, index))


def _prefix_items(_: Subschemas, node: Node, value: list[Any], where: str) -> Steps:
    schema = node.keywords
    for index in range(min(len(schema["prefixItems"]), len(value))):
        yield Place(node.child("prefixItems", index), value[index], below(where, index))


def _contains(subschemas: Subschemas, node: Node, value: list[Any], where: str) -> Steps:
    schema = node.keywords
    least, most = int(schema.get("minContains", 1)), schema.get("maxContains")
    # Asked as a whole, not of each item: the engine counts a long list in a fraction of the time.
    enough = {"contains": schema["contains"], "minContains": least}
    kind = "item(s) of the kind that `contains` describes"
    if not subschemas.fits(Node(enough, None), value):
        yield Finding(where, f"must hold at least {least} {kind}", node.at("contains"))
    elif most is not None and not subschemas.fits(
        Node(enough | {"maxContains": most}, None), value
    ):
        yield Finding(where, f"must hold at most {int(most)} {kind}", node.at("maxContains"))


def _suggestion(name: str, known: Any) -> str:
    said = did_you_mean(name, known) if len(name) <= MAX_SUGGESTED else ""
    return f". {said}" if said.startswith("Did you mean") else ""


_ANY: dict[str, Callable[[Subschemas, Node, Any, str], Steps]] = {
    "$ref": _reference,
    "allOf": _all_of,
    "not": _not,
    "if": _condition,
}
_OBJECT: dict[str, Callable[[Node, dict[str, Any], str], Steps]] = {
    "required": _required,
    "properties": _properties,
    "patternProperties": _patterns,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "dependentSchemas": _dependent_schemas,
}
_ARRAY: dict[str, Callable[[Subschemas, Node, list[Any], str], Steps]] = {
    "items": _items,
    "prefixItems": _prefix_items,
    "contains": _contains,
}

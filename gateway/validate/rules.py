"""What the assertions of JSON Schema ask of a value, in words (2020-12 validation, section 6)."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

from gateway.validate.scalars import rule

MAX_VALUES = 12  # that a message lists
MAX_VALUE_LENGTH = 60


def broken(keyword: str, operand: Any, value: Any) -> bool:
    """Tell whether `value` breaks one assertion. The engine decides, as in the quick check."""
    return not Draft202012Validator({keyword: operand}, validate_formats=False).is_valid(value)


def message(keyword: str, operand: Any) -> str:
    """Tell the rule of an assertion as a predicate: `must be at least 1`."""
    return _WORDS[keyword](operand)


def one_of_values(values: Iterable[Any]) -> str:
    """Say that a value must be among the first twelve of `values`, which stand in the schema."""
    shown = list(dict.fromkeys(_shown(value) for value in values))
    if len(shown) == 1:
        return f"must be {shown[0]}"
    listed = ", ".join(shown[:MAX_VALUES])
    more = f" (and {len(shown) - MAX_VALUES} more)" if len(shown) > MAX_VALUES else ""
    return f"must be one of {listed}{more}"


def type_of(value: Any) -> str:
    """Return the JSON type of a value; a number without a fraction is an integer."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    names = {float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "object")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 1] + "…"


def _count(what: str, limit: str) -> Callable[[Any], str]:
    def words(operand: Any) -> str:
        count = int(operand)
        noun = what if count != 1 else _SINGULAR[what]
        return f"must have {limit} {count} {noun}"

    return words


def _types(operand: Any) -> str:
    return rule(frozenset([operand] if isinstance(operand, str) else operand))


def _dependent(operand: Mapping[str, list[str]]) -> str:
    rules = [f"{', '.join(map(repr, names))} with {name!r}" for name, names in operand.items()]
    return f"must have {'; '.join(rules)}"


_SINGULAR = {"characters": "character", "items": "item", "properties": "property"}
_WORDS: dict[str, Callable[[Any], str]] = {
    "type": _types,
    "enum": one_of_values,
    "const": lambda operand: one_of_values([operand]),
    "multipleOf": lambda operand: f"must be a multiple of {operand}",
    "minimum": lambda operand: f"must be at least {operand}",
    "maximum": lambda operand: f"must be at most {operand}",
    "exclusiveMinimum": lambda operand: f"must be more than {operand}",
    "exclusiveMaximum": lambda operand: f"must be less than {operand}",
    "minLength": _count("characters", "at least"),
    "maxLength": _count("characters", "at most"),
    "pattern": lambda operand: f"must match the pattern {operand}",
    "minItems": _count("items", "at least"),
    "maxItems": _count("items", "at most"),
    "uniqueItems": lambda _: "must not hold the same item twice",
    "minProperties": _count("properties", "at least"),
    "maxProperties": _count("properties", "at most"),
    "dependentRequired": _dependent,
}
ASSERTIONS = frozenset(_WORDS)

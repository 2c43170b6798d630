"""Text into the JSON value that the declared types admit."""

import math
import re
from typing import Any

SCALARS = frozenset({"string", "integer", "number", "boolean", "null"})

# Python refuses to convert more than 4,300 digits; nothing sensible comes near.
_INTEGER = re.compile("-?[0-9]{1,4000}")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,3999})(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "false": False}
_STRING = frozenset({"string"})
_RULES = {
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "string": "a string",
    "array": "an array",
    "object": "an object",
}


class NotScalar(ValueError):
    """A text that none of the declared types admits. The message tells the rule, not the text."""


def parse(text: str, types: frozenset[str]) -> Any:
    """Return the first of the text's `readings`. Raises `NotScalar` when there is none."""
    if types == _STRING:
        return text
    found = readings(text, types)
    if not found:
        raise NotScalar(rule(types))
    return found[0]


def readings(text: str, types: frozenset[str]) -> list[Any]:
    """Return the values that `text` can stand for: integer, number, boolean, null, string.

    Integers are `-?[0-9]+`, numbers have JSON's grammar (RFC 8259, section 6) and fit a double,
    booleans are exactly `true` and `false`, null is `null` or no text. No `types` means any;
    "array" and "object" have no reading.
    """
    types = types or SCALARS
    found: list[Any] = []
    number = _number(text, types)
    if number is not None:
        found.append(number)
    if "boolean" in types and text in _BOOLEANS:
        found.append(_BOOLEANS[text])
    if "null" in types and text in ("null", ""):
        found.append(None)
    if "string" in types:
        found.append(text)
    return found


def rule(types: frozenset[str]) -> str:
    """Say what `types` ask for: `must be an integer or null`."""
    words = [word for name, word in _RULES.items() if name in types]
    return f"must be {' or '.join(words)}"


def _number(text: str, types: frozenset[str]) -> int | float | None:
    if "integer" in types and _INTEGER.fullmatch(text):
        return int(text)
    if "number" not in types:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    if match.group(1) is None and match.group(2) is None:
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else None

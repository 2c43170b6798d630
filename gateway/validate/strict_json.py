"""JSON text into values, with nothing accepted that two parsers could read in different ways."""

import re
from itertools import chain
from typing import Any

from jiter import from_json

from gateway.errors import RelayError
from gateway.validate.round_trip import UNPROVEN, proven

BOM = b"\xef\xbb\xbf"
INFINITY = float("inf")
# From where on proving is cheaper than the strict parser, which copies long strings faster.
SMALL = 2000  # bytes
SPARSE = 256  # bytes to a member of an object, by what stands in some places of the text:
LOOKS = 4
LOOK = 1024  # bytes; whole messages, since a smaller sample meets equal places of equal messages
SEVERAL = 8  # objects of a list, from where on it pays to look at them together
_PLACE = re.compile(r"at line (\d+) column (\d+)$")
# How the parser's messages begin, and what we say instead: its own may quote the body.
_REASONS = {
    "Detected duplicate key": "a name stands twice in one object",
    "recursion limit exceeded": "it is nested more than 200 deep",
    "number out of range": "a number is too long",
    "invalid number": "a number is malformed",
    "invalid unicode code point": "it is not UTF-8, or an escape names no character",
    "lone leading surrogate": "an escape is one half of a surrogate pair",
    "unexpected end of hex escape": "an escape is malformed or one half of a surrogate pair",
    "invalid escape": "an escape is malformed",
    "control character": "a string holds a control character; escape it",
    "trailing comma": "a comma has nothing after it",
    "trailing characters": "something follows the value",
    "EOF while parsing": "it ends too early",
    "key must be a string": "a name is not a string",
    "expected": "another character was expected",
}


def parse_json(data: bytes) -> Any:
    """Parse one JSON text (RFC 8259); raise `invalid_json` with the place where it breaks.

    Stricter than the RFC where parsers differ: a name may stand once in an object, and a number
    that no double holds (`1e999`), a byte order mark and halves of surrogate pairs are errors.
    """
    if len(data) > SMALL and _is_dense(data):
        value = proven(data)
        if value is not UNPROVEN:
            return value
    return parse_strictly(data)


def parse_strictly(data: bytes) -> Any:
    """Do what `parse_json` does, with the parser that decides and words the errors."""
    try:
        # Keys only: strings of one client's body are not kept for the next.
        value = from_json(data, allow_inf_nan=False, cache_mode="keys", catch_duplicate_keys=True)
    except ValueError as error:
        raise _invalid(data, str(error)) from None
    if type(value) is not str and _has_infinity(value):
        raise RelayError("invalid_json", "The body is not valid JSON: a number is out of range.")
    return value


def _is_dense(data: bytes) -> bool:
    starts = range(0, len(data), len(data) // LOOKS)
    return sum([data.count(b":", at, at + LOOK) for at in starts]) > LOOKS * LOOK // SPARSE


def _has_infinity(value: Any) -> bool:
    """Tell whether a number overflowed. Costs less than a search of the text for such numbers."""
    nodes: list[Any] = [value] if type(value) in (dict, list) else [[value]]
    for node in nodes:  # grows while it is read
        if type(node) is list:
            kinds = set(map(type, node))
            if float in kinds and (INFINITY in node or -INFINITY in node):
                return True
            if dict in kinds or list in kinds:
                inner: list[Any] = [
                    item for item in node if type(item) is dict or type(item) is list
                ]
                if len(inner) > SEVERAL and list not in kinds:
                    # The values of all of them are looked at together, as one list.
                    inner = [list(chain.from_iterable(map(dict.values, inner)))]
                nodes.extend(inner)
            continue
        for item in node.values():
            kind = type(item)
            if kind is dict or kind is list:
                nodes.append(item)
            elif kind is float and item in (INFINITY, -INFINITY):
                return True
    return False


def _invalid(data: bytes, said: str) -> RelayError:
    reason = next((text for start, text in _REASONS.items() if said.startswith(start)), None)
    if data.startswith(BOM):
        reason = "it begins with a byte order mark"
    place = _PLACE.search(said)
    where = f" (line {place[1]}, column {place[2]})" if place else ""
    what = f": {reason}" if reason else ""
    return RelayError("invalid_json", f"The body is not valid JSON{what}{where}.")

"""JSON text into values, with nothing accepted that two parsers could read in different ways."""

import re
from typing import Any

from jiter import from_json
from jsonschema_rs import Draft202012Validator

from gateway.errors import RelayError
from gateway.validate.round_trip import UNPROVEN, proven

BACKSLASH = ord("\\")
BOM = b"\xef\xbb\xbf"
# From where on proving is cheaper than the strict parser, which copies long strings faster.
SMALL = 2000  # bytes
LOOK = 512  # bytes in which a text of many members has the end of a name, at each of the
PLACES = (101, 43, 211, 7)  # 251sts of it: a prime, for texts that repeat themselves
SPACED = 160  # the same where a blank follows: what is not written back alike has to be counted
# An overflowed number is none to the schema engine, which walks through values quicker than Python.
_SCALARS = ["string", "number", "boolean", "null"]
_INNER = {"anyOf": [{"type": _SCALARS}, {"$ref": "#"}]}  # most values end here, without a step down
_is_finite = Draft202012Validator(
    {"type": ["object", "array", *_SCALARS], "items": _INNER, "additionalProperties": _INNER}
).is_valid
if _is_finite([float("inf")]):
    raise ImportError("This version of jsonschema-rs takes infinity for a number.")
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
    if not _is_finite(value):
        raise RelayError("invalid_json", "The body is not valid JSON: a number is out of range.")
    return value


def _is_dense(data: bytes) -> bool:
    size = len(data)
    for place in PLACES:
        at = size * place // 251
        end = data.find(b'":', at, at + LOOK)  # prose has colons too
        if end < 0 or data[end - 1] == BACKSLASH:  # JSON in a string, as tools answer it
            return False
        if end > at + SPACED and data[end + 2 : end + 3] == b" ":
            return False
    return True


def _invalid(data: bytes, said: str) -> RelayError:
    reason = next((text for start, text in _REASONS.items() if said.startswith(start)), None)
    if data.startswith(BOM):
        reason = "it begins with a byte order mark"
    place = _PLACE.search(said)
    where = f" (line {place[1]}, column {place[2]})" if place else ""
    what = f": {reason}" if reason else ""
    return RelayError("invalid_json", f"The body is not valid JSON{what}{where}.")

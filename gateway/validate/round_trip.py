"""JSON texts that are shown to be strict by writing them back: cheaper than a strict parser.

A reader that keeps the last of two equal names loses the other one, and what is lost is missing
when the value is written again. Where the two texts agree, nothing was lost.
"""

from typing import Any

from orjson import dumps, loads

DEPTH = 200  # objects and arrays one in another, as the strict parser has it
WRITTEN_DEPTH = 254  # the most that the writer writes
UNPROVEN: Any = object()


def proven(data: bytes) -> Any:
    """Parse a text if it is shown to be strict, as `parse_json` has it; else return `UNPROVEN`.

    That says nothing of the text: it may be wrong, or only written in an unusual way.
    """
    if not _HABITS:
        return UNPROVEN
    try:
        value = loads(data)  # refuses numbers that no double holds, and what is not UTF-8
        wrapped = value
        for _ in range(WRITTEN_DEPTH - DEPTH):
            wrapped = [wrapped]
        text = dumps(wrapped)  # refuses what is nested deeper than DEPTH
    except (ValueError, TypeError):
        return UNPROVEN
    margin = WRITTEN_DEPTH - DEPTH
    same = len(text) == len(data) + 2 * margin and text.startswith(data, margin)
    return value if same or _nothing_lost(data, text) else UNPROVEN


def _nothing_lost(data: bytes, text: bytes) -> bool:
    """Tell whether all that stands in `data` stands in `text` too, however it is written.

    Each member of an object has a colon; those inside strings are written back as they are, unless
    they were escaped. An integer of more than 64 bits comes back as a number with an exponent.
    """
    return (
        text.count(b":") == data.count(b":")
        and not (b"\\" in data and b"\\u003" in data)  # one byte is found sooner than five
        and not (b"+" in text and b"e+" in text)
    )


def _has_habits() -> bool:
    """Tell whether the writer does what the proof rests on, in the version that is installed."""
    deepest: Any = 0
    for _ in range(WRITTEN_DEPTH):
        deepest = [deepest]
    try:
        dumps([deepest])
    except TypeError:
        return dumps([1e19, -(2.0**63), 2.0**64]) == (
            b"[1e+19,-9.223372036854776e+18,1.8446744073709552e+19]"
        )
    return False


_HABITS = _has_habits()

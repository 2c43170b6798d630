"""Strings, numbers and booleans as Actions take them."""

from collections.abc import Mapping, Sequence
from typing import Any

from codegen.actions.entries import Report
from codegen.actions.flat import Flat
from codegen.actions.hints import listed
from gateway.contract.types import type_of

BOUNDS: Mapping[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength"),
    "number": ("minimum", "maximum"),
    "integer": ("minimum", "maximum"),
    "boolean": (),
}
EXAMPLES = 3  # that a description names
LONGEST_EXAMPLE = 40  # characters
FORMATS = frozenset(("date", "date-time", "uri", "email", "uuid"))


def bounds(said: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """Return the bounds that a schema says, where they are numbers."""
    return {
        key: said[key]
        for key in keys
        if isinstance(said.get(key), int | float) and not isinstance(said[key], bool)
    }


def merged(flat: Flat, report: Report, place: str) -> dict[str, Any]:
    """Return one plain scalar for alternatives of one type, integers counting as numbers."""
    kinds = {branch.kind for branch in flat.branches}
    kind = "number" if kinds == {"integer", "number"} else next(iter(kinds))
    made: dict[str, Any] = {"type": kind}
    named = list(dict.fromkeys(v for branch in flat.branches for v in branch.enum or ()))
    if all(branch.enum is not None for branch in flat.branches) and named:
        made["enum"] = named
    elif named:
        report.add(place, "its list of values is open", "One alternative takes any value.")
        made["description"] = f"For example {listed(named)}."
    elif len(flat.branches) == 1:
        said = flat.branches[0].said
        made |= bounds(said, BOUNDS[kind])
        if said.get("format") in FORMATS:
            made["format"] = said["format"]
        made |= _examples(said)
    if flat.default is not None and _suits(flat.default, kind, made.get("enum")):
        made["default"] = flat.default
    return made


def _examples(said: Mapping[str, Any]) -> dict[str, str]:
    """Return a sentence with a schema's examples: what a model needs most to fill a free text."""
    values = said.get("examples")
    if not isinstance(values, list):
        return {}
    plain = [str(value) for value in values if isinstance(value, str | int | float)]
    short = [text for text in plain if len(text) < LONGEST_EXAMPLE]
    return {"description": f"For example {listed(short[:EXAMPLES])}."} if short else {}


def _suits(value: Any, kind: str, enum: Sequence[Any] | None) -> bool:
    own = type_of(value)
    fits = own == kind or (own == "integer" and kind == "number")
    return fits and (enum is None or value in enum)

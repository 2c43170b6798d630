"""The mends of a schema's assertions, each of one keyword or a few that belong together.

Each takes the schema (a copy that it may change), its pointer and the mender, and returns it.
"""

from collections.abc import Callable
from typing import Any, Protocol

from gateway.contract.types import type_of

Dict = dict[str, Any]
COUNTS = frozenset(
    (
        *("minLength", "maxLength", "minItems", "maxItems"),
        *("minProperties", "maxProperties", "minContains", "maxContains"),
    )
)
BOUNDS = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"))
LISTS = frozenset(("enum", "allOf", "anyOf", "oneOf", "prefixItems"))


class Notes(Protocol):
    """What a mend may ask of the mender."""

    old: bool

    def warn(self, pointer: str, message: str, mend: str) -> None:
        """Note a mend."""

    def takes_pattern(self, pattern: str) -> bool:
        """Tell whether the engine takes a pattern."""

    def canonical(self, said: str) -> str | None:
        """Return an internal reference as a URI writes it; None where it leads nowhere."""

    def types(self, schema: Dict) -> frozenset[str]:
        """Return the types that a schema admits; the empty set is any."""


Mend = Callable[[Dict, str, Notes], Dict]


def mend_bounds(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """Boolean exclusive bounds (OpenAPI 3.0) become numbers; bounds that are no numbers go."""
    for exclusive, inclusive in (
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ):
        value = schema.get(exclusive)
        if isinstance(value, bool):
            if not notes.old:
                notes.warn(pointer, f"`{exclusive}` is a boolean.", "Write the bound itself.")
            del schema[exclusive]
            if value and inclusive in schema:
                schema[exclusive] = schema.pop(inclusive)
    for key in [key for key in schema if key in BOUNDS]:
        if not _is_number(schema[key]):
            notes.warn(pointer, f"`{key}` is not a number.", "It is left out.")
            del schema[key]
    if schema.get("multipleOf", 1) <= 0:
        notes.warn(pointer, "`multipleOf` is not above 0.", "It is left out.")
        del schema["multipleOf"]
    return schema


def mend_counts(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """Limits of length are counts, and flags are booleans."""
    for key in [key for key in schema if key in COUNTS]:
        value = schema[key]
        if not (_is_number(value) and value >= 0 and value == int(value)):
            notes.warn(pointer, f"`{key}` is not a count.", "It is left out.")
            del schema[key]
    if not isinstance(schema.get("uniqueItems", True), bool):
        notes.warn(pointer, "`uniqueItems` is not a boolean.", "It is left out.")
        del schema["uniqueItems"]
    return schema


def mend_required(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`required` is a list of names that are all different."""
    required = schema["required"]
    names = required if isinstance(required, list) else []
    unique = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    if unique == required:
        return schema
    notes.warn(pointer, "`required` is not a list of different names.", "It was put right.")
    schema["required"] = unique
    return schema


def mend_lists(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`enum` and unions are lists with a member; an empty one would refuse everything."""
    for key in [key for key in schema if key in LISTS]:
        if not (isinstance(schema[key], list) and schema[key]):
            notes.warn(pointer, f"`{key}` is not a list with a member.", "It is left out.")
            del schema[key]
    return schema


def mend_pattern(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """Patterns that the engine lacks are left out."""
    pattern = schema.get("pattern", "")
    if not (isinstance(pattern, str) and notes.takes_pattern(pattern)):
        notes.warn(pointer, "`pattern` is no regular expression of the engine.", "It is left out.")
        del schema["pattern"]
    named = schema.get("patternProperties", {})
    good = {name: value for name, value in named.items() if notes.takes_pattern(name)}
    if len(good) != len(named):
        message = "`patternProperties` has a pattern that the engine lacks."
        notes.warn(pointer, message, "It is left out.")
        schema["patternProperties"] = good
    return schema


def mend_dependents(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`dependentRequired` is a map of lists of names."""
    said = schema["dependentRequired"]
    good = isinstance(said, dict) and all(
        isinstance(names, list) and all(isinstance(name, str) for name in names)
        for names in said.values()
    )
    if not good:
        notes.warn(pointer, "`dependentRequired` is no map of names.", "It is left out.")
        del schema["dependentRequired"]
    return schema


def mend_default(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """A default that its own types or enum refuse is no default."""
    value, types = schema["default"], notes.types(schema)
    kind = type_of(value)
    fits = not types or kind in types or (kind == "integer" and "number" in types)
    if fits and value in schema.get("enum", [value]):
        return schema
    notes.warn(pointer, "`default` is not valid under its own schema.", "It is left out.")
    del schema["default"]
    return schema


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

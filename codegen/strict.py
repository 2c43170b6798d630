"""The strict form of a tool's input schema: Structured Outputs' subset of JSON Schema.

Every object is closed and requires all of its properties; what was optional takes null instead,
and the null is dropped on the way back (`codegen/tool_calls.py`). A schema that would lose
something by this has no strict form.
"""

from collections.abc import Iterator, Mapping
from typing import Any

MAX_PROPERTIES = 5_000
MAX_LEVELS = 10
MAX_ENUM_VALUES = 1_000
KEPT = frozenset(
    (
        *("type", "enum", "const", "pattern", "multipleOf", "minItems", "maxItems"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    )
)
FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
)
# What the subset has no keyword for: the description says it, and the gateway checks it.
SAID: Mapping[str, str] = {
    "minLength": "At least {} characters.",
    "maxLength": "At most {} characters.",
    "default": "Default: {}.",
    "format": "Format: {}.",
    "contentEncoding": "Encoded as {}.",
    "contentMediaType": "Holds {}.",
}
SAID_IF_TRUE: Mapping[str, str] = {"uniqueItems": "No item twice.", "deprecated": "Deprecated."}
DROPPED = frozenset(
    (
        *("title", "example", "examples", "externalDocs", "xml", "discriminator", "$comment"),
        *("readOnly", "writeOnly", "nullable"),
    )
)
HANDLED = frozenset(
    ("properties", "required", "additionalProperties", "items", "anyOf", "oneOf", "description")
)
NULL: Mapping[str, Any] = {"type": "null"}


class Unfit(ValueError):
    """A schema has no strict form. The message tells why."""


def strict_form(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the strict form of an object schema without references; raises Unfit."""
    if schema.get("type") != "object":
        raise Unfit("the root is not an object")
    form = _fit(schema, "")
    values = list(_schemas(form))
    if sum(len(each.get("properties", ())) for each in values) > MAX_PROPERTIES:
        raise Unfit(f"it has more than {MAX_PROPERTIES} properties")
    if sum(len(each.get("enum", ())) for each in values) > MAX_ENUM_VALUES:
        raise Unfit(f"it has more than {MAX_ENUM_VALUES} enum values")
    if _levels(form) > MAX_LEVELS:
        raise Unfit(f"it nests more than {MAX_LEVELS} levels")
    return form


def accepts_null(schema: Mapping[str, Any]) -> bool:
    """Tell whether null is a value of the schema, as far as its own keywords say."""
    if "const" in schema:
        return schema["const"] is None
    if "enum" in schema and None not in schema["enum"]:
        return False
    if "type" in schema:
        said = schema["type"]
        return said == "null" or (isinstance(said, list) and "null" in said)
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return not branches or any(accepts_null(each) for each in branches)


def _fit(schema: Any, place: str) -> dict[str, Any]:
    if not isinstance(schema, Mapping):
        raise Unfit(f"{place or 'it'} takes any value or none")
    unknown = [
        key
        for key in schema
        if not key.startswith("x-")
        and key not in KEPT | HANDLED | DROPPED
        and key not in SAID
        and key not in SAID_IF_TRUE
    ]
    if unknown:
        raise Unfit(f"{place or 'it'} has {unknown[0]}")
    branches = schema.get("anyOf") or schema.get("oneOf")
    if not branches and not schema.keys() & {"type", "enum", "const"}:
        raise Unfit(f"{place or 'it'} takes any value")
    form: dict[str, Any] = {key: schema[key] for key in schema if key in KEPT}
    if schema.get("format") in FORMATS:
        form["format"] = schema["format"]
    if branches:
        form["anyOf"] = [_fit(each, f"{place}/{i}") for i, each in enumerate(branches)]
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds or "properties" in schema:
        form |= _closed(schema, place)
    if "array" in kinds or "items" in schema:
        if "items" not in schema:
            raise Unfit(f"{place or 'it'} takes any items")
        form["items"] = _fit(schema["items"], f"{place}/*")
    text = _description(schema)
    return {"description": text, **form} if text else form


def _closed(schema: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Close an object; what it does not declare must be nothing that a caller could say."""
    rest = schema.get("additionalProperties")
    properties = schema.get("properties") or {}
    if rest not in (None, False) or (not properties and rest is None):
        raise Unfit(f"{place or 'it'} takes members of any name")
    required = schema.get("required", ())
    found = {}
    for name, member in properties.items():
        where = f"{place}/{name}"
        form = _fit(member, where)
        if name not in required:
            if accepts_null(form):
                raise Unfit(f"{where} may be null and may be left out, which are not the same")
            form = _or_null(form)
        found[name] = form
    return {"properties": found, "required": list(found), "additionalProperties": False}


def _or_null(form: dict[str, Any]) -> dict[str, Any]:
    """Return the union of a form with null, its description outside."""
    if "anyOf" in form and form.keys() <= {"anyOf", "description"}:
        return {**form, "anyOf": [*form["anyOf"], dict(NULL)]}
    if "type" in form and "anyOf" not in form and "const" not in form:
        kinds = form["type"]
        kinds = kinds if isinstance(kinds, list) else [kinds]
        widened = {**form, "type": [*kinds, "null"]}
        if "enum" in form:
            widened["enum"] = [*form["enum"], None]
        return widened
    inner = {key: value for key, value in form.items() if key != "description"}
    outer = {"description": form["description"]} if "description" in form else {}
    return {**outer, "anyOf": [inner, dict(NULL)]}


def _description(schema: Mapping[str, Any]) -> str:
    said = [str(schema.get("description", "")).strip()]
    for key, pattern in SAID.items():
        if key in schema and not (key == "format" and schema[key] in FORMATS):
            said.append(pattern.format(_word(schema[key])))
    said += [text for key, text in SAID_IF_TRUE.items() if schema.get(key) is True]
    return " ".join(text for text in said if text)


def _word(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "null"
    return str(value)


def _children(form: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas right inside of a form."""
    yield from form.get("properties", {}).values()
    yield from form.get("anyOf", ())
    if "items" in form:
        yield form["items"]


def _schemas(form: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield form
    for each in _children(form):
        yield from _schemas(each)


def _levels(form: Mapping[str, Any]) -> int:
    """Return how many objects stand in each other."""
    own = 1 if "properties" in form else 0
    return own + max((_levels(each) for each in _children(form)), default=0)

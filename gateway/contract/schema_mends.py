"""The mends of one schema, in the order in which they are made.

Each takes the schema (a copy that it may change), its pointer and the mender, and returns it.
"""

from typing import Any, Protocol

Dict = dict[str, Any]
TYPES = frozenset(("null", "boolean", "object", "array", "number", "string", "integer"))
COUNTS = (
    *("minLength", "maxLength", "minItems", "maxItems"),
    *("minProperties", "maxProperties", "minContains", "maxContains"),
)
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


class Notes(Protocol):
    """What a mend may ask of the mender."""

    old: bool

    def warn(self, pointer: str, message: str, mend: str) -> None:
        """Note a mend."""

    def takes_pattern(self, pattern: str) -> bool:
        """Tell whether the engine takes a pattern."""

    def leads_somewhere(self, reference: str) -> bool:
        """Tell whether an internal reference resolves."""


def mend_reference(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`$ref`s that lead nowhere allow anything; OpenAPI 3.0 ignores what stands beside one."""
    recursive = schema.pop("$recursiveRef", None) or schema.pop("$dynamicRef", None)
    schema.pop("$recursiveAnchor", None)
    if recursive is not None and "$ref" not in schema:
        # The anchor of a component is the component itself in every document seen.
        parts = pointer.split("/")
        if parts[1:3] == ["components", "schemas"]:
            schema["$ref"] = "#" + "/".join(parts[:4])
        notes.warn(pointer, "`$recursiveRef` is not of this dialect.", "Write `$ref`.")
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        if "$ref" in schema:
            del schema["$ref"]
        return schema
    if not reference.startswith("#") or not notes.leads_somewhere(reference):
        notes.warn(pointer, f"The reference {reference!r} leads nowhere.", "It allows anything.")
        return {}
    if notes.old and len(schema) > 1:
        beside = {"$ref": reference}
        if schema.get("nullable") is True:
            beside["nullable"] = True  # type: ignore[assignment]
        return beside
    return schema


def mend_nullable(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`nullable: true` (OpenAPI 3.0.3, section 4.7.24) becomes a union with null."""
    nullable = schema.pop("nullable", None)
    if nullable is None:
        return schema
    if not notes.old:
        notes.warn(pointer, "`nullable` is a keyword of OpenAPI 3.0.", "Write a type with 'null'.")
    if nullable is not True:
        return schema
    kind = schema.get("type")
    if kind is not None and not {"anyOf", "oneOf", "allOf", "$ref"} & schema.keys():
        types = [kind] if isinstance(kind, str) else list(kind)
        schema["type"] = types if "null" in types else [*types, "null"]
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
        return schema
    if not {"anyOf", "oneOf", "allOf", "$ref", "enum"} & schema.keys():
        return schema
    notes_only = ("description", "title", "default", "example", "examples", "readOnly", "writeOnly")
    outer = {key: schema.pop(key) for key in notes_only if key in schema}
    return {**outer, "anyOf": [schema, {"type": "null"}]}


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
    for key in BOUNDS:
        if key in schema and not _is_number(schema[key]):
            notes.warn(pointer, f"`{key}` is not a number.", "It is dropped.")
            del schema[key]
    for key in COUNTS:
        value = schema.get(key)
        if value is not None and not (_is_number(value) and value >= 0 and value == int(value)):
            notes.warn(pointer, f"`{key}` is not a count.", "It is dropped.")
            del schema[key]
    if schema.get("multipleOf", 1) <= 0:
        notes.warn(pointer, "`multipleOf` is not above 0.", "It is dropped.")
        del schema["multipleOf"]
    return schema


def mend_required(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`required` is a list of names that are all different."""
    required = schema.get("required")
    if required is None:
        schema.pop("required", None)
        return schema
    names = required if isinstance(required, list) else []
    unique = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    if unique != required:
        notes.warn(pointer, "`required` is not a list of different names.", "It was put right.")
        schema["required"] = unique
    return schema


def mend_type(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """A type that JSON Schema does not know allows anything."""
    kind = schema.get("type")
    if "type" not in schema:
        return schema
    types = [kind] if isinstance(kind, str) else kind
    known = [t for t in types if t in TYPES] if isinstance(types, list) else []
    known = list(dict.fromkeys(known))
    if isinstance(types, list) and len(known) == len(types) and known:
        return schema
    notes.warn(pointer, "`type` names a type that JSON Schema does not know.", "It is dropped.")
    del schema["type"]
    if known and isinstance(types, list) and "any" not in types:
        schema["type"] = known
    return schema


def mend_enum(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """An `enum` is a list with a member; an empty one would refuse everything."""
    if "enum" in schema and not (isinstance(schema["enum"], list) and schema["enum"]):
        notes.warn(pointer, "`enum` is not a list with a member.", "It is dropped.")
        del schema["enum"]
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        if key in schema and not (isinstance(schema[key], list) and schema[key]):
            notes.warn(pointer, f"`{key}` is not a list with a member.", "It is dropped.")
            del schema[key]
    return schema


def mend_pattern(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """Patterns that the engine lacks are dropped."""
    pattern = schema.get("pattern")
    if pattern is not None and not (isinstance(pattern, str) and notes.takes_pattern(pattern)):
        notes.warn(pointer, "`pattern` is no regular expression of the engine.", "It is dropped.")
        del schema["pattern"]
    named = schema.get("patternProperties")
    if isinstance(named, dict):
        bad = [name for name in named if not notes.takes_pattern(name)]
        for name in bad:
            notes.warn(pointer, "A pattern of `patternProperties` is unknown.", "It is dropped.")
            del named[name]
    return schema


def mend_dialect(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """Keywords of older drafts, and those that would change how references resolve."""
    for key in ("$schema", "$id", "id"):
        if isinstance(schema.get(key), str):
            del schema[key]
    if isinstance(schema.get("items"), list):
        notes.warn(pointer, "`items` is a list.", "Read as `prefixItems`.")
        schema["prefixItems"] = schema.pop("items")
    for key in ("items", "not", "if", "then", "else", "contains", "propertyNames"):
        if key in schema and not isinstance(schema[key], dict | bool):
            del schema[key]
    if not isinstance(schema.get("additionalProperties", {}), dict | bool):
        del schema["additionalProperties"]
    return schema


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


MENDS = (
    mend_reference,
    mend_dialect,
    mend_type,
    mend_nullable,
    mend_bounds,
    mend_required,
    mend_enum,
    mend_pattern,
)

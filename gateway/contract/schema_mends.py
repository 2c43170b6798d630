"""The mends of one schema, in the order in which they are made.

Each takes the schema (a copy that it may change), its pointer and the mender, and returns it.
"""

from gateway.contract.assertion_mends import (
    BOUNDS,
    COUNTS,
    LISTS,
    Dict,
    Mend,
    Notes,
    mend_bounds,
    mend_counts,
    mend_default,
    mend_dependents,
    mend_lists,
    mend_pattern,
    mend_required,
)
from gateway.contract.walk import SCHEMA

TYPES = frozenset(("null", "boolean", "object", "array", "number", "string", "integer"))
SINGLE = frozenset(key for key, (shape, _) in SCHEMA.items() if shape == "one")
# What a null beside a type would still have to meet.
COMPLEX = frozenset(("anyOf", "oneOf", "allOf", "$ref", "not", "if", "const"))
ANNOTATIONS = (
    *("title", "description", "default", "example", "examples"),
    *("readOnly", "writeOnly", "deprecated", "externalDocs"),
)
BESIDE = ("nullable", "readOnly", "writeOnly", "deprecated", "description", "title", "default")


def mend_recursion(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`$recursiveRef` (2019-09) and `$dynamicRef` become a `$ref`; their anchors go."""
    recursive = [schema.pop(key, None) for key in ("$recursiveRef", "$dynamicRef")]
    anchors = [schema.pop(key, None) for key in ("$recursiveAnchor", "$dynamicAnchor")]
    said = next((value for value in recursive if isinstance(value, str)), None)
    if said is not None and "$ref" not in schema:
        # The anchor of a component is the component itself in every document seen.
        parts = pointer.split("/")
        if said.startswith("#/"):
            schema["$ref"] = said
        elif parts[1:3] == ["components", "schemas"]:
            schema["$ref"] = "#" + "/".join(parts[:4])
        notes.warn(pointer, "A dynamic reference is not of this dialect.", "Write `$ref`.")
    elif any(anchor is not None for anchor in anchors):
        notes.warn(pointer, "A dynamic anchor has no use here.", "It is left out.")
    return schema


def mend_reference(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`$ref`s that lead nowhere allow anything; OpenAPI 3.0 ignores what stands beside one."""
    said = schema["$ref"]
    target = notes.canonical(said) if isinstance(said, str) else None
    if target is None:
        notes.warn(pointer, f"The reference {said!r} leads nowhere.", "It allows anything.")
        return {}
    schema["$ref"] = target
    if notes.old and len(schema) > 1:
        return {key: schema[key] for key in ("$ref", *BESIDE) if key in schema}
    return schema


def mend_nullable(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """`nullable: true` (OpenAPI 3.0.3, section 4.7.24) becomes a type or a union with null."""
    nullable = schema.pop("nullable")
    if not notes.old:
        notes.warn(pointer, "`nullable` is a keyword of OpenAPI 3.0.", "Write a type with 'null'.")
    if nullable is not True:
        return schema
    kind = schema.get("type")
    if isinstance(kind, str | list) and COMPLEX.isdisjoint(schema):
        types = [kind] if isinstance(kind, str) else kind
        schema["type"] = types if "null" in types else [*types, "null"]
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
        return schema
    if COMPLEX.isdisjoint(schema) and "enum" not in schema:
        return schema  # it has no type, and so takes null
    outer = {key: schema.pop(key) for key in ANNOTATIONS if key in schema}
    return {**outer, "anyOf": [schema, {"type": "null"}]}


def mend_type(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """A type that JSON Schema does not know allows anything."""
    kind = schema["type"]
    if isinstance(kind, str) and kind in TYPES:
        return schema
    types = [kind] if isinstance(kind, str) else kind
    known: list[str] = []
    if isinstance(types, list):
        known = list(dict.fromkeys(t for t in types if isinstance(t, str) and t in TYPES))
        if known == types and known:
            return schema
    del schema["type"]
    if known and isinstance(types, list) and all(t in known for t in types):
        notes.warn(pointer, "`type` names a type twice.", "It was put right.")
        schema["type"] = known
    else:
        notes.warn(pointer, "`type` is none of JSON Schema's types.", "It is left out.")
    return schema


def mend_dialect(schema: Dict, pointer: str, notes: Notes) -> Dict:
    """Keywords of older drafts, and those that would change how references resolve."""
    for key in ("$schema", "$id", "$anchor", "$vocabulary"):
        schema.pop(key, None)
    if isinstance(schema.get("items"), list):
        notes.warn(pointer, "`items` is a list.", "It is read as `prefixItems`.")
        items = schema.pop("items")
        if items:
            schema["prefixItems"] = items
    for key in [key for key in schema if key in SINGLE]:
        if isinstance(schema[key], list):
            notes.warn(pointer, f"`{key}` is a list.", "It is left out.")
            del schema[key]
    return schema


# Each mend, and the keywords of which a schema must have one for it; in this order.
MENDS: tuple[tuple[frozenset[str], Mend], ...] = (
    (
        frozenset(("$recursiveRef", "$dynamicRef", "$recursiveAnchor", "$dynamicAnchor")),
        mend_recursion,
    ),
    (frozenset(("$ref",)), mend_reference),
    (frozenset(("$schema", "$id", "$anchor", "$vocabulary")) | SINGLE, mend_dialect),
    (frozenset(("type",)), mend_type),
    (LISTS, mend_lists),
    (frozenset(("nullable",)), mend_nullable),
    (BOUNDS, mend_bounds),
    (COUNTS | {"uniqueItems"}, mend_counts),
    (frozenset(("required",)), mend_required),
    (frozenset(("dependentRequired",)), mend_dependents),
    (frozenset(("pattern", "patternProperties")), mend_pattern),
    (frozenset(("default",)), mend_default),
)

"""Schemas that the importer says nothing about, and that stood in documents that failed."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.lint.rule import Hit, advice
from codegen.lint.sites import Site
from codegen.lint.tree import below, sequence, types_of
from codegen.lint.view import View

COMBINED = ("$ref", "allOf", "anyOf", "oneOf")


def _is_null(schema: Any) -> bool:
    """Tell whether a branch of a union stands for null alone."""
    if not isinstance(schema, Mapping):
        return False
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return types_of(schema) == ("null",) or values == [None]


def _branches(schema: Mapping[str, Any]) -> list[Any]:
    return [*sequence(schema.get("oneOf")), *sequence(schema.get("anyOf"))]


@advice(
    "C",
    "The value may be null.",
    "Take null out of its types; let callers leave the member out.",
)
def nullable_union(view: View) -> Iterator[Hit]:
    """No value may be null."""
    for site in view.sites:
        types = types_of(site.node)
        nullable = site.node.get("nullable") is True or (len(types) > 1 and "null" in types)
        if nullable or any(map(_is_null, _branches(site.node))):
            yield Hit(site.place)


@advice(
    "C",
    "The value may have several forms.",
    "Choose one form, merge them into one object, or take a string that holds JSON.",
)
def union(view: View) -> Iterator[Hit]:
    """Every value has one form."""
    bodies = {operation.body.schema_place for operation in view.operations if operation.body}
    for site in view.sites:
        forms = [each for each in _branches(site.node) if not _is_null(each)]
        types = [each for each in types_of(site.node) if each != "null"]
        # Of a body that is a union, a rule with the importer's words tells.
        if (len(forms) > 1 and site.place not in bodies) or len(types) > 1:
            yield Hit(site.place)


@advice(
    "C",
    "The array does not tell what its items are.",
    "Give `items` a type.",
)
def untyped_items(view: View) -> Iterator[Hit]:
    """An array tells what its items are."""
    for site in view.sites:
        if "array" in types_of(site.node) and site.node.get("items") in (None, {}, True):
            yield Hit(below(site.place, "items") if "items" in site.node else site.place)


@advice(
    "C",
    "The schema has no type.",
    "Name one `type`; where anything may stand, take a string that holds JSON.",
)
def typeless(view: View) -> Iterator[Hit]:
    """Every schema has a type."""
    for site in view.sites:
        if site.edge == "additionalProperties" or _is_empty_items(site):
            continue
        plain = isinstance(site.schema, Mapping) and not any(key in site.node for key in COMBINED)
        if site.schema is True or (plain and not types_of(site.node)):
            yield Hit(site.place)


def _is_empty_items(site: Site) -> bool:
    return site.edge == "items" and site.schema in ({}, True)


@advice(
    "C",
    "The object is a map: its members have a schema, but no names.",
    "Name its members under `properties`, or make it a string that holds JSON.",
)
def typed_map(view: View) -> Iterator[Hit]:
    """No object is a map with a schema for its values."""
    for site in view.sites:
        if isinstance(inner := site.node.get("additionalProperties"), Mapping) and inner:
            yield Hit(below(site.place, "additionalProperties"))


@advice(
    "C",
    "Undeclared members are taken away before the call; `additionalProperties` does not help.",
    "Declare the members, or make it a string that holds JSON.",
)
def free_form_map(view: View) -> Iterator[Hit]:
    """No object that is sent takes undeclared members."""
    for site in view.sites:
        free = "additionalProperties" in site.node and (
            site.node["additionalProperties"] in (True, {})
        )
        if free and site.uses != {"response"}:
            yield Hit(below(site.place, "additionalProperties"))


RULES = (nullable_union, union, untyped_items, typeless, typed_map, free_form_map)

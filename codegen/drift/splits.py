"""Forms taken apart by the values that another schema's union distinguishes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from codegen.drift.forms import Form, conjunction, key_of
from codegen.drift.scalars import takes
from gateway.contract.model import Schema

MOST = 64  # pieces
ValuesOf = Callable[[Schema], "list[Any] | None"]


def pieces(form: Form, others: list[Form], values_of: ValuesOf) -> list[Form] | None:
    """Return forms that together are `form`; None where nothing tells how to take it apart.

    A scalar is split into the values that the others list and the rest; an object by the values
    that one of its members lists.
    """
    if form.kind == "object":
        return _by_member(form, others, values_of)
    if form.values is not None or form.kind == "array" or len(others) < 2:
        return None
    listed = [value for other in others for value in _listed(other)]
    own = {key_of(value): value for value in listed if takes(form, value)}
    if not own:
        return None
    rest = replace(form, excluded=form.excluded | own.keys())
    return [replace(form, values=tuple(own.values())), rest]


def _listed(form: Form) -> Iterator[Any]:
    yield from form.values or ()
    for said in form.all("not"):
        if isinstance(said, Mapping):
            yield from said.get("enum") or ()


def _by_member(form: Form, others: list[Form], values_of: ValuesOf) -> list[Form] | None:
    if len(others) < 2:
        return None
    for name, schema in form.properties.items():
        told = sum(name in other.properties for other in others)
        values = values_of(schema) if told > 1 else None
        if values is not None and 1 < len(values) <= MOST:
            return [_with(form, name, {"const": value}) for value in values]
    return None


def _with(form: Form, name: str, schema: Schema) -> Form:
    said = conjunction([form.properties[name], schema])
    return replace(form, properties={**form.properties, name: said})

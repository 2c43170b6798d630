"""Whether the objects and arrays of one form are among those of another."""

from collections.abc import Callable, Iterator

from codegen.drift.forms import Form
from codegen.drift.gap import Gap, Names, below
from gateway.contract.model import Schema

Compare = Callable[[Schema, Schema], list[Gap]]


def object_gaps(inner: Form, outer: Form, compare: Compare, names: Names) -> Iterator[Gap]:
    """Yield what objects of `inner` hold that `outer` refuses or does not declare."""
    for name in sorted(outer.required - inner.required):
        yield Gap("refused", f"/{name}", f"is required {names.outer} only")
    yield from _dependent_gaps(inner, outer, names)
    for name, schema in inner.properties.items():
        yield from below(f"/{name}", _member_gaps(name, schema, outer, compare, names))
    for name, schema in outer.properties.items():
        own = inner.rest(name)
        # What an open object holds beyond what it declares is nobody's concern, unless it is a
        # map: then any member is meant.
        if name not in inner.properties and own is not False:
            is_map = own is not True or not inner.properties
            yield from below(f"/{name}", compare(own, schema) if is_map else ())
    yield from _rest_gaps(inner, outer, compare, names)
    if outer.all("propertyNames"):
        names_of = {"allOf": [{"type": "string"}, inner.below("propertyNames")]}
        yield from below("/*name", compare(names_of, outer.below("propertyNames")))


def array_gaps(inner: Form, outer: Form, compare: Compare, names: Names) -> Iterator[Gap]:
    """Yield what arrays of `inner` hold that `outer` refuses."""
    if any(outer.all("uniqueItems")) and not any(inner.all("uniqueItems")):
        yield Gap("refused", "", f"items must be unique {names.outer} only")
    yield from below("[]", compare(inner.below("items"), outer.below("items")))


def _dependent_gaps(inner: Form, outer: Form, names: Names) -> Iterator[Gap]:
    own = {
        name: set(said) for each in inner.all("dependentRequired") for name, said in each.items()
    }
    for each in outer.all("dependentRequired"):
        for name, needed in each.items():
            lost = set(needed) - inner.required - own.get(name, set())
            if name in inner.properties and lost:
                said = ", ".join(sorted(lost))
                yield Gap("refused", f"/{name}", f"requires {said} {names.outer} only")


def _member_gaps(
    name: str, schema: Schema, outer: Form, compare: Compare, names: Names
) -> list[Gap]:
    if name in outer.properties:
        return compare(schema, outer.properties[name])
    rest = outer.rest(name)
    if rest is True:
        return [Gap("unknown", "", f"is not declared {names.outer}")]
    return _of_rest(schema, rest, compare, names)


def _of_rest(schema: Schema, rest: Schema, compare: Compare, names: Names) -> list[Gap]:
    if rest is False and schema is not False:
        return [Gap("refused", "", names.refuses("this member"))]
    return compare(schema, rest)


def _rest_gaps(inner: Form, outer: Form, compare: Compare, names: Names) -> Iterator[Gap]:
    mine, other = inner.rest(None), outer.rest(None)
    for patterns in inner.all("patternProperties"):
        for pattern, schema in patterns.items():
            if not any(pattern in each for each in outer.all("patternProperties")):
                yield from below(f"/~{pattern}", _of_rest(schema, other, compare, names))
    if other is True or mine is False:
        return
    if other is False:
        yield Gap("refused", "", names.refuses("members that it does not declare"))
    elif mine is True and inner.properties:
        yield Gap("undecided", "/*", f"members that are not declared have a rule {names.outer}")
    else:
        yield from below("/*", compare(mine, other))

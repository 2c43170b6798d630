"""Rules that are only compared as they are written: what they take cannot be told from outside."""

from collections.abc import Iterator

from codegen.drift.forms import Form, is_list_of_values
from codegen.drift.gap import Gap

OPAQUE = {
    "object": ("patternProperties", "dependentSchemas", "unevaluatedProperties"),
    "array": ("prefixItems", "contains", "minContains", "maxContains", "unevaluatedItems"),
}  # fmt: skip
EVERY = ("not", "if", "then", "else")


def opaque_gaps(inner: Form, outer: Form) -> Iterator[Gap]:
    """Yield the rules of `outer` that `inner` does not have word for word."""
    for key in (*EVERY, *OPAQUE.get(inner.kind, ())):
        mine = inner.all(key)
        if any(said not in mine and not is_list_of_values(said) for said in outer.all(key)):
            yield Gap("undecided", "", f"`{key}` reads otherwise")

"""Whether each value that one schema takes is taken by another one too, and where it is not.

Each form of the inner schema must be taken by some form of the outer one: the one whose constants
fit and that refuses least is told. A pair of schemas that is met again within itself holds as far
as it is concerned (the recursion is coinductive), so that schemas that hold themselves end.
"""

from collections.abc import Iterator

from codegen.drift.forms import Form, key_of
from codegen.drift.gap import Gap, Names, below, rooted, weight
from codegen.drift.members import array_gaps, object_gaps
from codegen.drift.opaque import opaque_gaps
from codegen.drift.scalars import (
    bound_gaps,
    excluded_gaps,
    pattern_gaps,
    takes,
    value_gaps,
    values_text,
)
from codegen.drift.sides import Side, component
from codegen.drift.splits import pieces
from gateway.contract.model import Schema

Pair = tuple[int, int]
DEEPEST = 60  # schemas within each other
SPLITS = 2  # times that one form is split by the values of a property


class Subsumption:
    """Compares schemas of two documents; `outer_is_here`: ours is the outer one."""

    def __init__(self, inner: Side, outer: Side, *, outer_is_here: bool) -> None:
        self.inner, self.outer = inner, outer
        self.names = Names(outer_is_here)
        self._known: dict[Pair, list[Gap]] = {}
        self._open: dict[Pair, int] = {}  # with their depths
        self._lowest = DEEPEST + 1  # depth of the outermost pair that was taken to hold
        self._kept: list[Schema] = []  # whose identities are keys

    def gaps(self, inner: Schema, outer: Schema) -> list[Gap]:
        """Return what `outer` does not take of what `inner` takes."""
        if outer is True or outer == {} or inner is False:
            return []
        pair = id(self.inner.target(inner)), id(self.outer.target(outer))
        if pair in self._open:
            self._lowest = min(self._lowest, self._open[pair])
            return []
        found = self._known.get(pair)
        if found is None:
            found = self._fresh(pair, inner, outer)
        return rooted(component(outer if self.names.outer_is_here else inner), found)

    def _fresh(self, pair: Pair, inner: Schema, outer: Schema) -> list[Gap]:
        depth = len(self._open)
        if depth > DEEPEST:
            return [Gap("undecided", "", "is too deep to be compared")]
        self._kept += [inner, outer]
        before, self._lowest = self._lowest, DEEPEST + 1
        self._open[pair] = depth
        try:
            found = list(dict.fromkeys(self._compare(inner, outer)))
        finally:
            del self._open[pair]
        if self._lowest >= depth:  # nothing that is still open was taken to hold
            self._known[pair] = found
            self._lowest = DEEPEST + 1
        self._lowest = min(before, self._lowest)
        return found

    def _compare(self, inner: Schema, outer: Schema) -> Iterator[Gap]:
        mine = self.inner.forms(inner, hinted=True)
        others = self.outer.forms(outer, hinted=False)
        if mine is None or others is None:
            yield Gap("undecided", "", "has too many forms to be compared")
            return
        strange = [form.kind for form in mine if not _of_kind(form, others)]
        if strange:
            kinds = ", ".join(dict.fromkeys(strange))
            yield Gap("refused", "", self.names.refuses(kinds))
        for form in mine:
            if form.kind not in strange:
                yield from self._form(form, others, SPLITS)

    def _form(self, form: Form, others: tuple[Form, ...], splits: int) -> list[Gap]:
        same = _of_kind(form, others)
        if form.values is not None and form.kind not in ("array", "object"):
            return list(value_gaps(form, same, self.names))
        fitting = [each for each in same if not self._contradicts(form, each)]
        if not fitting and len(same) > 1:
            return [Gap("refused", "", self.names.refuses(f"the form {self._label(form)}"))]
        tried = (self._named(form, each) for each in fitting or same)
        best = _best(tried)
        if weight(best)[:2] == (0, 0) or not splits:
            return best
        split = pieces(form, fitting, self._values_of)
        if split is None:
            return best
        parts = [gap for piece in split for gap in self._form(piece, others, splits - 1)]
        return parts if weight(parts) < weight(best) else best

    def _named(self, form: Form, other: Form) -> list[Gap]:
        found = list(self._pair(form, other))
        here = other if self.names.outer_is_here else form
        if here.name or form.kind != "object":
            return rooted(here.name, found)
        label = self._label(here)
        return below(f"({label})", found) if label != "object" else found

    def _pair(self, form: Form, other: Form) -> Iterator[Gap]:
        if other.values is not None:
            if form.values is None:
                said = values_text(list(other.values))
                yield Gap("refused", "", f"takes only {said} {self.names.outer}")
            elif not {key_of(v) for v in form.values} <= {key_of(v) for v in other.values}:
                yield Gap("refused", "", f"takes other values {self.names.outer}")
            return
        if form.values is not None:  # objects and arrays that are written out
            yield Gap("undecided", "", f"takes {values_text(list(form.values))} by a rule")
            return
        yield from excluded_gaps(form, other, self.names)
        yield from bound_gaps(form, other, self.names)
        yield from opaque_gaps(form, other)
        if form.kind == "string":
            yield from pattern_gaps(form, other, self.names)
        elif form.kind == "object":
            yield from object_gaps(form, other, self.gaps, self.names)
        elif form.kind == "array":
            yield from array_gaps(form, other, self.gaps, self.names)

    def _contradicts(self, form: Form, other: Form) -> bool:
        """Tell whether a member whose values are listed has none that `other` takes."""
        for name, schema in form.properties.items():
            if name not in other.properties:
                continue
            forms = self.outer.forms(other.properties[name], hinted=False)
            values = self._values_of(schema)
            if (
                forms is not None
                and values
                and not any(takes(each, value) for each in forms for value in values)
            ):
                return True
        return False

    def _values_of(self, schema: Schema) -> list[object] | None:
        """Return all values of a schema that lists scalars."""
        forms = self.inner.forms(schema, hinted=True)
        if forms is None or any(form.values is None for form in forms):
            return None
        return [value for form in forms for value in form.values or ()]

    def _label(self, form: Form) -> str:
        if form.name:
            return form.name
        for name, schema in form.properties.items():
            forms = self.inner.forms(schema, hinted=True) or ()
            if len(forms) == 1 and forms[0].values is not None and len(forms[0].values) == 1:
                return f"{name}={forms[0].values[0]}"
        return form.kind


def _of_kind(form: Form, others: tuple[Form, ...]) -> list[Form]:
    kinds = ("integer", "number") if form.kind == "integer" else (form.kind,)
    return [each for each in others if each.kind in kinds]


def _best(tried: Iterator[list[Gap]]) -> list[Gap]:
    best: list[Gap] | None = None
    for found in tried:
        if best is None or weight(found) < weight(best):
            best = found
        if weight(best) == (0, 0, 0):
            break
    return best or []

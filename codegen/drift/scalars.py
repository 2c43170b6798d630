"""Whether the scalars of one form are among those of another."""

import math
import re
from collections.abc import Iterator
from typing import Any

from codegen.drift.forms import Form, is_kind, is_list_of_values, key_of
from codegen.drift.gap import Gap, Names
from codegen.drift.opaque import opaque_gaps

Limit = tuple[float, bool]  # the bound, and whether it is itself out
COUNTS = {
    "string": (("minLength", 1), ("maxLength", -1)),
    "array": (("minItems", 1), ("maxItems", -1)),
    "object": (("minProperties", 1), ("maxProperties", -1)),
}


def takes(form: Form, value: Any) -> bool:
    """Tell whether a form takes a scalar."""
    if not is_kind(value, form.kind) or key_of(value) in form.excluded:
        return False
    if form.values is not None and key_of(value) not in {key_of(each) for each in form.values}:
        return False
    if isinstance(value, str):
        low, high = count(form, "minLength", 1), count(form, "maxLength", -1)
        fits = (low is None or len(value) >= low) and (high is None or len(value) <= high)
        return fits and all(_search(pattern, value) for pattern in form.all("pattern"))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _within(form, value)
    return True


def value_gaps(inner: Form, outers: list[Form], names: Names) -> Iterator[Gap]:
    """Yield the values that `inner` lists and no one of `outers` takes."""
    values = list(inner.values or ())
    lost = [value for value in values if not any(takes(each, value) for each in outers)]
    if lost:
        yield Gap("refused", "", names.refuses(values_text(lost)))
    free = [each for each in outers if not list(opaque_gaps(inner, each))]
    unsure = [value for value in values if not any(takes(each, value) for each in free)]
    if unsure != lost:
        yield Gap("undecided", "", f"a rule {names.outer} decides about {values_text(unsure)}")


def bound_gaps(inner: Form, outer: Form, names: Names) -> Iterator[Gap]:
    """Yield the limits of `outer` that `inner` does not keep to."""
    if inner.kind in ("integer", "number"):
        for sign, key in ((1, "minimum"), (-1, "maximum")):
            mine, other = limit(inner, sign), limit(outer, sign)
            if other is not None and (mine is None or _beyond(other, mine, sign)):
                text = names.differ(f"`{key}`", inner=_limit(mine), outer=_limit(other))
                yield Gap("refused", "", text)
        yield from _multiples(inner, outer, names)
    for key, sign in COUNTS.get(inner.kind, ()):
        least, own = count(outer, key, sign), count(inner, key, sign)
        if key == "minProperties":
            own = max(own or 0, len(inner.required))
        if least is not None and (own is None or (least - own) * sign > 0):
            if key.startswith("min") and least == 0:
                continue
            text = names.differ(f"`{key}`", inner=_count(own), outer=_count(least))
            yield Gap("refused", "", text)


def pattern_gaps(inner: Form, outer: Form, names: Names) -> Iterator[Gap]:
    """Yield the patterns of `outer` that `inner` does not have."""
    mine = inner.all("pattern")
    for pattern in outer.all("pattern"):
        if pattern not in mine:
            other = f"`{mine[0]}`" if mine else "none"
            text = names.differ("`pattern`", inner=other, outer=f"`{pattern}`")
            yield Gap("undecided" if mine else "refused", "", text)


def excluded_gaps(inner: Form, outer: Form, names: Names) -> Iterator[Gap]:
    """Yield the values that a `not` of `outer` takes out and `inner` does not."""
    lists = [said for said in outer.all("not") if is_list_of_values(said)]
    said = [value for each in lists for value in each.get("enum", [each.get("const")])]
    lost = [value for value in said if takes(inner, value)]
    if lost:
        yield Gap("refused", "", names.refuses(values_text(lost)))


def limit(form: Form, sign: int) -> Limit | None:
    """Return the tightest lower (`sign` 1) or upper (-1) bound; of integers it is one itself."""
    plain, strict = ("minimum", "exclusiveMinimum") if sign > 0 else ("maximum", "exclusiveMaximum")
    limits = [(value, False) for value in form.all(plain)]
    limits += [(value, True) for value in form.all(strict)]
    if form.kind == "integer":
        limits = [(_whole(value, out, sign), False) for value, out in limits]
    return max(limits, key=lambda each: (each[0] * sign, each[1]), default=None)


def count(form: Form, key: str, sign: int) -> int | None:
    """Return the tightest count under a keyword."""
    said: list[int] = form.all(key)
    return max(said, key=lambda each: each * sign, default=None)


def values_text(values: list[Any]) -> str:
    """Write values, as JSON; many are cut short."""
    shown = ", ".join(f"`{key_of(value)[:60]}`" for value in values[:12])
    return shown + (f" and {len(values) - 12} more" if len(values) > 12 else "")


def _whole(value: float, out: bool, sign: int) -> int:
    whole = math.ceil(value) if sign > 0 else math.floor(value)
    return whole + sign if out and whole == value else whole


def _beyond(outer: Limit, inner: Limit, sign: int) -> bool:
    if outer[0] == inner[0]:
        return outer[1] and not inner[1]
    return (outer[0] - inner[0]) * sign > 0


def _within(form: Form, value: float) -> bool:
    low, high = limit(form, 1), limit(form, -1)
    above = low is None or value > low[0] or (value == low[0] and not low[1])
    below = high is None or value < high[0] or (value == high[0] and not high[1])
    return above and below


def _multiples(inner: Form, outer: Form, names: Names) -> Iterator[Gap]:
    mine = inner.all("multipleOf") or ([1] if inner.kind == "integer" else [])
    for step in outer.all("multipleOf"):
        if not any(own % step == 0 for own in mine):
            text = names.differ("`multipleOf`", inner=str(mine[0]) if mine else "none", outer=step)
            yield Gap("undecided" if mine else "refused", "", text)


def _search(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True


def _limit(said: Limit | None) -> str:
    if said is None:
        return "none"
    return f"{said[0]:g}, itself out" if said[1] else f"{said[0]:g}"


def _count(said: int | None) -> str:
    return "none" if said is None else str(said)

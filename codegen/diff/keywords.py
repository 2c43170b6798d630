"""How one schema's own keywords differ from another's; what lies below them is not looked into."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.diff.change import Difference

Keywords = Mapping[str, Any]
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
EXACT = ("pattern", "format", "multipleOf", "contentEncoding", "dependentRequired")
BELOW = (
    *("not", "patternProperties", "propertyNames", "contains", "dependentSchemas", "prefixItems"),
    *("unevaluatedProperties", "unevaluatedItems"),
)
WORDS = ("title", "description", "deprecated", "externalDocs", "example", "examples")
KINDS = ("null", "boolean", "integer", "number", "string", "array", "object")
MAX_TEXT = 60  # characters of a value that a text repeats


def keyword_differences(old: Keywords, new: Keywords, place: str) -> Iterator[Difference]:
    """Yield how `new` differs from `old`."""
    yield from _types(old, new, place)
    yield from _values(old, new, place)
    yield from _bounds(old, new, place)
    for key in EXACT:
        yield from _exact(key, old, new, place)
    for key in BELOW:
        if old.get(key) != new.get(key):
            yield Difference(place, f"the rule `{key}` changed", "other")
    if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
        now = bool(new.get("uniqueItems"))
        text = "items must be unique" if now else "items may repeat"
        yield Difference(place, text, "narrower" if now else "wider")
    if old.get("default") != new.get("default"):
        text = f"default {_said(old, 'default')} is now {_said(new, 'default')}"
        yield Difference(place, text, "default" if "default" in old else "words")
    for key in WORDS:
        if old.get(key) != new.get(key):
            yield Difference(place, f"`{key}` reads otherwise", "words")


def required_differences(old: Keywords, new: Keywords, place: str) -> Iterator[Difference]:
    """Yield the properties that became required, or are no more."""
    before, after = old.get("required") or (), new.get("required") or ()
    for name in sorted({*after} - {*before}):
        yield Difference(f"{place}/{name}", "is required now", "narrower")
    for name in sorted({*before} - {*after}):
        yield Difference(f"{place}/{name}", "is required no more", "wider")


def _types(old: Keywords, new: Keywords, place: str) -> Iterator[Difference]:
    before, after = _kinds(old), _kinds(new)
    lost = {kind for kind in before - after if not (kind == "integer" and "number" in after)}
    won = {kind for kind in after - before if not (kind == "integer" and "number" in before)}
    if lost:
        yield Difference(place, f"takes {_list(lost)} no more", "narrower")
    if won:
        yield Difference(place, f"takes {_list(won)} too", "wider")


def _kinds(keywords: Keywords) -> set[str]:
    said = keywords.get("type")
    if said is None:
        if "enum" in keywords or "const" in keywords:
            return set()  # the values tell it
        return set(KINDS)
    return {said} if isinstance(said, str) else set(said)


def _values(old: Keywords, new: Keywords, place: str) -> Iterator[Difference]:
    before, after = _enum(old), _enum(new)
    if before is None and after is None:
        return
    if before is None:
        yield Difference(place, "takes only listed values now", "narrower")
    elif after is None:
        yield Difference(place, "takes any value, no more only listed ones", "wider")
    else:
        lost = [value for value in before if value not in after]
        won = [value for value in after if value not in before]
        if lost:
            yield Difference(place, f"lost the values {_values_text(lost)}", "narrower")
        if won:
            yield Difference(place, f"got the values {_values_text(won)}", "wider")


def _enum(keywords: Keywords) -> list[Any] | None:
    if "const" in keywords:
        return [keywords["const"]]
    found = keywords.get("enum")
    return found if isinstance(found, list) else None


def _bounds(old: Keywords, new: Keywords, place: str) -> Iterator[Difference]:
    for keys, sign in ((LOWER, 1), (UPPER, -1)):
        for key in keys:
            before, after = old.get(key), new.get(key)
            if before == after:
                continue
            tighter = after is not None and (before is None or (after - before) * sign > 0)
            text = f"`{key}` {_said(old, key)} is now {_said(new, key)}"
            yield Difference(place, text, "narrower" if tighter else "wider")


def _exact(key: str, old: Keywords, new: Keywords, place: str) -> Iterator[Difference]:
    if old.get(key) == new.get(key):
        return
    text = f"`{key}` {_said(old, key)} is now {_said(new, key)}"
    if key not in new:
        yield Difference(place, text, "wider")
    else:
        yield Difference(place, text, "narrower" if key not in old else "other")


def _said(keywords: Keywords, key: str) -> str:
    return f"`{str(keywords[key])[:MAX_TEXT]}`" if key in keywords else "(none)"


def _list(names: set[str]) -> str:
    return ", ".join(name for name in KINDS if name in names)


def _values_text(values: list[Any]) -> str:
    return ", ".join(f"`{str(value)[:MAX_TEXT]}`" for value in values)

"""Candidates for strings and numbers: realistic ones first, each made for the keywords given."""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

from gateway.standin.formats import FORMATS, UNIX_START
from gateway.standin.patterns import NoPattern, make_match

TRIES = 8
TRUE_NAMES = frozenset(("deleted", "success", "ok", "active", "enabled", "valid"))
ABSENT_NAMES = frozenset(("error", "errors", "last_error", "refusal", "incomplete_details"))
FIRST_NAMES = frozenset(("index", "offset", "position"))  # numbers that count from 0
TEXTS = {
    "email": "user@example.com",
    "url": "https://example.com/sample",
    "uri": "https://example.com/sample",
    "key": "key",
    "name": "sample",
    "filename": "sample.txt",
    "language": "en",
    "currency": "usd",
    "text": "This is a sample answer.",
    "content": "This is a sample answer.",
    "message": "This is a sample message.",
}


def is_absent(name: str) -> bool:
    """Tell whether null is the usual value of a member of this name, where it may be null."""
    return name in ABSENT_NAMES or name.startswith("next")


def boolean(name: str, variant: int) -> bool:
    """Return False but where the name says otherwise: `has_more: true` would be read for ever."""
    return (name in TRUE_NAMES) != bool(variant % 2)


def strings(keywords: Mapping[str, Any], name: str, variant: int, random: Random) -> Iterator[str]:
    """Yield strings for `format`, `pattern` and the lengths; only the first is made in vain."""
    least, most = int(keywords.get("minLength", 0)), keywords.get("maxLength")
    make = FORMATS.get(str(keywords.get("format")))
    if make is not None:
        for _ in range(TRIES):
            yield make(random)
    pattern = keywords.get("pattern")
    if isinstance(pattern, str):
        yield from _matches(pattern, least, most, random)
    yield _fit(_plain(name, variant, random), least, most)


def _matches(pattern: str, least: int, most: int | None, random: Random) -> Iterator[str]:
    try:
        for attempt in range(TRIES):
            yield make_match(pattern, random, 0 if attempt < TRIES // 2 else attempt)
        more = 1
        while more < least:
            more *= 2
            yield make_match(pattern, random, more)
        made = make_match(pattern, random, least)
        yield made + random.choice("abcdef") * max(0, least - len(made))
        yield _fit(made, least, most)
    except NoPattern:
        return


def _plain(name: str, variant: int, random: Random) -> str:
    if name == "id" or name.endswith("_id"):
        return (
            f"{name.removesuffix('_id').removesuffix('id') or 'id'}_{random.getrandbits(48):012x}"
        )
    text = TEXTS.get(name) or f"sample {name.replace('_', ' ')}".strip()
    return f"{text} {variant}" if variant else text


def _fit(text: str, least: int, most: int | None) -> str:
    if len(text) < least:
        text = (text + " ") * (least // (len(text) + 1) + 1)
        text = text[:least]
    if most is not None and len(text) > most:
        text = text[len(text) - most :] if most else ""
    return text


def integers(keywords: Mapping[str, Any], name: str, variant: int) -> Iterator[int]:
    """Yield integers within the bounds."""
    wanted = UNIX_START if _is_time(keywords, name) else int(name not in FIRST_NAMES)
    for value in _numbers(keywords, Fraction(1), wanted, variant):
        if value.denominator == 1:
            yield int(value)


def numbers(keywords: Mapping[str, Any], name: str, variant: int) -> Iterator[float | int]:
    """Yield numbers within the bounds."""
    wanted = Fraction(UNIX_START) if _is_time(keywords, name) else Fraction(1, 2)
    for value in _numbers(keywords, Fraction(1, 4), wanted, variant):
        yield int(value) if value.denominator == 1 else float(value)


def _is_time(keywords: Mapping[str, Any], name: str) -> bool:
    return (
        keywords.get("format") == "unixtime"
        or name in ("created", "updated")
        or name.endswith(("_at", "_time"))
    )


def _numbers(
    keywords: Mapping[str, Any], step: Fraction, wanted: Fraction | int, variant: int
) -> Iterator[Fraction]:
    """Yield the wanted number if the bounds allow it, else those next to a bound."""
    low, high = _bound(keywords, "inimum", max), _bound(keywords, "aximum", min)
    if "multipleOf" in keywords:
        multiple = Fraction(str(keywords["multipleOf"]))
        step = multiple if step != 1 else Fraction(math.lcm(multiple.numerator, 1))
    start = Fraction(wanted)
    if low is not None and start < low:
        start = low
    if high is not None and start > high:
        start = high if low is None else low
    first = math.ceil(start / step) + variant
    if low is not None and high is not None and high > low:
        yield start + (high - low) * Fraction(variant + 1, variant + 2) if variant else start
    for offset in (0, 1, -1, 2, -2):
        yield (first + offset) * step
    for place in (low, high):
        if place is not None:
            yield place
    if low is not None and high is not None:
        yield from (low + (high - low) * Fraction(part, 4) for part in (2, 1, 3))


def _bound(keywords: Mapping[str, Any], ending: str, tighter: Any) -> Fraction | None:
    names = (f"m{ending}", f"exclusiveM{ending}")
    found = [Fraction(str(keywords[name])) for name in names if _is_number(keywords.get(name))]
    return tighter(found) if found else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

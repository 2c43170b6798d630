"""Random scalars within the limits of a schema, the limits themselves among them."""

from random import Random
from typing import Any

from gateway.standin.patterns import make_match
from tests.surface.conjunction import Conjunction

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ODD = ("", " ", "0", "null", "a/b", 'quo"te', "\u00e9\u4f60\u5df1", "\U0001f600", "line\nbreak")
LONGEST = 20_000  # no string at an upper limit beyond this
FAR = 1_000_000
FORMATS = {
    "uri": "https://example.com/a/b?c=d",
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "email": "someone@example.com",
    "uuid": "9c5b94b1-35ad-49bb-b118-8e8fc24abf80",
}


def random_scalar(kind: str, facts: Conjunction, random: Random) -> Any:
    """Return a value of the JSON type `kind`, which is no array and no object."""
    if kind == "null":
        return None
    if kind == "boolean":
        return random.random() < 0.5
    if kind == "string":
        return _string(facts, random)
    return _number(kind == "integer", facts, random)


def _string(facts: Conjunction, random: Random) -> str:
    if facts.pattern is not None:
        return make_match(facts.pattern, random)
    if facts.format in FORMATS:
        return FORMATS[facts.format]
    least = int(facts.limits.get("minLength", 0))
    most = int(facts.limits.get("maxLength", least + 24))
    draw = random.random()
    if draw < 0.1 and most <= LONGEST:
        length = most
    elif draw < 0.2:
        length = least
    else:
        odd = random.choice(ODD)
        if draw < 0.3 and least <= len(odd) <= most:
            return odd
        length = random.randint(max(least, min(1, most)), min(most, least + 24))
    return "".join(random.choice(LETTERS) for _ in range(length))


def _number(whole: bool, facts: Conjunction, random: Random) -> float:
    limits = facts.limits
    step = 1 if whole else 0.25
    low = limits.get("minimum", limits.get("exclusiveMinimum", -FAR - step) + step)
    high = limits.get("maximum", limits.get("exclusiveMaximum", FAR + step) - step)
    if "minimum" not in limits and "exclusiveMinimum" not in limits:
        low = min(low, high)
    high = max(low, high)
    draw = random.random()
    if draw < 0.15:
        return low
    if draw < 0.3:
        return high
    near = [one for one in (0, 1, 7) if low <= one <= high]
    if draw < 0.6 and near:
        return random.choice(near)
    return random.randint(round(low), round(high)) if whole else random.uniform(low, high)

import re
from random import Random
from typing import Any

import pytest

from tests.surface.conjunction import Conjunction
from tests.surface.random_scalars import random_scalar


def values(kind: str, schema: dict[str, Any], count: int = 300) -> list[Any]:
    facts = Conjunction()
    facts.take(schema)
    random = Random(5)
    return [random_scalar(kind, facts, random) for _ in range(count)]


def test_strings_keep_their_lengths_and_reach_both() -> None:
    lengths = {len(text) for text in values("string", {"minLength": 3, "maxLength": 70})}
    assert min(lengths) == 3
    assert max(lengths) == 70


def test_a_pattern_is_met() -> None:
    assert all(
        re.fullmatch("[a-z]{2}-[0-9]+", v)
        for v in values("string", {"pattern": "^[a-z]{2}-[0-9]+$"})
    )


@pytest.mark.parametrize("kind", ["integer", "number"])
def test_numbers_keep_their_limits_and_reach_both(kind: str) -> None:
    made = values(kind, {"minimum": -2, "maximum": 2})
    assert min(made) == -2
    assert max(made) == 2
    assert kind == "number" or all(isinstance(one, int) for one in made)


def test_exclusive_limits_are_not_met() -> None:
    made = values("number", {"exclusiveMinimum": 0, "exclusiveMaximum": 1})
    assert all(0 < one < 1 for one in made)


def test_one_limit_far_away_leaves_a_range() -> None:
    assert all(one >= 2_000_000 for one in values("integer", {"minimum": 2_000_000}))
    assert all(one <= -2_000_000 for one in values("integer", {"maximum": -2_000_000}))


def test_null_and_booleans() -> None:
    assert set(values("null", {})) == {None}
    assert set(values("boolean", {})) == {True, False}

"""Random pairs of schemas: where nothing is refused or undecided, no valid value is refused."""

from random import Random
from typing import Any

from jsonschema_rs import validator_for

from tests.codegen.drift import random_schemas as random
from tests.codegen.drift.comparing import gaps


def test_nothing_is_refused_where_no_gap_is_told() -> None:
    rnd = Random(20261122)
    equal = values = 0
    for _ in range(4_000):
        vendor = random.schema(rnd)
        ours = random.mutated(rnd, vendor)
        kinds = {gap.kind for gap in gaps(vendor, ours)}
        if kinds & {"refused", "undecided"}:
            continue
        equal += 1
        values += _check(rnd, vendor, ours)
    assert equal > 1_000
    assert values > 8_000


def test_a_refusal_that_is_told_can_be_shown() -> None:
    """Most are: the values are drawn, so that a rare one is not always met."""
    rnd = Random(7)
    told = shown = 0
    for _ in range(1_500):
        vendor = random.schema(rnd, 2)
        ours = random.mutated(rnd, vendor)
        if any(gap.kind == "refused" for gap in gaps(vendor, ours)):
            told += 1
            shown += _is_shown(rnd, vendor, ours)
    assert told > 200
    assert shown / told > 0.7, f"{shown} of {told}"


def _check(rnd: Random, vendor: Any, ours: Any) -> int:
    theirs, mine = validator_for(vendor), validator_for(ours)
    count = 0
    for _ in range(12):
        value = random.valid_value(rnd, vendor)
        if theirs.is_valid(value):
            count += 1
            assert mine.is_valid(value), (vendor, ours, value)
    return count


def _is_shown(rnd: Random, vendor: Any, ours: Any) -> bool:
    theirs, mine = validator_for(vendor), validator_for(ours)
    for _ in range(150):
        value = random.valid_value(rnd, vendor) if rnd.random() < 0.7 else random.value(rnd)
        if theirs.is_valid(value) and not mine.is_valid(value):
            return True
    return False

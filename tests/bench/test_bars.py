"""Bars are judged from the figures, and each of them is about a figure that exists."""

import pytest

from tests.bench import all as everything
from tests.bench.bars import BARS, Bar, figure, judge

ROWS: dict[str, list[dict[str, object]]] = {
    "speed": [{"relay": "ours", "x": 8.0, "MB": None}, {"relay": "theirs", "x": 1.0, "MB": 3}]
}


@pytest.mark.parametrize(
    ("bar", "verdict"),
    [
        (Bar("speed", "ours", "x", "≥", 8), "held"),
        (Bar("speed", "ours", "x", "≥", 8.1), "MISSED"),
        (Bar("speed", "ours", "x", "≤", 8), "held"),
        (Bar("speed", "ours", "x", "≤", 7.9), "MISSED"),
        (Bar("speed", "ours", "MB", "≤", 1), "not measured"),
        (Bar("speed", "nobody", "x", "≤", 1), "not measured"),
        (Bar("speed", "ours", "y", "≤", 1), "not measured"),
    ],
)
def test_a_bar_is_held_missed_or_not_measured(bar: Bar, verdict: str) -> None:
    assert [row["verdict"] for row in judge(ROWS, [bar])] == [verdict]


def test_parts_that_were_not_run_are_not_judged() -> None:
    assert judge({}, [Bar("speed", "ours", "x", "≥", 8)]) == []


def test_a_figure_is_that_of_its_row() -> None:
    assert figure(Bar("speed", "theirs", "MB", "≤", 1), ROWS["speed"]) == 3


def test_every_bar_is_of_a_part() -> None:
    explaining = {"check"}  # tells of what another part's bar is made
    assert {bar.part for bar in BARS} | explaining == {part.NAME for part in everything.PARTS}

"""Throughput: what a body's load is, and what a row says."""

import json

import pytest

from tests.bench.bars import BARS
from tests.bench.rivals import Rival
from tests.bench.run import LOADS, NAME, RIVALS, table


def rival(name: str, *rates: float) -> Rival:
    count = len(rates)
    costs = [1e6 / rate for rate in rates]
    return Rival(name, 0, 0, list(rates), costs, [1.0] * count, [2.0] * count, 5 << 20, [3.0])


def test_a_row_is_told_by_load_and_relay_and_compared_with_the_others() -> None:
    rates = dict.fromkeys(RIVALS, (800.0, 1000.0))
    rates |= {"usual design": (100.0, 100.0), "nginx proxy_pass": (4000.0, 4000.0)}
    rows = table("1 KB", [rival(name, *each) for name, each in rates.items()])
    assert rows[0] == {
        **{"load": "1 KB, specrelay", "requests/s": 900, "x usual design": 9, "x nginx": 0.225},
        **{"CPU us/request": 1000, "CPU x bare": 1, "p50 ms": 1, "p99 ms": 2, "p99.9 ms": 3},
        "MiB": 5,
    }
    rows_of_bars = {bar.row for bar in BARS if bar.part == NAME}
    assert rows_of_bars <= {row["load"] for row in rows}


@pytest.mark.parametrize(("name", "count", "kilobytes"), [("100 x 2 KB", 100, 2), ("1 KB", 2, 0.9)])
def test_a_load_is_what_it_is_called(name: str, count: int, kilobytes: float) -> None:
    said = json.loads(LOADS[name].body)["messages"]
    assert len(said) == count
    assert len(said[-1]["content"]) >= kilobytes * 950


def test_a_large_body_gets_less_time() -> None:
    assert LOADS["1 KB"].rounds(4, 3) == 12
    assert LOADS["1,500 x 100 B"].rounds(4, 3) == 4
    assert LOADS["1,500 x 100 B"].rounds(1, 1) == 1

"""What a run has to show: each bar is a row of one table, and is judged from the figures alone."""

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.bench.tables import Row

SIGNS = {"≤": operator.le, "≥": operator.ge}


@dataclass(frozen=True)
class Bar:
    """A limit for the figure in a column, in the row whose first cell says `row`."""

    part: str
    row: str
    column: str
    sign: str
    limit: float


BARS = (
    Bar("throughput", "1 KB, specrelay", "x usual design", "≥", 8),
    Bar("throughput", "1 KB, specrelay", "CPU x bare", "≤", 2.0),
    Bar("contracts", "400", "x 100", "≤", 1.02),
    Bar("contracts", "1,223", "x 100", "≤", 1.02),
    Bar("cold start", "serve: ready", "x import", "≤", 2.5),
    Bar("cold start", "serve: resident at rest", "MB", "≤", 110),
    Bar("bodies", "1 KB", "price of validation", "≤", 0.15),
    Bar("bodies", "100 x 2 KB", "price of validation", "≤", 0.25),
    Bar("open loop", "specrelay", "p50 x bare", "≤", 2),
    Bar("open loop", "specrelay", "p99 x bare", "≤", 3),
    Bar("event streams", "specrelay", "first event p50 x bare", "≤", 1.5),
    Bar("event streams", "specrelay", "burst: first event p50 x bare", "≤", 1.5),
    Bar("event streams", "specrelay", "jitter mean x bare", "≤", 1.5),
    Bar("event streams", "specrelay", "jitter p99 x bare", "≤", 1.5),
    Bar("event streams", "specrelay", "KB/idle stream", "≤", 60),
    Bar("event rate", "specrelay", "x bare", "≥", 0.7),
    Bar("transfers", "upload, specrelay", "x nginx", "≥", 0.5),
    Bar("transfers", "download, specrelay", "x nginx", "≥", 0.5),
    Bar("transfers", "upload, specrelay", "MB gained at most", "≤", 33.5),  # 32 MiB
    Bar("transfers", "download, specrelay", "MB gained at most", "≤", 33.5),
    Bar("workers", "2 workers", "clauses held", "≥", 1),
)


def figure(bar: Bar, rows: Iterable[Row]) -> float | None:
    """Return the figure that a bar is about; None where it was not measured."""
    for row in rows:
        value = row.get(bar.column)
        if next(iter(row.values())) == bar.row and isinstance(value, int | float):
            return value
    return None


def judge(found: Mapping[str, list[Row]], bars: Iterable[Bar] = BARS) -> list[Row]:
    """Return a row for each bar of the parts that were run: its figure, and what came of it."""
    judged: list[Row] = []
    for bar in bars:
        if bar.part not in found:
            continue
        value = figure(bar, found[bar.part])
        held = value is not None and SIGNS[bar.sign](value, bar.limit)
        judged.append(
            {
                "part": bar.part,
                "of": bar.row,
                "bar": f"{bar.column} {bar.sign} {bar.limit:g}",
                "figure": value,
                "verdict": "not measured" if value is None else "held" if held else "MISSED",
            }
        )
    return judged

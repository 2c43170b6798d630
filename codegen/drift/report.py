"""The differences as text: plain lines, Markdown or JSON."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from codegen.drift.finding import MARKS, Mark, Row
from codegen.render import render

COLUMNS = ("Mark", "Place", "Difference", "Operations")
SHOWN = 3  # operations that one line names


def cells(row: Row) -> tuple[str, str, str, str]:
    """Return a row as the cells of a table."""
    return row.mark, row.place or "-", row.text, named(row)


def named(row: Row) -> str:
    """Name the operations of a row; of many only the first."""
    more = len(row.operations) - SHOWN
    shown = ", ".join(row.operations[:SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def summary(rows: Sequence[Row]) -> str:
    """Return one sentence with the counts."""
    counts = Counter(row.mark for row in rows)
    told = [f"{counts[mark]} {mark}" for mark in MARKS if counts[mark]]
    noun = "difference" if len(rows) == 1 else "differences"
    return f"{len(rows)} {noun}: {', '.join(told)}" if told else "no differences"


def as_json(rows: Sequence[Row]) -> str:
    """Return the rows as a JSON array; it ends with a newline."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n"


def as_markdown(rows: Sequence[Row], title: str, vendor: str) -> str:
    """Return the rows as Markdown, a table for each mark."""
    groups: dict[Mark, list[Row]] = {mark: [] for mark in MARKS}
    for row in rows:
        groups[row.mark].append(row)
    return render(
        "drift.md.j2",
        title=title,
        vendor=vendor,
        summary=summary(rows),
        marks=MARKS,
        groups=groups,
    )

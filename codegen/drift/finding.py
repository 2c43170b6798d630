"""What differs from the vendor, and what it means for a client."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Mark = Literal["narrower", "wider", "unknown", "undecided"]
# Worst first; of "narrower" there must be none.
MARKS: dict[Mark, str] = {
    "narrower": "narrower: the vendor takes it, the gateway refuses it",
    "undecided": "undecided: the rules differ, and which of them takes more cannot be told",
    "unknown": "unknown to us: the gateway passes it without a check",
    "wider": "wider: the gateway takes it, the vendor's document does not",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One difference. `operation` is method and path.

    `place` is `query limit`, `body`, or a component of ours with the way into it, such as
    `EmbeddingRequest/input[]`; "" is the operation itself.
    """

    mark: Mark
    operation: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """The same difference at one or several operations."""

    mark: Mark
    place: str
    text: str
    operations: tuple[str, ...]


def rows(found: Iterable[Found]) -> list[Row]:
    """Put together what is the same at several operations; the worst comes first."""
    groups: dict[tuple[Mark, str, str], dict[str, None]] = {}
    for each in found:
        groups.setdefault((each.mark, each.place, each.text), {})[each.operation] = None
    made = [
        Row(mark, place, text, tuple(operations))
        for (mark, place, text), operations in groups.items()
    ]
    order = list(MARKS)
    return sorted(made, key=lambda row: order.index(row.mark))

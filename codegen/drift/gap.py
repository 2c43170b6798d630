"""What one schema takes and another refuses, and the words for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

# "refused": a value of the inner schema is refused by the outer one; "undecided": it may be;
# "unknown": the outer one does not declare a property and takes it all the same.
Kind = Literal["refused", "undecided", "unknown"]


@dataclass(frozen=True, slots=True)
class Gap:
    """`place` is the way into the schema; under the component `root` where it has one."""

    kind: Kind
    place: str
    text: str
    root: str = ""


def below(step: str, gaps: Iterable[Gap]) -> list[Gap]:
    """Put gaps one step down; those of a component stay where they are."""
    return [gap if gap.root else replace(gap, place=step + gap.place) for gap in gaps]


def rooted(name: str, gaps: Iterable[Gap]) -> list[Gap]:
    """Tell gaps under a component's name."""
    return [gap if gap.root or not name else replace(gap, root=name) for gap in gaps]


def weight(gaps: Iterable[Gap]) -> tuple[int, int, int]:
    """Return how bad gaps are: how many refuse, how many may, how many are not declared."""
    kinds = [gap.kind for gap in gaps]
    return kinds.count("refused"), kinds.count("undecided"), kinds.count("unknown")


@dataclass(frozen=True, slots=True)
class Names:
    """Which side is here: the outer one where the vendor's schema is to be taken by ours."""

    outer_is_here: bool

    def differ(self, what: str, *, inner: Any, outer: Any) -> str:
        """Say a rule that has two values."""
        here, there = (outer, inner) if self.outer_is_here else (inner, outer)
        return f"{what}: {here} here, {there} there"

    def refuses(self, what: str) -> str:
        """Say what only the inner side takes."""
        return f"does not take {what} {self.outer}"

    @property
    def outer(self) -> str:
        """The word for the outer side."""
        return "here" if self.outer_is_here else "there"

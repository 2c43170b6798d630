"""What the proof by generation counts, per family and in total, and its bars."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.surface.mutations import KINDS

VALID_TOTAL, VALID_FAMILY = 0.995, 0.98
FAILED_MOST = 0.05
REFUSED = {"required": 0.95, "type": 0.90, "range or enum": 0.85}
OPEN_MOST = 0.10


@dataclass(slots=True)
class Figures:
    """The counts of one family. A mutant counts if the vendor's document refuses it."""

    operations: int = 0
    failed: int = 0  # operations whose generator gave up
    valid: int = 0
    accepted: int = 0
    unmade: int = 0  # choices that no valid request made
    mutants: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    refused: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            **{name: getattr(self, name) + getattr(other, name) for name in COUNTS},
            mutants={kind: self.mutants[kind] + other.mutants[kind] for kind in KINDS},
            refused={kind: self.refused[kind] + other.refused[kind] for kind in KINDS},
        )

    @property
    def acceptance(self) -> float:
        """The part of the valid requests that our document accepts."""
        return self.accepted / self.valid if self.valid else 1.0

    def refusal(self, *kinds: str) -> float:
        """The part of the mutants of some kinds that our document refuses."""
        made = sum(self.mutants[kind] for kind in kinds)
        return sum(self.refused[kind] for kind in kinds) / made if made else 1.0


COUNTS = ("operations", "failed", "valid", "accepted", "unmade")


def total(families: Iterable[Figures]) -> Figures:
    """Add the figures of all families."""
    return sum(families, Figures())


def misses(families: dict[str, Figures], open_part: float) -> list[str]:
    """List the bars that the figures do not reach."""
    said = [
        f"{name}: {own.acceptance:.2%} of the valid requests accepted, {VALID_FAMILY:.1%} is due"
        for name, own in families.items()
        if own.acceptance < VALID_FAMILY
    ]
    whole = total(families.values())
    if whole.acceptance < VALID_TOTAL:
        said.append(f"{whole.acceptance:.2%} of the valid requests accepted, {VALID_TOTAL:.1%} due")
    if whole.failed > FAILED_MOST * whole.operations:
        said.append(f"the generator gave up on {whole.failed} of {whole.operations} operations")
    for name, bar in REFUSED.items():
        found = whole.refusal(*name.split(" or "))
        if found < bar:
            said.append(f"{name}: {found:.1%} of the mutants refused, {bar:.0%} is due")
    if open_part > OPEN_MOST:
        said.append(f"{open_part:.1%} of the vendor's enums are left open, {OPEN_MOST:.0%} may be")
    return said


def table(families: dict[str, Figures]) -> str:
    """Return the figures as lines of text, a family each, and the total."""
    heads = ["family", "operations", "failed", "valid", "accepted", "unmade", *KINDS]
    rows = [heads]
    for name, own in [*sorted(families.items()), ("total", total(families.values()))]:
        cells = [name, str(own.operations), str(own.failed), str(own.valid)]
        cells += [f"{own.acceptance:.2%}", str(own.unmade)]
        cells += [f"{own.refusal(k):.1%} of {own.mutants[k]}" for k in KINDS]
        rows.append(cells)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not index else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )

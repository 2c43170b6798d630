"""What the linter finds, and what follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Effect = Literal["blocks", "drops the operation", "ignored", "advice"]
Sureness = Literal["A", "B", "C"]

# From the worst to the mildest.
EFFECTS: tuple[Effect, ...] = ("blocks", "drops the operation", "ignored", "advice")
SURENESS: dict[Sureness, str] = {
    "A": "OpenAI's own pages, or its editor's own code",
    "B": "the exact message was seen by two or more unrelated projects",
    "C": "one report, or likely from what is known",
}


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that an importer of Actions documents objects to, or bends.

    `message` is the importer's own words where `quoted`, ours where it says nothing. `place` is a
    JSON Pointer into the document ("" is the whole), `line` the line of its text, counted from 1,
    where that is known. `mend` says what to do. `rule` names the rule in the table.
    """

    rule: str
    message: str
    effect: Effect
    place: str
    mend: str
    sure: Sureness
    quoted: bool = True
    line: int | None = None


def has_blocking(findings: Iterable[LintFinding]) -> bool:
    """Tell whether the document, or an operation of it, would not be imported."""
    return any(finding.effect in ("blocks", "drops the operation") for finding in findings)

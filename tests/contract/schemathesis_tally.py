"""What became of the cases that were sent: counts, and what was found wrong."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from requests import PreparedRequest


@dataclass(frozen=True)
class Fault:
    """Something wrong. `request` is the case that shows it, where it is known."""

    operation: str
    kind: str
    message: str
    request: PreparedRequest | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.operation}: {self.kind}: {self.message}"

    @property
    def size(self) -> int:
        """Bytes of the case, about: of two that show the same, the smaller one says more."""
        if self.request is None:
            return 1 << 30
        return len(self.request.url or "") + len(self.request.body or "")


@dataclass
class Tally:
    """What became of the cases of one run; counters are by "positive" and "negative"."""

    generated: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unsendable: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    answers: int = 0
    operations: int = 0
    seconds: float = 0.0
    impossible: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)  # operations for which the time ran out
    unanswered: list[str] = field(default_factory=list)  # operations of which no case was accepted
    faults: list[Fault] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)  # of positive cases, by their reason

    def unexplained(self, explained: Mapping[str, str]) -> list[str]:
        """List the refusals of positive cases that none of the reasons (by prefix) explains."""
        return [said for said in self.refusals if not said.startswith(tuple(explained))]

    def __str__(self) -> str:
        lines = [
            f"{mode}: {self.generated[mode]} generated, {self.accepted[mode]} accepted, "
            f"{self.refused[mode]} refused, {self.unsendable[mode]} not sendable"
            for mode in ("positive", "negative")
        ]
        reasons = [f"  {count} × {reason}" for reason, count in self.refusals.most_common(40)]
        lines.append(f"{self.judged} recorded requests judged by jsonschema")
        if reasons:
            lines += ["positive cases refused:", *reasons]
        return "\n".join(lines)


def grouped(faults: Iterable[Fault]) -> list[tuple[Fault, int]]:
    """Return one fault for each operation and kind, that of the smallest case, and their number."""
    groups: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        groups.setdefault((fault.operation, fault.kind), []).append(fault)
    return [(min(group, key=lambda each: each.size), len(group)) for group in groups.values()]

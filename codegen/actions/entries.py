"""What the projection tells of its rewrites; `report.md` lists every entry."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One thing that a consumer sees otherwise than the document has it.

    `operation` is the operationId ("" for the document), `place` where it stands in the
    operation's request (`body/tools/*/type`), `what` was done and `reason` why.
    """

    operation: str
    place: str
    what: str
    reason: str


@dataclass(slots=True)
class Report:
    """Collects the entries of one operation, each once."""

    operation: str
    entries: dict[ReportEntry, None] = field(default_factory=dict)

    def add(self, place: str, what: str, reason: str) -> None:
        """Add an entry."""
        self.entries[ReportEntry(self.operation, place, what, reason)] = None

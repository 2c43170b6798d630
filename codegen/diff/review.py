"""One document for a reviewer: what changed, for whom, the patch and the present text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codegen.diff.change import LEVELS, Audience, Change, Level
from codegen.diff.operations import client_changes
from codegen.diff.projections import tool_changes
from codegen.diff.sources import State
from codegen.diff.texts import current_text, patch
from codegen.project import project
from codegen.render import render

AUDIENCES: Mapping[Audience, str] = {"clients": "API clients", "tools": "Actions and tools"}
NEWLINE = "\n"
MAX_NAMED = 12  # operations that one line names


@dataclass(frozen=True, slots=True)
class Line:
    """The same change at one or several operations."""

    operations: tuple[str, ...]
    place: str
    text: str

    @property
    def named(self) -> str:
        """The operations, as Markdown."""
        shown = ", ".join(f"`{name}`" for name in self.operations[:MAX_NAMED] if name)
        more = len(self.operations) - MAX_NAMED
        return f"{shown} and {more} more" if more > 0 else shown


def find_changes(old: State, new: State) -> list[Change]:
    """Return every change, for clients and for tools."""
    tools = tool_changes(project(old.contract), project(new.contract))
    found = [*client_changes(old.contract, new.contract), *tools]
    return list(dict.fromkeys(found))


def review(
    old: State, new: State, changes: list[Change], *, base: str, unnamed: Iterable[Change] = ()
) -> str:
    """Write the review as Markdown."""
    operations = _operations(new, changes)
    components = dict.fromkeys(change.place.partition("/")[0] for change in changes)
    told = render(
        "diff.md.j2",
        title=new.contract.title,
        base=base,
        audiences=AUDIENCES,
        levels=LEVELS,
        counts=_counts(changes),
        lines=_lines(changes),
        unnamed=_grouped(unnamed),
    )
    made = {  # texts of the document's own, in which every blank counts
        "The patch": _fenced(patch(old, new), "diff"),
        "The changed operations as they are now": _fenced(
            current_text(new.contract, operations, components), "yaml"
        ),
    }
    return told + "".join(f"\n## {title}\n\n{text}\n" for title, text in made.items())


def _operations(new: State, changes: list[Change]) -> list[str]:
    """Return the changed operations in the document's order; tools bear their names."""
    said = {change.operation for change in changes}
    return [name for name in new.contract.operations if name in said]


def _counts(changes: list[Change]) -> dict[tuple[Audience, Level], int]:
    found = {(audience, level): 0 for audience in AUDIENCES for level in LEVELS}
    for change in changes:
        found[(change.audience, change.level)] += 1
    return found


def _lines(changes: list[Change]) -> dict[tuple[Audience, Level], list[Line]]:
    return {
        (audience, level): _grouped(
            change for change in changes if (change.audience, change.level) == (audience, level)
        )
        for audience in AUDIENCES
        for level in LEVELS
    }


def _grouped(changes: Iterable[Change]) -> list[Line]:
    """Put together what is the same at several operations."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for change in changes:
        found.setdefault((change.place, change.text), {})[change.operation] = None
    return [Line(tuple(names), place, text) for (place, text), names in found.items()]


def _fenced(text: str, language: str) -> str:
    """Fence a text by more backticks than it holds in a row."""
    if not text.strip():
        return "Nothing."
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip(NEWLINE)}\n{fence}"

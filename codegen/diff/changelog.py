"""Which breaking changes a changelog names (the format is that of Keep a Changelog)."""

import re
from collections.abc import Iterable, Iterator

from codegen.diff.change import Change

SECTION = re.compile(r"^## +(.*)$", re.MULTILINE)
UNRELEASED = re.compile(r"\[?unreleased\]?", re.IGNORECASE)
PART = re.compile(r"^### +(.*)$", re.MULTILINE)
ADDED = "added"  # what is new breaks nothing, so it names no breaking change


def unnamed(changes: Iterable[Change], changelog: str, before: str) -> list[Change]:
    """Return the breaking changes that no section since `before` names.

    A change is named by its operation's id, its tool's name or its component, as a word of a
    section that is unreleased, or that the earlier changelog does not have.
    """
    text = "\n".join(_new_parts(changelog, before))
    words = set(re.findall(r"[\w.-]+", text)) | set(re.findall(r"`([^`]+)`", text))
    words |= {word.rstrip(".") for word in words}
    breaking = [change for change in changes if change.level == "breaking"]
    return [change for change in breaking if not words & set(change.names)]


def _new_parts(changelog: str, before: str) -> Iterator[str]:
    old = set(SECTION.findall(before))
    for title, body in _split(SECTION, changelog):
        if title in old and not UNRELEASED.match(title):
            continue
        for part, lines in _split(PART, body):
            if part.strip().lower() != ADDED:
                yield lines


def _split(heading: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    """Yield each heading with the text below it."""
    pieces = heading.split(text)
    yield from zip(pieces[1::2], pieces[2::2], strict=True)

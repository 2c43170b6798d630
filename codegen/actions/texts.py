"""Texts within the importer's limits."""

import re

SUMMARY = 299  # characters; the importer blocks above 300
DESCRIPTION = 299
PARAMETER = 699  # the importer blocks above 700
SENTENCE = re.compile(r"[.!?](?=\s|$)|\n\n")
BLANKS = re.compile(r"\s+")
ELLIPSIS = "…"


def clamp(text: str, limit: int) -> str:
    """Return a text on one line of at most `limit` characters, cut where a sentence ends.

    Where the first sentence is too long already it is cut between words, with an ellipsis.
    """
    text = BLANKS.sub(" ", text).strip()
    if len(text) <= limit:
        return text
    ends = [match.end() for match in SENTENCE.finditer(text) if match.end() <= limit]
    if ends:
        return text[: ends[-1]].strip()
    head = text[: limit - 1]
    words = head.rpartition(" ")[0]
    return (words or head).rstrip(" ,;:") + ELLIPSIS


def is_cut(text: str, limit: int) -> bool:
    """Tell whether `clamp` takes something away."""
    return len(BLANKS.sub(" ", text).strip()) > limit


def joined(*parts: str) -> str:
    """Join sentences, the empty ones left out."""
    found = [part.strip() for part in parts if part.strip()]
    return " ".join(part if part[-1] in ".!?…:" else f"{part}." for part in found)

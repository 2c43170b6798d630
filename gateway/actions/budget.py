"""The response budget: what is too long for a model's context is cut, and says so.

Pure functions on JSON values and on text. Sizes are characters of the compact JSON text with
non-ASCII characters as they are.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.actions.cutting import Cut, cut_value, sized

BUDGET = 90_000  # characters; ChatGPT takes fewer than 100,000
FLAG = "truncated"
PARTS = "truncated_parts"
REST = "how_to_get_the_rest"
NAMED = 8  # cuts that an answer lists
NOTE = 2_500  # characters that are kept free for what says so
# Parameters that page through lists, as they are usually named; the first that is there counts.
LIMITS = ("limit", "page_size", "per_page", "pageSize", "max_results", "first")
CURSORS = ("after", "starting_after", "cursor", "page_token", "pageToken", "offset", "page")
ENDS = re.compile(r"(?s).*(?:\n|[.!?](?=\s))")


@dataclass(frozen=True, slots=True)
class Paging:
    """The parameters by which an operation's list is asked for in parts; "" where it has none."""

    limit: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A value that fits. `cuts` is empty where nothing was cut."""

    value: Any
    cuts: tuple[Cut, ...] = ()


def paging_of(names: Iterable[str]) -> Paging:
    """Return how an operation with parameters of these names pages."""
    given = frozenset(names)
    limit = next((name for name in LIMITS if name in given), "")
    return Paging(limit, next((name for name in CURSORS if name in given), ""))


def size_of(value: Any) -> int:
    """Return how many characters a JSON value is."""
    return len(written(value))


def written(value: Any) -> str:
    """Write a JSON value compactly; raises ValueError for what JSON lacks (RFC 8259)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fit(value: Any, budget: int = BUDGET, *, paging: Paging = Paging(), url: str = "") -> Fitted:
    """Return a JSON value of at most `budget` characters.

    A value that fits is returned as it is. Else lists lose items at their end and long strings
    are cut at the end; the answer is an object (other values stand in its member `data`) with
    `truncated: true`, where it was cut, and how to get the rest: by `paging`, or at `url`, which
    holds the whole answer.
    """
    whole = sized(value)
    if whole.size <= budget:
        return Fitted(value)
    root = value if isinstance(value, dict) else {"data": value}
    room = max(budget - NOTE - len(url), 2)
    kept, cuts = cut_value(root, room)
    said = {**kept, FLAG: True, PARTS: _parts(cuts), REST: how_to_go_on(cuts, kept, paging, url)}
    if size_of(said) > budget:
        said = {FLAG: True, REST: how_to_go_on((), {}, Paging(), url)}
    return Fitted(said, tuple(cuts) or (Cut("", "members", 0, len(root)),))


def fit_text(text: str, budget: int = BUDGET, *, url: str = "") -> str:
    """Return a text of at most `budget` characters: cut at an end of line or sentence, and told."""
    if len(text) <= budget:
        return text
    note = f"[truncated: {len(text):,} characters in all. {how_to_go_on((), {}, Paging(), url)}]"
    room = max(budget - len(note) - 1, 0)
    head = text[:room]
    end = ENDS.match(head[room // 2 :])
    head = head[: room // 2] + end.group() if end else head
    return f"{head.rstrip()}\n{note}"[:budget] if head.strip() else note[:budget]


def how_to_go_on(cuts: Sequence[Cut], kept: Mapping[str, Any], paging: Paging, url: str) -> str:
    """Tell in a sentence or two how a client gets what was cut."""
    said = []
    lists = [cut for cut in cuts if cut.what == "items"]
    if lists and paging.limit:
        fewer = max(lists[0].kept, 1)
        text = f"Call again with {paging.limit}={fewer} or less"
        if paging.cursor:
            text += f", then go on with {paging.cursor}{_last(kept, lists[0], paging)}"
        said.append(f"{text}.")
    elif lists and paging.cursor:
        said.append(f"Call again with {paging.cursor}{_last(kept, lists[0], paging)}.")
    if url:
        said.append(f"The whole answer, for 15 minutes: {url}")
    return " ".join(said) or "Ask for less: name one item, or narrow the question."


def _last(kept: Mapping[str, Any], cut: Cut, paging: Paging) -> str:
    """Name the last item that was kept, for cursors that take an id."""
    if paging.cursor in ("offset", "page"):
        return ""
    items: Any = kept.get(cut.at.removeprefix("/")) if cut.at.count("/") == 1 else None
    last = items[-1] if isinstance(items, list) and items else None
    identity = last.get("id") if isinstance(last, dict) else None
    known = isinstance(identity, str) and len(identity) <= 100
    return f"={identity}" if known else ""


def _parts(cuts: Sequence[Cut]) -> list[dict[str, Any]]:
    return [
        {"at": cut.at[:100], "unit": cut.what, "kept": cut.kept, "of": cut.of}
        for cut in cuts[:NAMED]
    ]

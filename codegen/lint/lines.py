"""The lines of a document's text at which the things named by JSON Pointers stand."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import yaml

from codegen.lint.tree import below


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that is being read. `key` is the one that waits for its value."""

    place: str
    is_list: bool
    count: int = 0
    key: str | None = None


def lines_of(text: str, places: Collection[str]) -> dict[str, int]:
    """Return the line, counted from 1, of each place in YAML or JSON text.

    A place that is not written out (behind an alias) has the line of what holds it. Where the text
    cannot be read, there is none.
    """
    wanted = {place[:end] for place in places for end in _ends(place)}
    try:  # of a key that stands twice, the last one counts
        found = {place: line for place, line in _walk(text) if place in wanted}
    except yaml.YAMLError:
        return {}
    return {
        place: found[nearest]
        for place in places
        if (nearest := next((place[:end] for end in _ends(place) if place[:end] in found), None))
        is not None
    }


def _ends(place: str) -> list[int]:
    """Return where a pointer and those above it end, the longest first."""
    slashes = [at for at, character in enumerate(place) if character == "/"]
    return [len(place), *reversed(slashes)]


def _walk(text: str) -> Iterator[tuple[str, int]]:
    open_: list[_Open] = []
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
            _count(open_)
        elif isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent | yaml.AliasEvent):
            holder = open_[-1] if open_ else None
            if holder and not holder.is_list and holder.key is None and not _opens(event):
                holder.key = event.value if isinstance(event, yaml.ScalarEvent) else ""
                yield below(holder.place, holder.key), line
                continue
            place = _place(holder)
            if holder is None or holder.is_list:
                yield place, line
            if _opens(event):
                open_.append(_Open(place, isinstance(event, yaml.SequenceStartEvent)))
            else:
                _count(open_)


def _opens(event: yaml.Event) -> bool:
    return isinstance(event, yaml.CollectionStartEvent)


def _place(holder: _Open | None) -> str:
    if holder is None:
        return ""
    return below(holder.place, holder.count if holder.is_list else holder.key or "")


def _count(open_: list[_Open]) -> None:
    """A value has been read."""
    if open_:
        open_[-1].count += 1
        open_[-1].key = None

"""The segments of path templates, such as `{id}` and `{Sid}.json` (OpenAPI 3.1.0, 4.8.8)."""

import re
from urllib.parse import unquote

TEMPLATE = re.compile(r"\{([^{}]*)\}")


class Segment:
    """A templated segment; matching takes time linear in the text, whatever the text."""

    __slots__ = ("_first", "_last", "_middle", "literal_length", "literals")

    def __init__(self, text: str) -> None:
        self.literals = tuple(unquote(part) for part in TEMPLATE.split(text)[::2])
        self._first, *self._middle, self._last = self.literals
        self.literal_length = sum(map(len, self.literals))

    def match(self, text: str) -> tuple[str, ...] | None:
        """Return the values of the segment's parameters, none of them empty; None: no match.

        Where several readings fit, each value but the last is as short as can be.
        """
        end = len(text) - len(self._last)
        start = len(self._first)
        if not text.startswith(self._first) or not text.endswith(self._last):
            return None
        values = []
        for literal in self._middle:
            found = text.find(literal, start + 1, end)
            if found < 0:
                return None
            values.append(text[start:found])
            start = found + len(literal)
        return (*values, text[start:end]) if start < end else None


def is_templated(segment: str) -> bool:
    """Tell whether a segment of a path template has a parameter."""
    return TEMPLATE.search(segment) is not None


def shape(path: str) -> str:
    """Return a path template without its parameters' names: two that are equal match the same."""
    return TEMPLATE.sub("{}", path)

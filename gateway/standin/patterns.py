"""Make strings that a regular expression matches.

The expression is ECMA-262's (JSON Schema 2020-12 validation, section 6.3.3); Python's parser reads
it after a few rewrites. Look-around and back-references are followed as far as that is simple: the
caller checks what comes out.
"""

import re
import string
from collections.abc import Iterable
from random import Random
from typing import Any

from re import _constants as ops  # type: ignore[attr-defined]  # isort: skip
from re import _parser as parser  # type: ignore[attr-defined]  # isort: skip

PRINTABLE = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_ .:/"
MORE_REPEATS = 6  # of `*` and `+`, beyond what they must have
REWRITES = (
    (re.compile(r"\(\?<(?![=!])"), "(?P<"),
    (re.compile(r"\\k<(\w+)>"), r"(?P=\1)"),
    (re.compile(r"\\u\{([0-9A-Fa-f]{1,8})\}"), lambda m: f"\\U{int(m[1], 16):08x}"),
    (re.compile(r"\\p\{(?:N|Nd|Number)\}"), "0-9"),
    (re.compile(r"\\p\{(?:Lu|Uppercase)\}"), "A-Z"),
    (re.compile(r"\\p\{[A-Za-z=_]+\}"), "a-z"),
    (re.compile(r"\[\^\]"), r"[\\s\\S]"),
)
CATEGORIES = {
    ops.CATEGORY_DIGIT: string.digits,
    ops.CATEGORY_NOT_DIGIT: string.ascii_lowercase,
    ops.CATEGORY_SPACE: " ",
    ops.CATEGORY_NOT_SPACE: string.ascii_lowercase + string.digits,
    ops.CATEGORY_WORD: string.ascii_lowercase + string.digits,
    ops.CATEGORY_NOT_WORD: "-.:/",
}
CLASSES = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}


class NoPattern(ValueError):
    """The expression cannot be read."""


def make_match(pattern: str, random: Random, more: int = 0) -> str:
    """Return a string with a match of `pattern`; `more` repeats what may repeat that much oftener.

    Raises NoPattern. The same random state gives the same string.
    """
    return _Maker(random, more).run(_parse(pattern))


def _parse(pattern: str) -> Any:
    try:
        return parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        pass
    for known, replacement in REWRITES:
        pattern = known.sub(replacement, pattern)
    try:
        return parser.parse(_unclassed(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        raise NoPattern(str(error)) from error


def _unclassed(pattern: str) -> str:
    """Put the ranges that stand for Unicode properties outside of a class into one."""
    parts = re.split(r"(\[(?:\\.|[^\]\\])*\])", pattern)
    for index in range(0, len(parts), 2):
        parts[index] = re.sub(r"(0-9|A-Z|a-z)", r"[\1]", parts[index])
    return "".join(parts)


class _Maker:
    def __init__(self, random: Random, more: int) -> None:
        self._random = random
        self._more = more
        self._groups: dict[int, str] = {}

    def run(self, items: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._one(op, value) for op, value in items)

    def _one(self, op: Any, value: Any) -> str:
        if op is ops.LITERAL:
            return chr(value)
        if op is ops.NOT_LITERAL:
            return self._pick([char for char in PRINTABLE if char != chr(value)])
        if op is ops.ANY:
            return self._pick(string.ascii_lowercase)
        if op is ops.IN:
            return self._pick(_class_members(value))
        if op is ops.BRANCH:
            return self.run(value[1][self._random.randrange(len(value[1])) if self._more else 0])
        if op is ops.SUBPATTERN:
            made = self.run(value[3])
            if value[0] is not None:
                self._groups[value[0]] = made
            return made
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            return self._repeat(*value)
        if op is ops.ATOMIC_GROUP:
            return self.run(value)
        if op is ops.GROUPREF:
            return self._groups.get(value, "")
        return ""  # anchors and look-around add nothing

    def _repeat(self, least: int, most: Any, items: Any) -> str:
        wanted = least + self._more
        if least == 0 and not self._more:
            wanted = 1 if most == ops.MAXREPEAT else 0
        if most == ops.MAXREPEAT and self._more == 0:
            wanted += self._random.randrange(MORE_REPEATS)
        times = wanted if most == ops.MAXREPEAT else min(wanted, most)
        return "".join(self.run(items) for _ in range(times))

    def _pick(self, members: Any) -> str:
        if not members:
            raise NoPattern("a class without members")
        chosen: str = self._random.choice(members)
        return chosen


def _class_members(items: list[tuple[Any, Any]]) -> str:
    """List characters of a class: all of short ranges, the first ones of long ones."""
    if items[0][0] is ops.NEGATE:
        return "".join(char for char in PRINTABLE if not any(_holds(i, char) for i in items[1:]))
    members = ""
    for op, value in items:
        if op is ops.LITERAL:
            members += chr(value)
        elif op is ops.RANGE:
            first, last = value
            members += "".join(map(chr, range(first, min(last, first + 127) + 1)))
        elif op is ops.CATEGORY:
            members += CATEGORIES[value]
    plain = [char for char in members if char.isprintable()]
    return "".join(plain) or members


def _holds(item: tuple[Any, Any], char: str) -> bool:
    op, value = item
    if op is ops.LITERAL:
        return ord(char) == int(value)
    if op is ops.RANGE:
        return int(value[0]) <= ord(char) <= int(value[1])
    return re.fullmatch(CLASSES[value], char) is not None

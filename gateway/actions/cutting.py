"""How a JSON value is made to fit: each part gets a fair share of the room, small parts first."""

from collections.abc import Callable
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, Literal

from gateway.contract.pointer import escape

MARK = "…"
encoded: Callable[[str], str] = encode_basestring
MAX_DEPTH = 100  # what lies deeper is left out; readers of JSON have limits too
TOO_DEEP = 1 << 40  # a size that fits nowhere
LEAST = 24  # characters that a member needs to be worth a cut; below, it is left out


@dataclass(frozen=True, slots=True)
class Cut:
    """One place where something was left out: a JSON Pointer, and how much of how many stayed."""

    at: str
    what: Literal["items", "characters", "members"]
    kept: int
    of: int


@dataclass(frozen=True, slots=True)
class Sized:
    """A value with its size in characters, and its parts: items, or members in their order."""

    value: Any
    size: int
    parts: "tuple[Sized, ...]" = ()


def sized(value: Any, depth: int = 0) -> Sized:
    """Measure a JSON value once, so that cutting it takes no second look."""
    if isinstance(value, str):
        return Sized(value, len(encoded(value)))
    if isinstance(value, dict | list) and value and depth >= MAX_DEPTH:
        return Sized(value, TOO_DEEP)
    if isinstance(value, list):
        parts = tuple(sized(item, depth + 1) for item in value)
        return Sized(value, sum(part.size for part in parts) + max(len(parts), 1) + 1, parts)
    if isinstance(value, dict):
        parts = tuple(sized(item, depth + 1) for item in value.values())
        keys = sum(len(encoded(str(key))) + 1 for key in value)
        size = sum(part.size for part in parts) + keys + max(len(parts), 1) + 1
        return Sized(value, size, parts)
    return Sized(value, len(scalar(value)))


def scalar(value: Any) -> str:
    """Write a number, boolean or null as JSON."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


def cut_value(value: Any, room: int) -> tuple[Any, list[Cut]]:
    """Return a JSON value of at most `room` characters, and what was cut, in document order."""
    cutter = _Cutter()
    return cutter.cut(sized(value), room, ""), cutter.cuts


class _Cutter:
    def __init__(self) -> None:
        self.cuts: list[Cut] = []

    def cut(self, part: Sized, room: int, at: str) -> Any:
        if part.size <= room:
            return part.value
        if isinstance(part.value, str):
            return self._string(part.value, room, at)
        if part.size >= TOO_DEEP and not part.parts:
            self.cuts.append(Cut(at, "members", 0, len(part.value)))
            return None
        if isinstance(part.value, list):
            return self._list(part, room, at)
        if isinstance(part.value, dict):
            return self._object(part, room, at)
        return part.value

    def _string(self, text: str, room: int, at: str) -> str:
        """Keep the longest head whose JSON text fits, the mark included."""
        low, high = 0, min(len(text), max(room - 3, 0))
        while low < high:
            middle = (low + high + 1) // 2
            if len(encoded(text[:middle])) + 1 <= room:
                low = middle
            else:
                high = middle - 1
        if low and 0xD800 <= ord(text[low - 1]) <= 0xDBFF:
            low -= 1  # half of a surrogate pair is no character
        self.cuts.append(Cut(at, "characters", low, len(text)))
        return text[:low] + MARK

    def _list(self, part: Sized, room: int, at: str) -> list[Any]:
        """Keep whole items from the front; one that alone is too long is cut itself."""
        kept: list[Any] = []
        left = room - 2
        mark = len(self.cuts)
        for index, item in enumerate(part.parts):
            if item.size + 1 <= left:
                kept.append(item.value)
                left -= item.size + 1
                continue
            if left >= max(LEAST, room // 2) and isinstance(item.value, str | list | dict):
                kept.append(self.cut(item, left - 1, f"{at}/{index}"))
            break
        if len(kept) < len(part.parts):
            self.cuts.insert(mark, Cut(at, "items", len(kept), len(part.parts)))
        return kept

    def _object(self, part: Sized, room: int, at: str) -> dict[str, Any]:
        """Give each member its fair share: what small ones leave over goes to the large ones."""
        keys = [encoded(str(key)) for key in part.value]
        sizes = [len(k) + 2 + p.size for k, p in zip(keys, part.parts, strict=True)]
        shares = _shares(sizes, room - 2)
        kept: dict[str, Any] = {}
        mark = len(self.cuts)
        for key, text, item, share in zip(part.value, keys, part.parts, shares, strict=True):
            inner = share - len(text) - 2
            if inner >= item.size:
                kept[key] = item.value
            elif inner >= LEAST and isinstance(item.value, str | list | dict):
                kept[key] = self.cut(item, inner, f"{at}/{escape(str(key)[:60])}")
        if len(kept) < len(part.parts):
            self.cuts.insert(mark, Cut(at, "members", len(kept), len(part.parts)))
        return kept


def _shares(sizes: list[int], room: int) -> list[int]:
    """Divide `room`: every size that is below the even share is met, the rest is even.

    Where there are so many that an even share is nothing, the first ones are met.
    """
    shares = [0] * len(sizes)
    if room < LEAST * len(sizes):
        for index, size in enumerate(sizes):
            if size > room:
                break
            shares[index] = size
            room -= size
        return shares
    left, waiting = room, sorted(range(len(sizes)), key=sizes.__getitem__)
    for position, index in enumerate(waiting):
        even = max(left, 0) // (len(waiting) - position)
        shares[index] = min(sizes[index], even)
        left -= shares[index]
    return shares

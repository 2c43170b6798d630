"""What a request asks of the stand-in by its field `X-Stand-In`.

The value is a list at commas; unknown words are refused. All but `size` need a stand-in that was
started with faults.

    delay=SECONDS   wait before the response begins
    status=CODE     answer with this status
    early           answer before the request's body is read
    reset           reset the connection (TCP RST) in place of a response
    cut=BYTES       close the connection after so many bytes of the response's body
    stall[=BYTES]   send the headers and so many bytes of the body, then nothing any more
    pace=SECONDS    wait so long between two events
    size=BYTES      the length of a binary body
    close=CODE      close a WebSocket with this code after its first message

`X-Stand-In: delay=0.5, status=429` waits half a second and answers 429. On a WebSocket `status`
refuses the upgrade, and `cut` closes the connection after so many bytes were echoed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FIELD = b"x-stand-in"
LONGEST = 3_600.0  # seconds
LARGEST = 1 << 40  # bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks for; the defaults ask for nothing."""

    delay: float = 0.0
    status: int | None = None
    early: bool = False
    reset: bool = False
    cut: int | None = None
    stall: int | None = None
    pace: float | None = None
    size: int | None = None
    close: int | None = None


class BadRequestField(ValueError):
    """The field's value is outside of the grammar."""


def read_asked(headers: Iterable[tuple[bytes, bytes]], *, faults: bool) -> Asked:
    """Read the field from a request's headers; without `faults` only `size` counts.

    Raises BadRequestField, whose text tells what is understood.
    """
    values = [value.decode("latin-1") for name, value in headers if name.lower() == FIELD]
    words = [word.strip() for value in values for word in value.split(",")]
    asked = dict(_read_word(word) for word in words if word)
    if not faults:
        asked = {name: value for name, value in asked.items() if name == "size"}
    return Asked(**asked)


def _read_word(word: str) -> tuple[str, Any]:
    name, equals, text = word.partition("=")
    name = name.strip().lower()
    read = _GRAMMAR.get(name)
    if read is None:
        raise BadRequestField(f"X-Stand-In understands {', '.join(_GRAMMAR)}.")
    try:
        return name, read(text.strip() if equals else None)
    except (TypeError, ValueError):
        raise BadRequestField(f"X-Stand-In has a bad value for `{name}`.") from None


def _seconds(text: str | None) -> float:
    value = float(text)  # type: ignore[arg-type]
    if not 0 <= value <= LONGEST:
        raise ValueError
    return value


def _whole(least: int, most: int, default: int | None = None) -> Callable[[str | None], int]:
    def read(text: str | None) -> int:
        value = default if text is None else int(text)
        if value is None or not least <= value <= most:
            raise ValueError
        return value

    return read


def _flag(text: str | None) -> bool:
    if text is not None:
        raise ValueError
    return True


_GRAMMAR: Mapping[str, Callable[[str | None], Any]] = {
    "delay": _seconds,
    "status": _whole(200, 599),
    "early": _flag,
    "reset": _flag,
    "cut": _whole(0, LARGEST),
    "stall": _whole(0, LARGEST, default=0),
    "pace": _seconds,
    "size": _whole(0, LARGEST),
    "close": _whole(1000, 4999),
}

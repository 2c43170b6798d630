"""Query strings and form-urlencoded text, as pairs (URL Standard, section 5.1; RFC 3986, 2.1)."""

import re
from urllib.parse import unquote_to_bytes

MAX_PAIRS = 10_000
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


class BadQuery(ValueError):
    """A query string that cannot be read. `name` is the pair's name where that much is readable."""

    def __init__(self, rule: str, name: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.name = name


def query_pairs(query_string: bytes) -> list[tuple[str, str]]:
    """Return the pairs of a query string in order, percent-decoded, `+` as space.

    A pair without `=` has an empty value; empty pairs (`a=1&&b=2`) are left out. Raises `BadQuery`
    on an escape that is not `%` and two hex digits, on bytes that are not UTF-8, and on more than
    `MAX_PAIRS` pairs.
    """
    raw = raw_pairs(query_string)
    if b"%" not in query_string and b"+" not in query_string:
        return raw
    return [
        (
            _name(name) if "%" in name or "+" in name else name,
            _value(name, value) if "%" in value or "+" in value else value,
        )
        for name, value in raw
    ]


def raw_pairs(query_string: bytes) -> list[tuple[str, str]]:
    """Return the same pairs as `query_pairs`, in the same order, with their escapes intact."""
    if not query_string:
        return []
    if query_string.count(b"&") >= MAX_PAIRS:
        raise BadQuery(f"has more than {MAX_PAIRS} pairs")
    try:
        text = query_string.decode()
    except UnicodeDecodeError:
        raise BadQuery("is not UTF-8; percent-encode it") from None
    return [
        (name, value)
        for name, _, value in [pair.partition("=") for pair in text.split("&") if pair]
    ]


def decoded(text: str) -> str:
    """Return percent-decoded text, `+` as space. Raises `BadQuery`."""
    return unescaped(text.replace("+", " "))


def unescaped(text: str) -> str:
    """Return percent-decoded text. Raises `BadQuery`."""
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        raise BadQuery(
            "holds a `%` that two hex digits do not follow; write a literal one as `%25`"
        )
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise BadQuery("holds escapes that are not UTF-8") from None


def _name(name: str) -> str:
    try:
        return decoded(name)
    except BadQuery as error:
        raise BadQuery(f"has a name that {error.rule}") from None


def _value(name: str, value: str) -> str:
    try:
        return decoded(value)
    except BadQuery as error:
        raise BadQuery(error.rule, decoded(name)) from None

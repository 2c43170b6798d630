"""The Cookie header (RFC 6265, section 4.2.1)."""

from collections.abc import Iterable


def cookie_pairs(fields: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names and values of Cookie header fields, in order.

    A value in double quotes comes without them; nothing else is decoded. A piece without `=` is no
    cookie and is left out, as servers do.
    """
    pairs = []
    for cookie in ";".join(fields).split(";"):
        name, equals, value = cookie.partition("=")
        if not equals:
            continue
        value = value.strip(" \t")
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        pairs.append((name.strip(" \t"), value))
    return pairs

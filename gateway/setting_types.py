"""The kinds of settings: how a text becomes a value.

Each takes a text, or a value that was made before, and raises ValueError with a sentence, less its
full stop, that does not quote the text.
"""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs

Read = Callable[[Any], Any]
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NUMBER = re.compile(r"-?[0-9]+")


class Secret:
    """A text that nothing shows: no message, no log line, no debugger's view of the settings."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        """Show that there is one."""
        return "Secret('**********')"


def text(value: Any) -> str:
    """Trim a text, which may not be empty."""
    found = str(value).strip()
    if not found:
        raise ValueError("It is empty")
    return found


def path(value: Any) -> Path:
    """Return a path."""
    return Path(value)


def secret(value: Any) -> Secret:
    """Trim a secret."""
    return value if isinstance(value, Secret) else Secret(value.strip())


def secrets(value: Any) -> tuple[Secret, ...]:
    """Split a text into secrets."""
    return tuple(secret(each) for each in _split(value))


def flag(value: Any) -> bool:
    """Read `true` or `false`, also as 1, yes, on, or 0, no, off."""
    try:
        return attrs.converters.to_bool(value.strip() if isinstance(value, str) else value)
    except ValueError:
        raise ValueError("It is neither true nor false") from None


def number(least: int, most: int) -> Read:
    """Make what reads an integer from `least` to `most`."""

    def read(value: Any) -> int:
        said = str(value).strip()
        found = int(said) if NUMBER.fullmatch(said) and len(said) < len(str(most)) + 2 else None
        if found is None or not least <= found <= most:
            raise ValueError(f"It is no integer from {least} to {most}")
        return found

    return read


def one_of(*choices: str) -> Read:
    """Make what reads one of `choices`, in any case."""

    def read(value: Any) -> str:
        found = str(value).strip().lower()
        if found not in choices:
            raise ValueError(f"It is none of {', '.join(choices)}")
        return found

    return read


def list_of(check: Callable[[str], str]) -> Read:
    """Make what splits a text at commas, trims what stands between, and checks each."""

    def read(value: Any) -> tuple[str, ...]:
        return tuple(check(each) for each in _split(value))

    return read


def _split(value: Any) -> tuple[Any, ...]:
    """Split a text at commas, and leave out what is empty; a sequence was split before."""
    if not isinstance(value, str):
        return tuple(value)
    return tuple(each.strip() for each in value.split(",") if each.strip())


def url(value: str) -> str:
    """Check an http or https URL of a host and a path, and drop the closing slash."""
    value = value.strip()
    try:
        parts = urlsplit(value)
        found = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # the property raises for a port that is no number
    except ValueError:
        found = False
    if not found or "?" in value or "#" in value or parts.username is not None:
        raise ValueError("It is no http or https URL of a host and a path")
    return value.rstrip("/")


def origin(value: str) -> str:
    """Check an origin as browsers send it (RFC 6454, section 6.2), or `*`."""
    if value == "*":
        return value
    found = url(value)
    if urlsplit(found).path:
        raise ValueError("An origin has a scheme, a host and a port, and no path")
    return found.lower()


def network(value: str) -> str:
    """Check an IP address or network, or `*`."""
    if value != "*":
        try:
            ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise ValueError("It is no IP address or network") from None
    return value


def upstream(value: str) -> str:
    """Check `URL` or `HOST=URL`."""
    host, equals, base = value.partition("=")
    if equals and "/" not in host:
        return f"{host.strip().lower()}={url(base)}"
    return url(value)


def credential(value: str) -> str:
    """Check `SCHEME=VARIABLE`."""
    scheme, _, name = (each.strip() for each in value.partition("="))
    if not scheme or not NAME.fullmatch(name):
        raise ValueError("It is no SCHEME=VARIABLE")
    return f"{scheme}={name}"

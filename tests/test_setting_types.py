"""How a text becomes a value, and what is said of one that cannot."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway import setting_types as kinds

FORMAT = kinds.one_of("json", "pretty")
PORT = kinds.number(0, 65535)


@pytest.mark.parametrize(
    ("read", "given", "value"),
    [
        (kinds.text, " a b ", "a b"),
        (kinds.path, "a/b", Path("a/b")),
        (kinds.flag, " Yes ", True),
        (kinds.flag, "off", False),
        (kinds.flag, False, False),
        (PORT, " 080 ", 80),
        (PORT, 65535, 65535),
        (kinds.number(-3, 3), "-3", -3),
        (FORMAT, " JSON", "json"),
        (kinds.url, " https://a.example/b/ ", "https://a.example/b"),
        (kinds.origin, "HTTPS://A.example:1", "https://a.example:1"),
        (kinds.origin, "*", "*"),
        (kinds.network, "10.1.0.0/8", "10.1.0.0/8"),
        (kinds.network, "::1", "::1"),
        (kinds.upstream, "A.example = http://b/v1/", "a.example=http://b/v1"),
        (kinds.credential, " Key = NAME_1 ", "Key=NAME_1"),
        (kinds.list_of(str.lower), "A,, b ,", ("a", "b")),
        (kinds.list_of(str.lower), ["A"], ("a",)),
    ],
)
def test_what_is_read(read: Callable[[Any], Any], given: Any, value: Any) -> None:
    assert read(given) == value
    assert read(value) == value


@pytest.mark.parametrize(
    ("read", "given", "sentence"),
    [
        (kinds.text, "  ", "It is empty"),
        (kinds.flag, "maybe", "It is neither true nor false"),
        (PORT, "65536", "It is no integer from 0 to 65535"),
        (PORT, "9" * 5000, "It is no integer from 0 to 65535"),
        (PORT, "1.0", "It is no integer from 0 to 65535"),
        (PORT, "٣", "It is no integer from 0 to 65535"),
        (FORMAT, "yaml", "It is none of json, pretty"),
        (kinds.url, "ftp://a", "It is no http or https URL of a host and a path"),
        (kinds.url, "http://a:b", "It is no http or https URL of a host and a path"),
        (kinds.url, "http://u@a", "It is no http or https URL of a host and a path"),
        (kinds.origin, "http://a/b", "An origin has a scheme, a host and a port, and no path"),
        (kinds.network, "10.0.0.0/99", "It is no IP address or network"),
        (kinds.url, "http://a/?", "It is no http or https URL of a host and a path"),
        (kinds.upstream, "a=b", "It is no http or https URL of a host and a path"),
        (kinds.credential, "=A", "It is no SCHEME=VARIABLE"),
        (kinds.credential, "Key=A-B", "It is no SCHEME=VARIABLE"),
        (kinds.list_of(kinds.network), "::1,x", "It is no IP address or network"),
    ],
)
def test_what_is_refused(read: Callable[[Any], Any], given: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        read(given)
    assert str(caught.value) == sentence


def test_secrets_are_kept_from_sight() -> None:
    (first, second) = kinds.secrets(" a b , c ")
    assert (first.reveal(), second.reveal()) == ("a b", "c")
    assert "a b" not in repr((first, second))
    assert kinds.secret(first) is first

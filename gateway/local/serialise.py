"""Values into parameters and form fields (OpenAPI 3.1.0, 4.8.12.2; RFC 6570): what `validate`
reads, written. All functions are pure; `Unwritable` tells what no style can carry.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from gateway.contract.model import Style

Encode = Callable[[str], str]
Field = tuple[str, str]  # name and value, both percent-encoded

# How one field carries a whole array or object; a space and `|` cannot stand in a URL as they are.
SEPARATORS: Mapping[Style, str] = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}
MAX_DEPTH = 32  # brackets in a name; more are refused by the check of the field anyway


class Unwritable(ValueError):
    """A value that does not fit its place. The message tells the rule, not the value."""


def percent(text: str) -> str:
    """Percent-encode all but the unreserved characters (RFC 3986, section 2.3)."""
    return quote(text, safe="")


def plain(text: str) -> str:
    """Encode nothing."""
    return text


def scalar(value: Any) -> str:
    """Write a string, number or boolean."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):  # bool is an int
        return json.dumps(value)
    raise Unwritable("must hold strings, numbers or booleans here")


def single(name: str, value: Any, style: Style, explode: bool, encode: Encode) -> str:
    """Write a path or header parameter: style simple, label or matrix."""
    if not isinstance(value, dict | list):
        text = encode(scalar(value))
        return {"label": f".{text}", "matrix": f";{name}={text}"}.get(style, text)
    if isinstance(value, dict):
        joint = "=" if explode else ","
        pieces = [encode(key) + joint + encode(scalar(item)) for key, item in value.items()]
    else:
        pieces = [encode(scalar(item)) for item in value]
    if style == "label":
        return "." + ("." if explode else ",").join(pieces)
    if style == "matrix":
        if not explode:
            return f";{name}=" + ",".join(pieces)
        named = pieces if isinstance(value, dict) else [f"{name}={piece}" for piece in pieces]
        return "".join(f";{piece}" for piece in named)
    return ",".join(pieces)


def fields(name: str, value: Any, style: Style, explode: bool) -> list[Field]:
    """Write a query parameter or a form property: style form, deepObject or a delimited one."""
    if not isinstance(value, dict | list):
        return [(percent(name), percent(scalar(value)))]
    if style == "deepObject":
        return brackets(name, value, numbered=True)
    if not explode and style in SEPARATORS:
        parts = value
        if isinstance(value, dict):
            parts = [part for pair in value.items() for part in pair]
        return [(percent(name), SEPARATORS[style].join(percent(scalar(part)) for part in parts))]
    if isinstance(value, dict):
        return [(percent(key), percent(scalar(item))) for key, item in value.items()]
    return [(percent(name), percent(scalar(item))) for item in value]


def brackets(name: str, value: Any, *, numbered: bool = False, depth: int = 0) -> list[Field]:
    """Write a nested value with its place in brackets, as Rack and Stripe do: `a[b]`, `a[0][c]`.

    Items that are scalars are told apart by nothing (`a[]`), or by numbers where asked for.
    """
    if depth > MAX_DEPTH:
        raise Unwritable(f"must not be nested more than {MAX_DEPTH} deep")
    if isinstance(value, dict):
        members = [(f"{name}[{key}]", item) for key, item in value.items() if item is not None]
    elif isinstance(value, list):
        composite = numbered or any(isinstance(item, dict | list) for item in value)
        members = [
            (f"{name}[{index if composite else ''}]", item) for index, item in enumerate(value)
        ]
    else:
        return [(percent(name), percent(scalar(value)))]
    found: list[Field] = []
    for place, item in members:
        found += brackets(place, item, numbered=numbered, depth=depth + 1)
    return found


def joined(pairs: list[Field]) -> bytes:
    """Write encoded fields as a query or an urlencoded body (URL Standard, section 5.2)."""
    return "&".join(f"{name}={value}" for name, value in pairs).encode()

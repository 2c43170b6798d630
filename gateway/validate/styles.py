"""Serialised arrays and objects into trees of texts (OpenAPI 3.1.0, 4.8.12.2; RFC 6570)."""

from typing import Literal

from gateway.contract.model import Style
from gateway.validate.query import decoded

# What a serialised value says before its texts are given types: a text, a list, or members.
Tree = str | list["Tree"] | dict[str, "Tree"]
Form = Literal["scalar", "array", "object"]

# What separates the pieces of one serialised value. A style that is not here (an exploded form,
# deepObject) gives each item, or each member, a field of its own. OpenAPI's table writes
# unexploded labels with dots, RFC 6570 with commas: both are read.
_SEPARATORS: dict[tuple[Style, bool], tuple[str, ...]] = {
    ("simple", False): (",",),
    ("simple", True): (",",),
    ("label", False): (",", "."),
    ("label", True): (".",),
    ("matrix", False): (",",),
    ("matrix", True): (";",),
    ("form", False): (",",),
    ("spaceDelimited", False): (" ",),
    ("pipeDelimited", False): ("|",),
}
_PREFIXES: dict[Style, str] = {"label": ".", "matrix": ";"}


class BadStyle(ValueError):
    """A text that is not in the declared style. The message tells the rule, not the text."""


def delimited(style: Style, explode: bool) -> bool:
    """Tell whether one field carries a whole array or object."""
    return (style, explode) in _SEPARATORS


def decode(
    text: str, style: Style, explode: bool, form: Form, *, name: str = "", raw: str | None = None
) -> list[Tree]:
    """Return the trees that one serialised value can stand for, likeliest first; never none.

    `text` is decoded, once. `raw` is the same text with its percent-escapes, where it is known: a
    comma that was escaped is part of an item (RFC 6570, section 1.5), but many clients escape the
    separator as well, so both readings are given. `name` is the parameter's, for style matrix.
    Raises `BadStyle`.
    """
    text = _unprefixed(text, style)
    if form == "scalar":
        return [_matrix_value(text, name) if style == "matrix" else text]
    separators = _SEPARATORS.get((style, explode))
    if separators is None:
        return [_item(text, form)]
    splits = [_pieces(text, separator) for separator in separators]
    if style == "matrix" and not explode:
        splits = [_pieces(_matrix_value(text, name), ",")]
    if raw is not None and style == "form" and "%2c" in raw.lower():
        splits.insert(0, [decoded(piece) for piece in raw.split(",")])
    if form == "object":
        return _first_objects(splits, explode)
    if style == "matrix" and explode:
        return [[_matrix_value(piece, name) for piece in pieces] for pieces in splits]
    trees: list[Tree] = []
    for pieces in splits:
        if pieces not in trees:
            trees.append([*pieces])
    return trees if text else [[], [""]]


def _item(text: str, form: Form) -> Tree:
    if form == "array":
        return [text]
    raise BadStyle("must give each member as a field of its own")


def _unprefixed(text: str, style: Style) -> str:
    prefix = _PREFIXES.get(style)
    if prefix is None:
        return text
    if not text.startswith(prefix):
        raise BadStyle(f"must begin with `{prefix}` (style {style})")
    return text[1:]


def _matrix_value(text: str, name: str) -> str:
    key, _, value = text.partition("=")
    if key != name:
        raise BadStyle(f"must be written `;{name}=…` (style matrix)")
    return value


def _pieces(text: str, separator: str) -> list[str]:
    return text.split(separator) if text else []


def _first_objects(splits: list[list[str]], explode: bool) -> list[Tree]:
    trees: list[Tree] = []
    failure: BadStyle | None = None
    for pieces in splits:
        try:
            trees.append(_named(pieces) if explode else _alternating(pieces))
        except BadStyle as error:
            failure = failure or error
    if not trees and failure is not None:
        raise failure
    return trees


def _named(pieces: list[str]) -> Tree:
    found: dict[str, Tree] = {}
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if not equals:
            raise BadStyle("must be members written `name=value`")
        _add(found, name, value)
    return found


def _alternating(pieces: list[str]) -> Tree:
    if len(pieces) % 2:
        raise BadStyle("must be names and values in turn")
    found: dict[str, Tree] = {}
    for name, value in zip(pieces[::2], pieces[1::2], strict=True):
        _add(found, name, value)
    return found


def _add(found: dict[str, Tree], name: str, value: str) -> None:
    if name in found:
        raise BadStyle("must not give a member twice")
    found[name] = value

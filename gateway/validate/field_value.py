"""The value that the parts of one property make."""

from dataclasses import dataclass, replace
from typing import Any

from gateway.contract.model import Check, PartEncoding, Style
from gateway.errors import Finding
from gateway.validate.brackets import Conflict, nest
from gateway.validate.part_rules import PartRule
from gateway.validate.readings import Shape, first_value, judge
from gateway.validate.styles import BadStyle, Form, Tree, decode, delimited

_FORMS: tuple[Form, ...] = ("array", "object")


class FieldError(ValueError):
    """A field that has no value. The message tells the rule and follows the field's name."""


@dataclass(frozen=True, slots=True)
class Field:
    """One part: its text, and its JSON value where it holds JSON. A file's text is empty."""

    rule: PartRule
    text: str
    is_json: bool = False
    json: Any = None


class _Chosen:
    """A check that keeps the last valid value."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self.findings = check.findings
        self.value: Any = None

    def is_valid(self, value: Any) -> bool:
        if not self._check.is_valid(value):
            return False
        self.value = value
        return True


def find_value(
    fields: list[Field], check: Check | None, encoding: PartEncoding | None, pointer: str
) -> tuple[Any, list[Finding]]:
    """Return the value of all parts of one property, and what is wrong with it.

    Of several readings (JSON or text, a number or a string) the first valid one counts. Without a
    check the likeliest counts, and a text that may be a string stays one. Raises `FieldError`.
    """
    rule = fields[0].rule
    values = _json_values(fields)
    for value in values:
        if check is None or check.is_valid(value):
            return value, []
    found: list[Finding] = []
    if values and check is not None:
        found = check.findings(values[0], pointer) or [Finding(pointer, "is not valid")]
    if found and not rule.textual:
        return None, found
    trees = _trees(fields, encoding)
    if check is None:
        return _likeliest(trees[0], rule, pointer)
    chosen = _Chosen(check)
    judged = judge(trees, rule.shape, chosen, pointer)
    return chosen.value, (found or judged) if judged else []


def _likeliest(tree: Tree, rule: PartRule, pointer: str) -> tuple[Any, list[Finding]]:
    if rule.textual and isinstance(tree, str):
        return tree, []
    value, found = first_value(tree, rule.shape)
    return value, [replace(finding, param=pointer + finding.param) for finding in found]


def _json_values(fields: list[Field]) -> list[Any]:
    """Return the values that fields stand for some of which hold JSON, the likeliest first."""
    if not any(field.is_json for field in fields):
        return []
    if any(field.rule.nested for field in fields):
        raise FieldError("must be either JSON or fields in brackets, not both")
    rule = fields[0].rule
    items = [
        field.json if field.is_json else first_value(field.text, Shape(rule.shape.items))[0]
        for field in fields
    ]
    if len(items) == 1 and not rule.path:
        return [items[0], items] if rule.repeats else items
    return [items]


def _trees(fields: list[Field], encoding: PartEncoding | None) -> list[Tree]:
    """Return the trees that texts stand for, the likeliest first; never none."""
    try:
        if len(fields) == 1 and not fields[0].rule.path and encoding is not None:
            style = encoding.style or "form"
            if delimited(style, style == "form" if encoding.explode is None else encoding.explode):
                return _decoded(fields[0], style)
        return [nest((field.rule.path, field.text) for field in fields)]
    except (Conflict, BadStyle) as error:
        raise FieldError(str(error)) from None


def _decoded(field: Field, style: Style) -> list[Tree]:
    for form in _FORMS:
        if form in field.rule.shape.types:
            return decode(field.text, style, False, form)
    return [field.text]

"""Texts into JSON values."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.validate.scalars import NotScalar, parse, readings, rule


def types(*names: str) -> frozenset[str]:
    return frozenset(names)


@pytest.mark.parametrize(
    ("text", "admitted", "value"),
    [
        ("5", types("integer"), 5),
        ("-5", types("integer"), -5),
        ("007", types("integer"), 7),
        ("5", types("number"), 5),
        ("5.0", types("number"), 5.0),
        ("-0.5e+3", types("number"), -500.0),
        ("5", types("string"), "5"),
        ("", types("string"), ""),
        ("true", types("boolean"), True),
        ("false", types("boolean"), False),
        ("true", types("string"), "true"),
        ("null", types("null", "string"), None),
        ("", types("null", "integer"), None),
        ("5", types("string", "integer"), 5),
        ("x", types("string", "integer"), "x"),
        ("5", types(), 5),
        ("x", types(), "x"),
        ("1" * 4000, types("integer"), int("1" * 4000)),
    ],
)
def test_parse(text: str, admitted: frozenset[str], value: Any) -> None:
    parsed = parse(text, admitted)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("text", "admitted"),
    [
        ("", types("integer")),
        ("+5", types("integer")),
        ("5.0", types("integer")),
        ("1e3", types("integer")),
        (" 5", types("integer")),
        ("5\n", types("integer")),
        ("٥", types("integer")),
        ("1_000", types("integer")),
        ("1" * 5000, types("integer")),
        ("1" * 5000, types("number")),
        ("05", types("number")),
        (".5", types("number")),
        ("5.", types("number")),
        ("0x10", types("number")),
        ("NaN", types("number")),
        ("Infinity", types("number")),
        ("1e999", types("number")),
        ("True", types("boolean")),
        ("1", types("boolean")),
        ("", types("boolean")),
        ("None", types("null")),
        ("a", types("array")),
    ],
)
def test_a_text_without_a_reading(text: str, admitted: frozenset[str]) -> None:
    with pytest.raises(NotScalar) as caught:
        parse(text, admitted)
    assert str(caught.value) == rule(admitted)


def test_readings_come_in_order() -> None:
    assert readings("5", types("string", "number")) == [5, "5"]
    assert readings("true", types()) == [True, "true"]
    assert readings("null", types()) == [None, "null"]
    assert readings("", types()) == [None, ""]


def test_rules_name_the_types() -> None:
    assert rule(types("integer")) == "must be an integer"
    assert rule(types("null", "boolean", "array")) == "must be true or false or null or an array"


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_json_numbers_are_numbers(value: float) -> None:
    parsed = parse(json.dumps(value), types("number"))
    assert parsed == value
    assert math.isfinite(parsed)


@given(st.text(max_size=8))
def test_a_number_is_one_in_json_too(text: str) -> None:
    try:
        value = parse(text, types("number"))
    except NotScalar:
        return
    assert json.loads(text) == value

"""What assertions ask, in words."""

import pytest

from gateway.validate.rules import ASSERTIONS, broken, message, one_of_values, type_of


@pytest.mark.parametrize(
    ("keyword", "operand", "good", "bad", "words"),
    [
        ("type", "string", "a", 1, "must be a string"),
        ("type", ["null", "array"], None, 1, "must be null or an array"),
        ("enum", ["a", 1, None], 1, True, 'must be one of "a", 1, null'),
        ("const", "a", "a", "b", 'must be "a"'),
        ("const", 1, 1.0, True, "must be 1"),
        ("multipleOf", 0.1, 0.3, 0.35, "must be a multiple of 0.1"),
        ("minimum", 1, 1, 0, "must be at least 1"),
        ("maximum", 1.5, 1.5, 2, "must be at most 1.5"),
        ("exclusiveMinimum", 1, 2, 1, "must be more than 1"),
        ("exclusiveMaximum", 1, 0, 1, "must be less than 1"),
        ("minLength", 1, "a", "", "must have at least 1 character"),
        ("maxLength", 2, "é🙂", "abc", "must have at most 2 characters"),
        ("pattern", "^a", "ab", "b", "must match the pattern ^a"),
        ("minItems", 2, [1, 2], [1], "must have at least 2 items"),
        ("maxItems", 1, [1], [1, 2], "must have at most 1 item"),
        ("uniqueItems", True, [1, 2], [1, 1.0], "must not hold the same item twice"),
        ("minProperties", 1, {"a": 1}, {}, "must have at least 1 property"),
        ("maxProperties", 0, {}, {"a": 1}, "must have at most 0 properties"),
        (
            "dependentRequired",
            {"a": ["b", "c"]},
            {"b": 1},
            {"a": 1},
            "must have 'b', 'c' with 'a'",
        ),
    ],
)
def test_assertions(keyword, operand, good, bad, words):
    assert keyword in ASSERTIONS
    assert not broken(keyword, operand, good)
    assert broken(keyword, operand, bad)
    assert message(keyword, operand) == words


def test_at_most_twelve_values_are_listed_and_long_ones_are_cut():
    words = one_of_values([*range(20), 3])
    assert words == "must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 (and 8 more)"
    assert len(one_of_values(["x" * 1000])) < 80


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "integer"),
        (1.0, "integer"),
        (1.5, "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_types(value, name):
    assert type_of(value) == name

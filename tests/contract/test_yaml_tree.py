from contextlib import suppress
from typing import Any

import pytest
import yaml

from gateway.contract.yaml_tree import parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("No", "No"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("''", ""),
        ("", None),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-12", -12),
        ("+3", 3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:00", "12:30:00"),
        ("0b1", "0b1"),
        ("=", "="),
        ("<<", "<<"),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("! 5", "5"),
        ("!!int '5'", 5),
        ("!!float 5", 5.0),
        ("!!bool true", True),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_scalars(text: str, value: Any) -> None:
    (found,), repeated = parse_yaml(f"- {text}")
    assert found == value
    assert type(found) is type(value)
    assert repeated == []


def test_every_key_is_a_string() -> None:
    tree, _ = parse_yaml("200: a\non: b\nnull: c\n1.5: d\ntrue: e\n2024-01-01: f\n'': g\n")
    assert list(tree) == ["200", "on", "null", "1.5", "true", "2024-01-01", ""]


def test_aliases_and_merges() -> None:
    tree, repeated = parse_yaml(
        "base: &b {a: 1, b: 2}\n"
        "other: &o {b: 3, c: 4}\n"
        "one: {a: 9, <<: *b}\n"
        "two: {<<: [*b, *o]}\n"
        "key: &k name\n"
        "*k : value\n"
        "same: *b\n"
    )
    assert tree["one"] == {"a": 9, "b": 2}
    assert tree["two"] == {"a": 1, "b": 2, "c": 4}
    assert tree["name"] == "value"
    assert tree["same"] is tree["base"]
    assert repeated == []


def test_a_key_that_stands_twice() -> None:
    assert parse_yaml("a: 1\nb: {c: 1,\n c: 2}\na: 3\n") == (
        {"a": 3, "b": {"c": 2}},
        ["'c' (line 3)", "'a' (line 4)"],
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: b: c", 1, "mapping values are not allowed"),
        ("a: 1\nb: *x", 2, "the alias 'x' has no anchor before it"),
        ("a: &x\n  b: *x", 2, "the alias 'x' has no anchor before it"),
        ("a: &x [*x]", 1, "has no anchor before it"),
        ("? [a]\n: b", 1, "a key is not a plain value"),
        ("a: 1\n---\nb: 2", 2, "a second document"),
        ("a: !!binary aGk=", 1, "not JSON's"),
        ("a: !own {}", 1, "not JSON's"),
        ("a: !!set {b}", 1, "not JSON's"),
        ("a: !!int x", 1, "does not fit"),
        ("<<: 5", 1, "takes a mapping"),
        ("a: [1, 2", 2, "did not find expected"),
        ("a:\n\t- b", 2, "cannot start any token"),
    ],
)
def test_what_is_not_yaml_or_has_no_place_in_json(text: str, line: int, words: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        parse_yaml(text)
    assert words in str(caught.value.problem)
    assert caught.value.problem_mark is not None
    assert caught.value.problem_mark.line + 1 == line


@pytest.mark.parametrize("text", ["[" * 10_000, "- " * 10_000, "[" * 10_000 + "]" * 10_000])
def test_deep_nesting_overflows_no_stack(text: str) -> None:
    with suppress(yaml.YAMLError):
        parse_yaml(text)


def test_an_empty_document() -> None:
    assert parse_yaml("") == (None, [])
    assert parse_yaml("# a comment\n") == (None, [])

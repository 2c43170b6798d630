import json
from typing import Any

import pytest

from gateway.actions.undo import read_csv, read_json, undo, without_nulls
from gateway.errors import RelayError
from gateway.projection import Rewrite


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1]}', {"a": [1]}),
        ("3", 3),
        ('"x"', "x"),
        ("null", None),
    ],
)
def test_a_field_of_json_is_json(text: str, value: Any) -> None:
    assert read_json(text, None) == value


@pytest.mark.parametrize(
    ("text", "types", "value"),
    [
        ("plain", ("array",), "plain"),
        ("[1, 2]", ("array",), [1, 2]),
        ("[1, 2]", ("object",), "[1, 2]"),
        ("[broken", ("array",), "[broken"),
        ("5", ("array",), "5"),
        ("5", ("number",), 5),
        ("5", ("integer",), 5),
        ("5.5", ("integer",), "5.5"),
        ('"in quotes"', ("array",), '"in quotes"'),
        ("null", ("array", "object"), "null"),
        ("\ud800", ("array",), "\ud800"),
    ],
)
def test_a_field_of_text_or_json_takes_json_of_its_types_alone(
    text: str, types: tuple[str, ...], value: Any
) -> None:
    assert read_json(text, types) == value


@pytest.mark.parametrize("text", ["[1]", '"[1]"', '"\\"[1]\\""', "plain", "", '"x"', "{}"])
def test_every_text_can_be_written_in_a_field_that_takes_json_too(text: str) -> None:
    taken = read_json(text, ("array",))
    written = text if taken == text else json.dumps(text)
    assert read_json(written, ("array",)) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        ("a", ["a"]),
        ("", []),
        ("  ", []),
        ('["a,b", "c"]', ["a,b", "c"]),
        ("[a", ["[a"]),
        ("a,,b", ["a", "", "b"]),
    ],
)
def test_lists_at_commas(text: str, value: list[Any]) -> None:
    assert read_csv(text) == value


def test_values_deep_in_a_member_are_changed_and_renamed() -> None:
    rewrites = [
        Rewrite(("x", "*", "a_b"), "rename", "a b"),
        Rewrite(("x", "*", "a_b", "j"), "json", None),
        Rewrite(("x", "*", "a_b", "j_k"), "rename", "j k"),
    ]
    given = {"x": [{"a_b": {"j": "[1]", "j_k": 1}, "z": 2}, {"z": 3}]}
    assert undo(given, rewrites) == {"x": [{"a b": {"j": [1], "j k": 1}, "z": 2}, {"z": 3}]}
    assert given["x"][0]["a_b"]["j"] == "[1]"  # type: ignore[index]


def test_what_is_no_string_already_is_left() -> None:
    rewrites = [Rewrite(("x",), "json", None), Rewrite(("y",), "csv")]
    assert undo({"x": {"a": 1}, "y": ["a"]}, rewrites) == {"x": {"a": 1}, "y": ["a"]}


def test_every_value_that_is_no_json_is_told_at_once() -> None:
    rewrites = [Rewrite(("x", "*"), "json", None), Rewrite(("y",), "json", None)]
    with pytest.raises(RelayError) as raised:
        undo({"x": ["{}", "secret words"], "y": "{"}, rewrites)
    assert [finding.param for finding in raised.value.errors] == ["/x/1", "/y"]
    assert "secret" not in str(raised.value)


def test_nulls_of_members_go_and_those_of_lists_stay() -> None:
    given = {"a": None, "b": {"c": None, "d": 1}, "e": [None, {"f": None}]}
    assert without_nulls(given) == {"b": {"d": 1}, "e": [None, {}]}

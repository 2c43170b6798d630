"""Names in brackets into trees."""

import pytest

from gateway.validate.brackets import MAX_DEPTH, Conflict, Path, last_bracket, nest
from gateway.validate.styles import Tree


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("a[b]", ("a", "b")),
        ("a[b][c]", ("a[b]", "c")),
        ("a[]", ("a", "")),
        ("a", None),
        ("a[b", None),
        ("a]", None),
        ("[b]", None),
        ("a[b]c", None),
    ],
)
def test_last_bracket(name: str, split: tuple[str, str] | None) -> None:
    assert last_bracket(name) == split


@pytest.mark.parametrize(
    ("fields", "tree"),
    [
        ([((), "1")], "1"),
        ([((), "1"), ((), "2")], ["1", "2"]),
        ([((), "1"), (("",), "2")], ["1", "2"]),
        ([(("",), "1"), (("",), "2"), ((), "3")], ["1", "2", "3"]),
        ([(("0",), "1"), (("1",), "2")], {"0": "1", "1": "2"}),
        ([(("b", "c"), "1"), (("b", "d"), "2")], {"b": {"c": "1", "d": "2"}}),
        ([(("b", ""), "1"), (("b", ""), "2")], {"b": ["1", "2"]}),
        ([(("b",), "1"), (("b",), "2")], {"b": ["1", "2"]}),
        (
            [(("", "x"), "1"), (("", "y"), "2"), (("", "x"), "3")],
            [{"x": "1", "y": "2"}, {"x": "3"}],
        ),
        (
            [(("", "t", ""), "1"), (("", "t", ""), "2"), (("", "n"), "3")],
            [{"t": ["1", "2"], "n": "3"}],
        ),
        ([(("", "x", "y"), "1"), (("", "x", "z"), "2")], [{"x": {"y": "1", "z": "2"}}]),
        ([(("", ""), "1"), (("", ""), "2")], [["1"], ["2"]]),
    ],
)
def test_nest(fields: list[tuple[Path, str]], tree: Tree) -> None:
    assert nest(fields) == tree


@pytest.mark.parametrize(
    "fields",
    [
        [((), "1"), (("b",), "2")],
        [(("b",), "2"), ((), "1")],
        [(("b",), "1"), (("",), "2")],
        [(("",), "1"), (("b",), "2")],
        [(("b",), "1"), (("b", "c"), "2")],
        [(("",), "1"), (("0",), "2")],
        [(("b",) * (MAX_DEPTH + 1), "1")],
    ],
)
def test_fields_that_do_not_fit(fields: list[tuple[Path, str]]) -> None:
    with pytest.raises(Conflict, match="must"):
        nest(fields)

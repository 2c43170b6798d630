"""The Cookie header."""

import pytest

from gateway.validate.cookies import cookie_pairs


@pytest.mark.parametrize(
    ("fields", "pairs"),
    [
        ([], []),
        ([""], []),
        (["a=1"], [("a", "1")]),
        (["a=1; b=2;c=3"], [("a", "1"), ("b", "2"), ("c", "3")]),
        (["a=1", "b=2"], [("a", "1"), ("b", "2")]),
        (["a=b=c"], [("a", "b=c")]),
        (['a="1 2"; b="'], [("a", "1 2"), ("b", '"')]),
        (["a=; b"], [("a", "")]),
        (["Path=/; a[0]=x:y; $Version=1"], [("Path", "/"), ("a[0]", "x:y"), ("$Version", "1")]),
        (["a=%41+b"], [("a", "%41+b")]),
        (["a=1; a=2"], [("a", "1"), ("a", "2")]),
    ],
)
def test_pairs(fields: list[str], pairs: list[tuple[str, str]]) -> None:
    assert cookie_pairs(fields) == pairs

"""Query strings into pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.validate.query import MAX_PAIRS, BadQuery, query_pairs, raw_pairs, unescaped


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        (b"", []),
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a=1&a=2", [("a", "1"), ("a", "2")]),
        (b"a", [("a", "")]),
        (b"a=", [("a", "")]),
        (b"=1", [("", "1")]),
        (b"&&a=1&&", [("a", "1")]),
        (b"a=b=c", [("a", "b=c")]),
        (b"a=b+c%2B%20d", [("a", "b c+ d")]),
        (b"in%63lude%5B%5D=%C3%A9", [("include[]", "é")]),
        ("a=é".encode(), [("a", "é")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
        (b"a=%2541", [("a", "%41")]),
        (b"a=%00", [("a", "\0")]),
    ],
)
def test_pairs(query: bytes, pairs: list[tuple[str, str]]) -> None:
    assert query_pairs(query) == pairs


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (b"x=1&a=%zz", "a"),
        (b"a=%4", "a"),
        (b"a=%", "a"),
        (b"a=%E9", "a"),
        (b"a=%ED%A0%80", "a"),
        (b"%zz=1", ""),
        (b"a=\xe9", ""),
        (b"a&" * MAX_PAIRS, ""),
    ],
)
def test_what_cannot_be_read_is_told_with_its_name(query: bytes, name: str) -> None:
    with pytest.raises(BadQuery) as caught:
        query_pairs(query)
    assert caught.value.name == name
    assert str(caught.value)


def test_raw_pairs_keep_their_escapes() -> None:
    assert raw_pairs(b"a%5B%5D=x%2Cy+z&b") == [("a%5B%5D", "x%2Cy+z"), ("b", "")]


def test_a_plus_is_a_space_in_queries_only() -> None:
    assert unescaped("a+b%20c") == "a+b c"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(query: bytes) -> None:
    try:
        pairs = query_pairs(query)
    except BadQuery:
        return
    assert len(pairs) == len(raw_pairs(query))

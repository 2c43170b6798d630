import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.actions.budget import (
    BUDGET,
    FLAG,
    PARTS,
    REST,
    Paging,
    fit,
    fit_text,
    paging_of,
    size_of,
    written,
)

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS | st.text() | st.builds(lambda text, n: text * n, st.text(), st.integers(0, 500)),
    lambda inner: st.lists(inner, max_size=40) | st.dictionaries(st.text(), inner, max_size=20),
    max_leaves=40,
)


@settings(max_examples=100, deadline=None)
@given(VALUES, st.sampled_from([2_700, 3_000, 5_000, 20_000]))
def test_any_answer_fits_and_is_json(value: Any, budget: int) -> None:
    found = fit(value, budget, url="https://relay.example.com/x")
    text = written(found.value)
    assert len(text) <= budget
    assert json.loads(text) == json.loads(written(found.value))
    if size_of(value) <= budget:
        assert found.value is value
        assert found.cuts == ()
    else:
        assert found.cuts
        assert found.value[FLAG] is True
        assert found.value[REST]


def test_what_fits_is_as_it_was() -> None:
    value = {"data": ["x" * 89_000]}
    assert fit(value).value is value
    assert BUDGET == 90_000


def test_lists_keep_whole_items_from_the_front() -> None:
    value = {"object": "list", "data": [{"id": n, "text": "y" * 50} for n in range(5000)]}
    found = fit(value).value
    count = len(found["data"])
    assert found["data"] == value["data"][:count]
    assert found["object"] == "list"
    assert size_of(found) > 80_000, "the room is used"
    assert found[PARTS] == [{"at": "/data", "unit": "items", "kept": count, "of": 5000}]


def test_a_large_member_does_not_push_small_ones_out() -> None:
    value = {"first": "a" * 200_000, "second": "b" * 200_000, "usage": {"tokens": 7}, "id": "x"}
    found = fit(value).value
    assert (found["usage"], found["id"]) == ({"tokens": 7}, "x")
    assert 40_000 < len(found["first"]) < 45_000
    assert found["first"].endswith("…")
    assert [part["at"] for part in found[PARTS]] == ["/first", "/second"]


def test_texts_deep_inside_are_cut() -> None:
    value = {"output": [{"content": [{"type": "text", "text": "word " * 50_000}]}]}
    found = fit(value).value
    text = found["output"][0]["content"][0]["text"]
    assert len(text) > 80_000
    assert found[PARTS] == [
        {
            "at": "/output/0/content/0/text",
            "unit": "characters",
            "kept": len(text) - 1,
            "of": 250_000,
        }
    ]


@pytest.mark.parametrize("value", [["x" * 100] * 2000, "y" * 100_000])
def test_a_root_that_is_no_object(value: Any) -> None:
    found = fit(value).value
    assert found[FLAG] is True
    assert size_of(found["data"]) > 80_000


def test_more_members_than_fit() -> None:
    value = {f"name-{n}": n for n in range(20_000)}
    found = fit(value).value
    assert found["name-0"] == 0
    assert "name-19999" not in found
    assert found[PARTS][0]["unit"] == "members"


def test_what_is_too_deep() -> None:
    value: Any = "end"
    for _ in range(500):
        value = [value]
    found = fit({"deep": value, "text": "x" * 100_000})
    assert size_of(found.value) <= BUDGET
    assert found.value["text"].startswith("xxx")


def test_characters_that_json_escapes_count_as_such() -> None:
    assert size_of(fit({"a": '"\n\\\x00' * 50_000}).value) <= BUDGET
    assert size_of(fit({"a": "😀ä" * 90_000}).value) <= BUDGET


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("limit", "after"), ["limit=", "after=tree-"]),
        (("page_size", "page"), ["page_size=", "go on with page."]),
        (("cursor",), ["Call again with cursor=tree-"]),
        ((), ["The whole answer"]),
    ],
)
def test_how_to_get_the_rest(names: tuple[str, ...], words: list[str]) -> None:
    value = {"data": [{"id": f"tree-{n}", "text": "y" * 500} for n in range(500)]}
    url = "https://relay.example.com/-/downloads/a/b?c"
    said = fit(value, paging=paging_of(names), url=url).value[REST]
    assert all(word in said for word in words), said
    assert said.endswith(url)


def test_nothing_helps() -> None:
    said = fit({"text": "x" * 100_000}).value[REST]
    assert said == "Ask for less: name one item, or narrow the question."
    assert paging_of(("id", "order")) == Paging()


def test_a_text_ends_with_a_sentence() -> None:
    text = "This is one sentence. " * 10_000
    found = fit_text(text, url="https://relay.example.com/x")
    assert len(found) <= BUDGET
    head, _, note = found.rpartition("\n")
    assert head.endswith("sentence.")
    assert note.startswith("[truncated: 220,000 characters in all. The whole answer")
    assert fit_text("short") == "short"


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=200, max_size=3000), st.integers(200, 1000))
def test_any_text_fits(text: str, budget: int) -> None:
    assert len(fit_text(text, budget)) <= budget

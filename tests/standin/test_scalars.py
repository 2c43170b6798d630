from itertools import islice
from random import Random

import pytest

from gateway.standin.formats import UNIX_START
from gateway.standin.scalars import boolean, integers, is_absent, numbers, strings


def first(values):
    return next(iter(values))


@pytest.mark.parametrize(
    ("keywords", "name", "value"),
    [
        ({}, "", 1),
        ({}, "index", 0),
        ({}, "created_at", UNIX_START),
        ({"minimum": 5}, "", 5),
        ({"maximum": -2}, "", -2),
        ({"multipleOf": 8, "minimum": 9}, "", 16),
    ],
)
def test_integers(keywords, name, value):
    assert value in islice(integers(keywords, name, 0), 3)


def test_variants_differ():
    assert len({first(integers({}, "", variant)) for variant in range(5)}) == 5
    assert len({first(numbers({}, "", variant)) for variant in range(5)}) == 5
    between = {"minimum": 0, "maximum": 1}
    assert len({first(numbers(between, "", variant)) for variant in range(5)}) == 5
    assert len({first(strings({}, "a", variant, Random(1))) for variant in range(5)}) == 5


def test_strings_fit_their_lengths():
    for least, most in ((0, 3), (40, 40), (300, None), (0, 0)):
        keywords = {"minLength": least} | ({"maxLength": most} if most is not None else {})
        text = first(strings(keywords, "name", 0, Random(1)))
        assert least <= len(text) <= (most if most is not None else 400)


def test_names_hint_at_the_text():
    assert first(strings({}, "email", 0, Random(1))) == "user@example.com"
    assert first(strings({}, "batch_id", 0, Random(1))).startswith("batch_")


def test_lists_do_not_go_on_for_ever():
    assert boolean("has_more", 0) is False
    assert boolean("deleted", 0) is True
    assert boolean("has_more", 1) is True


def test_some_members_are_usually_null():
    assert is_absent("error")
    assert is_absent("next_page")
    assert not is_absent("name")

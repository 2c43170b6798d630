import re
from random import Random

import pytest

from gateway.standin.patterns import NoPattern, make_match

PATTERNS = [
    r"^[a-zA-Z0-9_-]+$",
    r"^(?:\d{3}-){2}\d{4}$",
    r"^a|b$",
    r"^\w+\s\W\D\S\d$",
    r"^[^a-z]{2,3}$",
    r"^[^\d\s]{5}$",
    r"^(x)\1$",
    r"^a{0}b?c*d+$",
    r"^\u00e9[\u4e00-\u9fff]$",
    r"^.{3}\.$",
    r"^(?P<a>x)(?P=a)$",
    r"^[\S\W]{2}$",
    r"",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("more", [0, 1, 9])
def test_makes_a_match(pattern, more):
    assert re.search(pattern, make_match(pattern, Random(1), more))


@pytest.mark.parametrize(
    ("pattern", "match"),
    [
        (r"^\p{Lu}\p{L}+\p{N}$", r"[A-Z][a-z]+[0-9]"),
        (r"^[\p{L}\p{N}_]{4}$", r"[a-z0-9_]{4}"),
        (r"^(?<year>\d{4})-\k<year>$", r"(\d{4})-\1"),
        (r"^\u{1F600}$", "\U0001f600"),
        (r"^[^]{2}$", r"[\s\S]{2}"),
    ],
)
def test_reads_ecma_262(pattern, match):
    assert re.fullmatch(match, make_match(pattern, Random(1)))


def test_more_makes_it_longer():
    assert len(make_match("^[a-z]+$", Random(1), 50)) >= 50


def test_the_same_random_state_makes_the_same_string():
    first, second = (make_match(r"^[^a]{20}$", Random(7)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "*"])
def test_an_unreadable_expression_is_said_to_be_one(pattern):
    with pytest.raises(NoPattern):
        make_match(pattern, Random(1))

"""What is proven by writing it back is what the strict parser takes, and the same value."""

import json
import random
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.errors import RelayError
from gateway.validate.round_trip import DEPTH, UNPROVEN, proven
from gateway.validate.strict_json import parse_strictly
from tests.validate.json_texts import FLOATS, NUMBERS, texts


def same(one, other):
    """Tell whether two values are equal, with their types, signs and order of names."""
    return repr(one) == repr(other)


def holds(data):
    """Check one text; return whether it was proven."""
    value = proven(data)
    if value is UNPROVEN:
        return False
    try:
        strict = parse_strictly(data)
    except RelayError as error:
        pytest.fail(f"proven, but refused: {error.message} {data!r}")
    assert same(value, strict), data
    return True


@settings(max_examples=800, deadline=None)
@given(texts())
@example('{"a":1,"a":1,"b":"\\u003a"}')
@example('{"a": {"b": 1, "b": 2}, "c": "::\\u003a"}')
@example('{"a": 20000000000000000000}')
@example("[20000000000000000000]")
def test_what_is_proven_is_strict(text):
    holds(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=800, deadline=None)
@given(texts(), st.integers(0, 2**32), st.integers(1, 3))
def test_what_is_proven_of_mutated_bytes_is_strict(text, seed, times):
    chance = random.Random(seed)
    data = bytearray(text.encode())
    for _ in range(times):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((0, 1, 1, 4)))
        start = chance.randrange(len(data) + 1)
        other = (bytes([chance.randrange(256)]), data[start : start + chance.randrange(9)], b"")
        data[at:end] = chance.choice(other)
    holds(bytes(data))


@given(st.binary(max_size=12))
def test_what_is_proven_of_any_bytes_is_strict(data):
    holds(data)


@given(st.lists(FLOATS.map(repr) | st.from_regex(r"[1-9][0-9]{0,30}\.[0-9]{1,30}", fullmatch=True)))
def test_fractions_are_the_same_to_the_last_bit(numbers):
    holds(f"[{','.join(numbers)}]".encode())


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("form", ["%s", '{"a":%s}', '[0, %s, "x"]', '{"a": [%s]}\n'])
def test_numbers_at_the_edges(number, form):
    holds((form % number).encode())


@pytest.mark.parametrize(("before", "after"), [("[", "]"), ('{"a":', "}"), ('[{"a": ', "}]")])
@pytest.mark.parametrize("inner", ["1", "[]", "{}"])
def test_nesting_is_proven_to_the_depth_of_the_strict_parser(before, after, inner):
    for times in range(90, 270):
        deep = times * len(after) + (inner != "1")
        text = before * times + inner + after * times
        assert holds(text.encode()) is (deep <= DEPTH), deep


CHAT = {
    "model": "m",
    "temperature": 0.7,
    "messages": [{"role": "user", "content": "Voilà: a\nb"}] * 9,
}


@pytest.mark.parametrize(
    "form",
    [
        {"separators": (",", ":"), "ensure_ascii": False},
        {"separators": (",", ":")},
        {"ensure_ascii": False},
        {},
        {"indent": 2},
    ],
)
def test_the_usual_ways_to_write_are_proven(form):
    data = json.dumps(CHAT, **form).encode()
    assert holds(data)
    assert holds(data + b"\n")


@given(texts())
def test_most_texts_that_are_strict_are_proven(text):
    data = text.encode()
    try:
        parse_strictly(data)
    except RelayError:
        return
    unusual = re.search(r"\\u003|\d[eE]|\d{16}|e\+", text)
    assert holds(data) or unusual


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a": 1, "a": 2, "b": "\\u003a"}',
        b'{"a":1,"\\u0061":1}',
        b'[{"a":{"b":1,"c":2,"b":1}}]',
        b"[1e999]",
        b"[NaN]",
        b'["\\ud800"]',
        b'["\xff"]',
        b"\xef\xbb\xbf[]",
        b'["\t"]',
        b"[01]",
        b"[18446744073709551616]",
        b"[-9223372036854775809]",
        b"[ 18446744073709551616 ]",
        b"[ -9223372036854775809 ]",
        b"",
        b"[" * 100_000,
    ],
)
def test_what_is_not_proven(data):
    assert proven(data) is UNPROVEN

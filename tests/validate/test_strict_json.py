"""JSON, without what two parsers could read in different ways."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RelayError
from gateway.validate.strict_json import parse_json, parse_strictly
from tests.costs import calls_of

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
BLANKS = [(",", ":"), (", ", ": ")]


def refusal(data, parse=parse_json):
    with pytest.raises(RelayError) as caught:
        parse(data)
    assert (caught.value.code, caught.value.status) == ("invalid_json", 400)
    return caught.value.message


@given(VALUES)
def test_it_reads_what_the_standard_library_writes(value):
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"secret":1,"secret":2}', "a name stands twice"),
        (b'{"a":{"\\u0062":1,"b":2}}', "a name stands twice"),
        (b"NaN", "another character"),
        (b"[-Infinity]", "a number is malformed"),
        (b"1e999", "a number is out of range"),
        (b'{"a":[1,{"b":-1e999}]}', "a number is out of range"),
        (b"[[1.5,2e308]]", "a number is out of range"),
        (b"1" * 400 + b".5", "a number is out of range"),
        (b"[" * 199 + b"-1e999" + b"]" * 199, "a number is out of range"),
        (b'{"a":' * 199 + b"1e999" + b"}" * 199, "a number is out of range"),
        (b"1" * 10_000, "a number is too long"),
        (b"\xef\xbb\xbf{}", "a byte order mark"),
        (b'"secret\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'"\\ud800"', "surrogate"),
        (b'"\\udc00"', "surrogate"),
        (b'"\\ud83d\\u0041"', "surrogate"),
        (b"[" * 200_000, "nested more than 200 deep"),
        (b'{"a":' * 200_000, "nested more than 200 deep"),
        (b'{"secret"', "ends too early"),
        (b'{"a":1,}', "a comma has nothing after it"),
        (b"{} secret", "something follows"),
        (b"01", "a number is malformed"),
        (b'"a\tb"', "a control character"),
        (b"'secret'", "another character"),
        (b"", "ends too early"),
        (b"\x00", "another character"),
    ],
)
def test_what_is_refused_and_why(data, reason):
    message = refusal(data)
    assert reason in message
    assert "secret" not in message


def test_the_place_is_told():
    assert "(line 2, column 7)" in refusal(b'{"a": 1,\n "b": x}')


@pytest.mark.parametrize("data", [b"1" * 4000, b"1.7976931348623157e308", b"-1e-999", b"[1e2]"])
def test_numbers_that_fit_are_taken(data):
    assert parse_json(data) == json.loads(data)


def asked(data):
    """Return which functions of the JSON libraries `parse_json` calls for a text."""
    names = calls_of(lambda: parse_json(data))
    return {each for each in ("from_json", "loads", "dumps") if names[f"built-in {each}"]}


@pytest.mark.parametrize(
    "said",
    [
        "Tell me something long, please. ",
        "At 10:30: see https://example.com, please: it ",
        '{"id": 7, "name": "x"}, ',
        '{"id":7,"name":"x"},',
    ],
)
@pytest.mark.parametrize("separators", BLANKS)
def test_a_large_chat_is_read_once_and_not_written(said, separators):
    message = {"role": "user", "content": said * 32}
    chat = {"model": "m", "messages": [message] * 200}
    assert asked(json.dumps(chat, separators=separators).encode()) == {"from_json"}


def many_messages(text, separators):
    """Make a chat of many small messages, each a list with one part."""
    content = [{"type": "text", "text": text}]
    chat = {"messages": [{"role": "user", "content": content}] * 500}
    return json.dumps(chat, separators=separators).encode()


@pytest.mark.parametrize(
    "last",
    [
        *(b'{"a":1,"a":2}', b"1e999", b"NaN", b'"\xff"', b'"\\ud800"', b"01", b"[1,]", b'"\t"'),
        *(b"[" * 300 + b"]" * 300, b"1" * 5000, b"", b"1}", b'{"a":"\\u003a","b":1,"b":2}'),
    ],
)
def test_a_text_of_many_members_is_refused_in_the_same_words(last):
    data = many_messages("hello", (", ", ": "))[:-1] + b',\n"last": ' + last + b"}"
    assert refusal(data) == refusal(data, parse_strictly)


@pytest.mark.parametrize("text", ["short", "Line one, nothing to escape here", "x: é\n" * 9])
@pytest.mark.parametrize("separators", BLANKS)
def test_a_text_of_many_members_is_read_without_the_strict_parser(text, separators):
    data = many_messages(text, separators)
    assert parse_json(data) == parse_strictly(data)
    assert asked(data) == {"loads", "dumps"}


@pytest.mark.parametrize("separators", BLANKS)
def test_messages_of_medium_length_are_proven_if_they_are_compact(separators):
    proven = separators == (",", ":")
    assert asked(many_messages("x" * 270, separators)) == (
        {"loads", "dumps"} if proven else {"from_json"}
    )


@pytest.mark.parametrize("odd", ["1e999", "[[-1e999]]", '{"b": [{"c": 1e999}]}'])
@pytest.mark.parametrize("place", [0, 11, 19])
def test_one_number_out_of_range_among_many_objects(odd, place):
    many = ['{"a": 1.5, "b": {"c": "x"}}'] * 20
    many[place] = f'{{"a": 1, "d": {odd}}}'
    assert "out of range" in refusal(f"[{', '.join(many)}]".encode())
    assert parse_json(f"[{', '.join(many)}]".replace(odd, "2").encode())[place]["d"] == 2

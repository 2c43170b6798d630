"""JSON texts of all kinds, right and wrong, for the checks that two parsers agree on them."""

from hypothesis import strategies as st

NUMBERS = [
    *(
        "0",
        "-0",
        "1",
        "-1",
        "0.0",
        "-0.0",
        "1.5",
        "1e5",
        "1E+5",
        "1e-07",
        "1e22",
        "1.0e300",
        "0.10",
    ),
    *("1e308", "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "-1e999", "1e-999"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"),
    *(
        "18446744073709551615",
        "18446744073709551616",
        "10000000000000000000",
        "1" * 30,
        "-" + "9" * 25,
    ),
    *(
        "1" * 308,
        "1" * 400,
        "1" * 5000,
        "2.5e-324",
        "0." + "3" * 40,
        "5e-324",
        "123456789012345680.0",
    ),
    *(
        "20000000000000000000",
        "100000000000000000000",
        "1.2345678901234568e+22",
        "1e+19",
        "01",
        "1.",
    ),
    *(".5", "+1", "1e", "NaN", "Infinity", "-Infinity", "0x1", "--1", "1e400000000000000000000"),
]
PIECES = [
    *(
        "a",
        "b",
        ":",
        ":",
        "\\u003a",
        "\\u003A",
        "\\\\u003a",
        "+",
        "e+",
        "1e+5",
        '\\"',
        "\\\\",
        "\\/",
    ),
    *(
        "\\n",
        "\\b",
        "\\u0000",
        "\\u001F",
        "\\u0041",
        "\\u0061",
        "\\u00e9",
        "é",
        "😀",
        "\\ud83d\\ude00",
    ),
    *(
        "\\ud83d",
        "\\ude00",
        "\\ud83d\\u0041",
        "\\u2028",
        "\u2028",
        "\x7f",
        "null",
        " ",
        ", ",
        '": ',
    ),
    *("\\x41", "\\U0041", "\n", "\x00", "{", "}", "[", "]", ",", "\ufeff", "\\u005c", "\\u0022"),
]
# Most of a text must be right, or no text is.
RIGHT = ["a", "b", "c", ":", "+", "\\u0041", "\\u00e9", "é", "\\n", "\\\\", "x y", "\\u003a"]
STRINGS = st.lists(st.sampled_from(RIGHT), max_size=3) | st.lists(
    st.sampled_from(PIECES), max_size=2
)
FLOATS = st.floats(-1e9, 1e9) | st.floats(allow_nan=False, allow_infinity=False)
SPACES = st.sampled_from(["", "", "", " ", " ", "\n", "\t", "\r\n", "  "])


@st.composite
def texts(draw, depth=3):
    """Draw a JSON text whose objects often repeat a name, in any of the ways to write it."""
    space = draw(SPACES)
    kind = draw(st.sampled_from(["object", "object", "array", "string", "number", "word"]))
    if depth == 0 and kind in ("object", "array"):
        kind = "string"
    if kind == "string":
        return f'{space}"{"".join(draw(STRINGS))}"'
    if kind == "number":
        usual = st.integers(-9, 99).map(str) | FLOATS.map(repr)
        return space + draw(usual | st.sampled_from(NUMBERS))
    if kind == "word":
        return space + draw(st.sampled_from(["true", "false", "null"]))
    size = draw(st.integers(0, 3))
    if kind == "array":
        return f"{space}[{','.join(draw(texts(depth - 1)) for _ in range(size))}{space}]"
    members = []
    for _ in range(size):
        name = draw(st.sampled_from(["a", "b", "\\u0061", "c", "a:b", "a\\u003ab", "", "role"]))
        members.append(f'{space}"{name}"{draw(SPACES)}:{draw(texts(depth - 1))}')
    return f"{space}{{{','.join(members)}{draw(SPACES)}}}"

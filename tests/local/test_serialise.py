import pytest

from gateway.contract.model import Style
from gateway.local.serialise import (
    Unwritable,
    brackets,
    fields,
    joined,
    percent,
    plain,
    scalar,
    single,
)

LIST = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


# The table of OpenAPI 3.1.0, section 4.8.12.2; labels that are not exploded follow RFC 6570.
@pytest.mark.parametrize(
    ("style", "explode", "value", "text"),
    [
        ("simple", False, "blue", "blue"),
        ("simple", False, LIST, "blue,black,brown"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
        ("label", False, "blue", ".blue"),
        ("label", False, LIST, ".blue,black,brown"),
        ("label", True, LIST, ".blue.black.brown"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, LIST, ";color=blue,black,brown"),
        ("matrix", True, LIST, ";color=blue;color=black;color=brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
    ],
)
def test_single(style: Style, explode: bool, value: object, text: str) -> None:
    assert single("color", value, style, explode, plain) == text


@pytest.mark.parametrize(
    ("style", "explode", "value", "query"),
    [
        ("form", True, "blue", b"color=blue"),
        ("form", True, LIST, b"color=blue&color=black&color=brown"),
        ("form", False, LIST, b"color=blue,black,brown"),
        ("form", True, OBJECT, b"R=100&G=200&B=150"),
        ("form", False, OBJECT, b"color=R,100,G,200,B,150"),
        ("spaceDelimited", False, LIST, b"color=blue%20black%20brown"),
        ("pipeDelimited", False, LIST, b"color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", False, OBJECT, b"color=R%7C100%7CG%7C200%7CB%7C150"),
        ("deepObject", True, OBJECT, b"color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        ("deepObject", True, LIST[:1], b"color%5B0%5D=blue"),
    ],
)
def test_fields(style: Style, explode: bool, value: object, query: bytes) -> None:
    assert joined(fields("color", value, style, explode)) == query


def test_an_item_is_escaped_and_its_separator_is_not() -> None:
    assert joined(fields("q", ["a,b", "c&d"], "form", False)) == b"q=a%2Cb,c%26d"


def test_a_path_value_is_escaped_whole() -> None:
    assert single("id", "../a b/ü", "simple", False, percent) == "..%2Fa%20b%2F%C3%BC"


def test_brackets() -> None:
    value = {"a": {"b": True}, "list": [1, 2], "items": [{"x": 1}, {"x": 2}], "none": None}
    assert [name.replace("%5B", "[").replace("%5D", "]") for name, _ in brackets("p", value)] == [
        *("p[a][b]", "p[list][]", "p[list][]", "p[items][0][x]", "p[items][1][x]")
    ]


def test_scalars() -> None:
    assert [scalar(value) for value in ("x", True, False, 7, 1.5)] == [
        *("x", "true", "false", "7", "1.5")
    ]


@pytest.mark.parametrize("value", [None, [], {}])
def test_what_is_no_scalar(value: object) -> None:
    with pytest.raises(Unwritable):
        scalar(value)


def test_nesting_is_bounded() -> None:
    value: object = "x"
    for _ in range(50):
        value = {"a": value}
    with pytest.raises(Unwritable, match="deep"):
        brackets("a", value)

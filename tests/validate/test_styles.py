"""Serialised arrays and objects into trees, by the table of OpenAPI 3.1.0, 4.8.12.4."""

import pytest

from gateway.contract.model import Style
from gateway.validate.styles import BadStyle, Form, Tree, decode, delimited

ARRAY: Tree = ["blue", "black", "brown"]
OBJECT: Tree = {"R": "100", "G": "200", "B": "150"}


@pytest.mark.parametrize(
    ("style", "explode", "text", "tree"),
    [
        ("simple", False, "blue", "blue"),
        ("simple", False, "blue,black,brown", ARRAY),
        ("simple", True, "blue,black,brown", ARRAY),
        ("simple", False, "R,100,G,200,B,150", OBJECT),
        ("simple", True, "R=100,G=200,B=150", OBJECT),
        ("label", False, ".blue", "blue"),
        ("label", False, ".", ""),
        ("label", False, ".blue,black,brown", ARRAY),
        ("label", True, ".blue.black.brown", ARRAY),
        ("label", False, ".R,100,G,200,B,150", OBJECT),
        ("label", True, ".R=100.G=200.B=150", OBJECT),
        ("matrix", False, ";color=blue", "blue"),
        ("matrix", True, ";color", ""),
        ("matrix", False, ";color=blue,black,brown", ARRAY),
        ("matrix", True, ";color=blue;color=black;color=brown", ARRAY),
        ("matrix", False, ";color=R,100,G,200,B,150", OBJECT),
        ("matrix", True, ";R=100;G=200;B=150", OBJECT),
        ("form", True, "blue", "blue"),
        ("form", True, "blue,black", ["blue,black"]),
        ("form", False, "blue,black,brown", ARRAY),
        ("form", False, "R,100,G,200,B,150", OBJECT),
        ("spaceDelimited", False, "blue black brown", ARRAY),
        ("spaceDelimited", False, "R 100 G 200 B 150", OBJECT),
        ("spaceDelimited", True, "blue black", ["blue black"]),
        ("pipeDelimited", False, "blue|black|brown", ARRAY),
        ("pipeDelimited", False, "R|100|G|200|B|150", OBJECT),
        ("pipeDelimited", True, "blue|black", ["blue|black"]),
        ("deepObject", True, "blue", "blue"),
    ],
)
def test_the_likeliest_tree(style: Style, explode: bool, text: str, tree: Tree) -> None:
    form: Form = "scalar"
    if isinstance(tree, list):
        form = "array"
    elif isinstance(tree, dict):
        form = "object"
    assert decode(text, style, explode, form, name="color")[0] == tree


@pytest.mark.parametrize(
    ("style", "explode", "form", "text"),
    [
        ("label", False, "scalar", "blue"),
        ("label", False, "array", ""),
        ("matrix", False, "scalar", "color=blue"),
        ("matrix", False, "scalar", ";colour=blue"),
        ("matrix", False, "array", ";colour=blue"),
        ("matrix", True, "array", ";color=blue;colour=black"),
        ("matrix", True, "object", ";R=100;G"),
        ("simple", False, "object", "R,100,G"),
        ("simple", True, "object", "R,100"),
        ("simple", True, "object", "R=1,R=2"),
        ("simple", False, "object", "R,1,R,2"),
        ("form", True, "object", "R"),
        ("deepObject", True, "object", "R"),
    ],
)
def test_a_text_not_in_its_style(style: Style, explode: bool, form: Form, text: str) -> None:
    with pytest.raises(BadStyle, match="must"):
        decode(text, style, explode, form, name="color")


def test_unexploded_labels_are_read_both_ways() -> None:
    assert decode(".a.b", "label", False, "array") == [["a.b"], ["a", "b"]]
    assert decode(".R.1.G.2", "label", False, "object") == [{"R": "1", "G": "2"}]


def test_an_escaped_comma_is_part_of_its_item_first() -> None:
    both = decode("a,b", "form", False, "array", raw="a%2cb")
    assert both == [["a,b"], ["a", "b"]]
    assert decode("a,b,c d", "form", False, "array", raw="a%2Cb,c+d")[0] == ["a,b", "c d"]
    assert decode("a,b", "form", False, "array", raw="a,b") == [["a", "b"]]


def test_no_text_is_no_item_or_an_empty_one() -> None:
    assert decode("", "form", False, "array") == [[], [""]]
    assert decode("", "form", True, "array") == [[""]]
    assert decode("", "simple", False, "object") == [{}]
    assert decode(";color", "matrix", False, "array", name="color") == [[]]


def test_a_name_and_an_equals_sign_in_an_item() -> None:
    assert decode("R=a=b,G=", "simple", True, "object") == [{"R": "a=b", "G": ""}]


def test_delimited() -> None:
    assert delimited("form", False)
    assert not delimited("form", True)
    assert not delimited("deepObject", True)

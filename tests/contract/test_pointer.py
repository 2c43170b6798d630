import pytest

from gateway.contract.pointer import (
    escape,
    follow,
    pointer_of,
    reference,
    resolve,
    tokens,
    unescape,
)

TREE = {"a/b": {"m~n": [10, {"": "empty"}]}, "p%q": 1, "«x» y": 2, "0": "zero"}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", TREE),
        ("/a~1b/m~0n/0", 10),
        ("/a~1b/m~0n/1/", "empty"),
        ("/p%q", 1),
        ("/«x» y", 2),
        ("/0", "zero"),
    ],
)
def test_resolve(pointer: str, value: object) -> None:
    assert resolve(TREE, pointer) == value


@pytest.mark.parametrize(
    "pointer", ["/x", "/a~1b/m~0n/2", "/a~1b/m~0n/-1", "/a~1b/m~0n/²", "/p%q/x", "a", "Foo"]
)
def test_a_pointer_that_leads_nowhere(pointer: str) -> None:
    with pytest.raises(LookupError):
        resolve(TREE, pointer)


@pytest.mark.parametrize("name", ["a/b", "~", "~1", "%", "«x» y", "{id}", "a^|b", ""])
def test_a_reference_is_a_uri_and_comes_back(name: str) -> None:
    said = reference(f"/components/{escape(name)}")
    assert said.isascii()
    assert not set(said) & set(' {}^|«»"<>\\`')
    pointer = pointer_of(said)
    assert pointer is not None
    assert tokens(pointer) == ["components", name]
    assert unescape(escape(name)) == name


@pytest.mark.parametrize("said", ["#Foo", "x.yaml#/a", "http://h/#/a", ""])
def test_what_is_no_pointer(said: str) -> None:
    assert pointer_of(said) is None


def test_follow() -> None:
    tree = {
        "a": {"$ref": "#/b"},
        "b": {"$ref": "#/c%25"},
        "c%": {"end": True},
        "loop": {"$ref": "#/loop"},
        "lost": {"$ref": "#/nowhere"},
        "out": {"$ref": "other.yaml"},
    }
    assert follow(tree, tree["a"]) == ({"end": True}, "/c%")
    assert follow(tree, {"no": "reference"}) == ({"no": "reference"}, None)
    assert follow(tree, tree["loop"]) == ({}, "/loop")
    assert follow(tree, tree["lost"]) == ({}, "/nowhere")
    assert follow(tree, tree["out"]) == ({}, None)
    assert follow(tree, True) == (True, None)

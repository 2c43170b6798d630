import ast

from codegen.literals import Source, called, literal


def test_a_short_value_stands_on_its_line() -> None:
    assert literal({"a": [1, None, True], "b": "é\n"}) == '{"a": [1, None, True], "b": "é\\n"}'


def test_a_long_value_is_broken_and_reads_back() -> None:
    value = {"texts": ["some text of length " * 3] * 3, "n": [{"k": 1.5, "e": [], "d": {}}] * 9}
    text = literal(value)
    assert ast.literal_eval(text) == value
    assert max(map(len, text.splitlines())) <= 88


def test_calls() -> None:
    assert called("f", [("", "x"), ("a", 1), ("b", Source("g()"))]) == 'f("x", a=1, b=g())'
    assert called("f", []) == "f()"
    long = called("client.create", [("text", "word " * 20), ("n", 2)])
    assert long.splitlines()[0] == "client.create("
    assert long.splitlines()[-2:] == ["    n=2,", ")"]

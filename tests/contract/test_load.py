from pathlib import Path

import pytest

from gateway.contract.load import parse_document, read_text
from gateway.errors import StartError

PATH = Path("api.yaml")


def fault(text: str, path: Path = PATH) -> str:
    with pytest.raises(StartError) as caught:
        parse_document(text, path)
    (problem,) = caught.value.problems
    assert problem.mend
    return f"{problem.place}: {problem.message}"


def test_json_by_its_name_or_its_first_character() -> None:
    assert parse_document('{"a": 1}', Path("a.json")) == ({"a": 1}, [])
    assert parse_document('{"a": 1}', PATH) == ({"a": 1}, [])
    assert parse_document("{a: no}", PATH) == ({"a": "no"}, [])


@pytest.mark.parametrize("text", ["a: 1\na: 2", '{"a": 1, "a": 2}'])
def test_a_key_that_stands_twice_is_told(text: str) -> None:
    tree, (problem,) = parse_document(text, PATH)
    assert tree == {"a": 2}
    assert problem.place == "api.yaml"
    assert problem.message.startswith("The key 'a' ")
    assert not problem.fatal


def test_what_cannot_be_read_is_told_with_its_line() -> None:
    assert fault("a: 1\nb: [") == (
        "api.yaml: The file is not YAML: did not find expected node content (line 3, column 1)."
    )
    assert "line 1 column 7" in fault('{"a": nope}', Path("a.json"))
    assert "NaN is no value of JSON" in fault('{"a": NaN}', Path("a.json"))
    assert "control characters are not allowed" in fault("\x00")
    assert fault("") == "api.yaml: The file is empty."
    assert fault("[1]") == "api.yaml: The file is not a mapping."
    assert fault('{"a":' * 100_000, Path("a.json")) == "a.json: The file is nested too deeply."


def test_files_that_are_no_text(tmp_path: Path) -> None:
    utf16 = tmp_path / "utf16.yaml"
    utf16.write_bytes("a: é".encode("utf-16"))
    for path, words in (
        (utf16, "not UTF-8"),
        (tmp_path / "gone.yaml", "No such file"),
        (tmp_path, "directory"),
    ):
        with pytest.raises(StartError) as caught:
            read_text(path)
        assert words in caught.value.problems[0].message


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read_text(path) == ("a: 1", b"\xef\xbb\xbfa: 1")


def test_a_template_is_data() -> None:
    tree, _ = parse_document("a: '{{ 1 + 1 }} {% if x %}'", PATH)
    assert tree == {"a": "{{ 1 + 1 }} {% if x %}"}

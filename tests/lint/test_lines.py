import json

import pytest

from codegen.lint.lines import lines_of

YAML = """\
openapi: 3.1.0
paths:
  /a~b: &item
    get:
      tags:
        - one
        - {name: two}
  ? /c
  : *item
  /a~b:
    "200": {x: 1}
"""
PLACES = {
    "": 1,
    "/openapi": 1,
    "/paths": 2,
    "/paths/~1a~0b/get/tags/0": 6,
    "/paths/~1a~0b/get/tags/1/name": 7,
    "/paths/~1c": 8,
    "/paths/~1a~0b/200/x": 11,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_place_has_its_line(place: str) -> None:
    assert lines_of(YAML, [place]) == {place: PLACES[place]}


def test_a_place_that_is_not_written_out_has_the_line_of_what_holds_it() -> None:
    assert lines_of(YAML, ["/paths/~1c/get/tags", "/nothing/at/all"]) == {
        "/paths/~1c/get/tags": 8,
        "/nothing/at/all": 1,
    }


def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    assert lines_of(YAML, ["/paths/~1a~0b"]) == {"/paths/~1a~0b": 10}


def test_json_has_lines_too() -> None:
    text = json.dumps({"paths": {"/x": [{"a": "tab\t"}, 2]}}, indent=2)
    assert lines_of(text, ["/paths/~1x/1", "/paths/~1x/0/a"]) == {
        "/paths/~1x/1": 7,
        "/paths/~1x/0/a": 5,
    }


@pytest.mark.parametrize("text", ["a: [", "", "{{{", "\x00"])
def test_text_that_cannot_be_read_has_no_lines(text: str) -> None:
    assert lines_of(text, ["/a", ""]) in ({}, {"/a": 1, "": 1})

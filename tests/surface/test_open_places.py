from typing import Any

import pytest

from tests.surface.open_places import openness

OPEN_PART = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"type": "string", "not": {"enum": ["text", "image"]}}},
    "x-open-set": True,
}
DOCUMENT: dict[str, Any] = {
    "text": {
        "type": "object",
        "properties": {"type": {"const": "text"}, "voice": {"$ref": "#/voice"}},
    },
    "image": {
        "type": "object",
        "properties": {"type": {"enum": ["image"]}, "voice": {"enum": ["low", "high"]}},
    },
    "voice": {"type": "string", "x-open-set": True},
    "part": {"anyOf": [{"$ref": "#/text"}, {"$ref": "#/image"}, OPEN_PART]},
}
SCHEMA = {
    "properties": {
        "parts": {"type": "array", "items": {"$ref": "#/part"}},
        "more": {"additionalProperties": {"allOf": [{"$ref": "#/voice"}]}},
        "mode": {"enum": ["a", "b"]},
    }
}
VALUE = {
    "parts": [{"type": "text", "voice": "x"}, {"type": "image", "voice": "low"}],
    "more": {"any": "x"},
    "mode": "a",
}


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (("mode",), None),
        (("parts", 0, "voice"), set()),
        (("parts", 1, "voice"), None),  # the value is meant for the member with a closed set
        (("parts", 0, "type"), {"text", "image"}),
        (("more", "any"), set()),
    ],
)
def test_a_set_is_open_where_it_is_marked(path: tuple[Any, ...], known: set[str] | None) -> None:
    assert openness(SCHEMA, DOCUMENT, VALUE, path) == known


def test_the_whole_value_may_be_open() -> None:
    assert openness({"$ref": "#/voice"}, DOCUMENT, "x", ()) == set()

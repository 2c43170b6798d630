from typing import Any

import pytest

from codegen.strict import Unfit, accepts_null, strict_form


def root(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_what_is_optional_is_required_and_takes_null() -> None:
    schema = {
        **root(
            a={"type": "string", "description": "An a."},
            b={"type": "integer", "minimum": 1},
            c={"enum": ["x", "y"], "type": "string"},
            d={"const": 1},
            e={"anyOf": [{"type": "string"}, {"type": "number"}], "description": "Either."},
        ),
        "required": ["a"],
    }
    assert strict_form(schema) == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "description": "An a."},
            "b": {"type": ["integer", "null"], "minimum": 1},
            "c": {"enum": ["x", "y", None], "type": ["string", "null"]},
            "d": {"anyOf": [{"const": 1}, {"type": "null"}]},
            "e": {
                "anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}],
                "description": "Either.",
            },
        },
        "required": ["a", "b", "c", "d", "e"],
        "additionalProperties": False,
    }


def test_objects_within_are_closed_too() -> None:
    inner = {"type": "array", "items": {**root(x={"type": "string"}), "required": ["x"]}}
    form = strict_form({**root(a=inner), "required": ["a"]})
    assert form["properties"]["a"]["items"]["additionalProperties"] is False


def test_one_of_becomes_any_of() -> None:
    form = strict_form({**root(a={"oneOf": [{"type": "string"}, {"const": 0}]}), "required": ["a"]})
    assert form["properties"]["a"] == {"anyOf": [{"type": "string"}, {"const": 0}]}


def test_what_has_no_keyword_is_said() -> None:
    said = {"type": "string", "maxLength": 5, "default": "x", "format": "uri", "title": "A"}
    form = strict_form({**root(a={**said, "description": "An a."}), "required": ["a"]})
    text = "An a. At most 5 characters. Default: x. Format: uri."
    assert form["properties"]["a"] == {"type": "string", "description": text}


def test_a_format_of_the_subset_stays() -> None:
    form = strict_form({**root(a={"type": "string", "format": "uuid"}), "required": ["a"]})
    assert form["properties"]["a"] == {"type": "string", "format": "uuid"}


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "string"}, "the root is not an object"),
        (root(a={}), "/a takes any value"),
        (root(a=True), "/a takes any value or none"),
        (root(a={"type": "array"}), "/a takes any items"),
        (root(a={"type": "object"}), "/a takes members of any name"),
        (root(a={**root(b={"const": 1}), "additionalProperties": {}}), "members of any name"),
        (root(a={"allOf": [{"type": "string"}]}), "/a has allOf"),
        (root(a={"type": "string", "not": {"const": "x"}}), "/a has not"),
        (root(a={"type": ["string", "null"]}), "/a may be null and may be left out"),
    ],
)
def test_what_would_lose_something_does_not_fit(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unfit, match=reason):
        strict_form(schema)


def test_a_closed_empty_object_fits() -> None:
    assert strict_form({**root(), "additionalProperties": False})["required"] == []


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {**root(a={"type": "string"}), "required": ["a"]}
    for _ in range(levels - 1):
        schema = {**root(a={"type": "array", "items": schema}), "required": ["a"]}
    return schema


def test_ten_levels_fit_and_eleven_do_not() -> None:
    assert strict_form(nested(10))
    with pytest.raises(Unfit, match="10 levels"):
        strict_form(nested(11))


def test_a_thousand_enum_values_fit_and_more_do_not() -> None:
    many = {"type": "integer", "enum": list(range(1000))}
    assert strict_form({**root(a=many), "required": ["a"]})
    with pytest.raises(Unfit, match="1000 enum values"):
        strict_form(root(a=many))  # optional: null is one more


def test_too_many_properties_do_not_fit() -> None:
    wide = {f"p{number}": {"type": "string"} for number in range(5001)}
    with pytest.raises(Unfit, match="5000 properties"):
        strict_form({"type": "object", "properties": wide, "required": list(wide)})


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, True),
        ({"type": "string"}, False),
        ({"type": ["string", "null"]}, True),
        ({"type": ["string", "null"], "enum": ["a"]}, False),
        ({"const": None}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"anyOf": [{"type": "string"}]}, False),
    ],
)
def test_null(schema: dict[str, Any], expected: bool) -> None:
    assert accepts_null(schema) is expected

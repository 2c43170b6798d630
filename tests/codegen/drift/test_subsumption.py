from typing import Any

import pytest

from codegen.drift.sides import Side
from codegen.drift.subsumption import Subsumption
from tests.codegen.drift.comparing import components, gaps, to, told

TEXT = {"type": "string"}
NUMBER = {"type": "number"}


def an(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def tagged(name: str, **properties: Any) -> dict[str, Any]:
    return {**an(type={"const": name}, **properties), "required": ["type"]}


TAKEN = [
    (TEXT, TEXT),
    (TEXT, {}),
    ({"type": "integer"}, NUMBER),
    ({"enum": ["a", "b"]}, TEXT),
    ({"enum": ["a", "b"]}, {"enum": ["b", "a", "c"]}),
    ({"enum": [1, 2]}, {"type": "integer", "maximum": 2}),
    ({"type": "boolean"}, {"enum": [True, False]}),
    ({"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "minimum": 1}),
    ({"type": "string", "minLength": 2}, {"type": "string", "minLength": 1}),
    (TEXT, {"anyOf": [{"enum": ["a"]}, {"type": "string", "not": {"enum": ["a"]}}]}),
    (TEXT, {"anyOf": [NUMBER, TEXT]}),
    ({"type": ["string", "null"]}, {"anyOf": [TEXT, {"type": "null"}]}),
    ({"allOf": [an(a=TEXT), {"required": ["a"]}]}, {**an(a=TEXT), "required": ["a"]}),
    ({"anyOf": [tagged("a"), tagged("b")]}, {**an(type={"enum": ["a", "b"]})}),
    (
        {**an(type={"enum": ["a", "b"]}), "required": ["type"]},
        {"anyOf": [tagged("a"), tagged("b")]},
    ),
    ({"properties": {"a": TEXT}}, an(a=TEXT)),  # the type was left out
    ({"type": "array", "items": {"enum": ["a"]}}, {"type": "array", "items": TEXT}),
    ({**an(), "required": ["a"]}, {"type": "object", "minProperties": 1}),
    (
        {"type": "object", "additionalProperties": {"enum": ["a"]}},
        {"type": "object", "additionalProperties": TEXT},
    ),
    (
        {**an(a=TEXT, b=TEXT), "required": ["a", "b"]},
        {**an(a=TEXT, b=TEXT), "dependentRequired": {"a": ["b"]}},
    ),
]


@pytest.mark.parametrize(("vendor", "ours"), TAKEN)
def test_what_ours_takes_is_no_gap(vendor: Any, ours: Any) -> None:
    assert told(vendor, ours) == []


REFUSED = [
    (TEXT, NUMBER, "", "does not take string here"),
    ({"type": ["string", "null"]}, TEXT, "", "does not take null here"),
    (NUMBER, {"type": "integer"}, "", "does not take number here"),
    (TEXT, {"enum": ["a"]}, "", 'takes only `"a"` here'),
    ({"enum": ["a", "b"]}, {"enum": ["a"]}, "", 'does not take `"b"` here'),
    (NUMBER, {"type": "number", "maximum": 2}, "", "`maximum`: 2 here, none there"),
    (
        {"type": "number", "minimum": 0},
        {"type": "number", "exclusiveMinimum": 0},
        "",
        "`minimum`: 0, itself out here, 0 there",
    ),
    (TEXT, {"type": "string", "maxLength": 3}, "", "`maxLength`: 3 here, none there"),
    (TEXT, {"type": "string", "pattern": "^a"}, "", "`pattern`: `^a` here, none there"),
    (TEXT, {"type": "string", "not": {"const": "x"}}, "", 'does not take `"x"` here'),
    (an(a=TEXT), {**an(a=TEXT), "required": ["a"]}, "/a", "is required here only"),
    (an(a=TEXT), an(a=NUMBER), "/a", "does not take string here"),
    (
        {"type": "object"},
        {"type": "object", "additionalProperties": False},
        "",
        "does not take members that it does not declare here",
    ),
    (an(a=TEXT), {**an(), "additionalProperties": False}, "/a", "does not take this member here"),
    (
        {"type": "array", "items": TEXT},
        {"type": "array", "items": TEXT, "minItems": 1},
        "",
        "`minItems`: 1 here, none there",
    ),
    (
        {"type": "array", "items": TEXT},
        {"type": "array", "items": NUMBER},
        "[]",
        "does not take string here",
    ),
    (
        {"anyOf": [tagged("a"), tagged("c")]},
        {"anyOf": [tagged("a"), tagged("b")]},
        "",
        "does not take the form type=c here",
    ),
    (
        {"anyOf": [tagged("a"), tagged("b", n=NUMBER)]},
        {"anyOf": [tagged("a"), tagged("b", n=TEXT)]},
        "(type=b)/n",
        "does not take number here",
    ),
    (
        an(a=TEXT, b=TEXT),
        {**an(a=TEXT, b=TEXT), "dependentRequired": {"a": ["b"]}},
        "/a",
        "requires b here only",
    ),
    (
        {"type": "object", "propertyNames": {"maxLength": 9}},
        {"type": "object", "propertyNames": {"maxLength": 8}},
        "/*name",
        "`maxLength`: 8 here, 9 there",
    ),
]


@pytest.mark.parametrize(("vendor", "ours", "place", "text"), REFUSED)
def test_what_ours_refuses_is_told_with_its_place(
    vendor: Any, ours: Any, place: str, text: str
) -> None:
    assert ("refused", place, text) in told(vendor, ours)


UNDECIDED = [
    ({"type": "string", "pattern": "^ab"}, {"type": "string", "pattern": "^a"}),
    ({"type": "object"}, {"type": "object", "if": {"required": ["a"]}, "then": {}}),
    ({"type": "array"}, {"type": "array", "contains": TEXT}),
    ({"enum": [{"a": 1}]}, an(a=NUMBER)),
    ({"enum": ["a"]}, {"type": "string", "not": {"pattern": "b"}}),
]


@pytest.mark.parametrize(("vendor", "ours"), UNDECIDED)
def test_what_cannot_be_told_is_undecided(vendor: Any, ours: Any) -> None:
    assert {kind for kind, _, _ in told(vendor, ours)} == {"undecided"}


def test_a_member_that_is_not_declared_is_unknown() -> None:
    assert told(an(a=TEXT, b=TEXT), an(a=TEXT)) == [("unknown", "/b", "is not declared here")]


def test_too_many_forms_are_undecided() -> None:
    union = {"anyOf": [an(**{f"a{n}": TEXT}) for n in range(30)]}
    assert told(TEXT, {"allOf": [union, union, union]}) == [
        ("undecided", "", "has too many forms to be compared")
    ]


def test_schemas_that_hold_themselves_end() -> None:
    there = components(Tree=an(name=TEXT, twigs={"type": "array", "items": to("Tree")}))
    here = components(Plant=an(name=TEXT, twigs={"type": "array", "items": to("Plant")}))
    assert gaps(to("Tree"), to("Plant"), there, here) == []
    here["components"]["schemas"]["Plant"]["properties"]["name"] = NUMBER
    (gap,) = gaps(to("Tree"), to("Plant"), there, here)
    assert (gap.root, gap.place, gap.text) == ("Plant", "/name", "does not take string here")


def test_a_branch_that_was_tried_within_an_open_pair_is_judged_anew() -> None:
    there = components(A=an(next={"anyOf": [to("A"), {"type": "null"}]}, name=TEXT))
    here = components(
        B=an(next={"anyOf": [to("B"), {"type": "null"}]}, name=NUMBER),
        Pair=an(b=to("B"), again=to("B")),
    )
    pair = {**an(b=to("A"), again=to("A"))}
    found = gaps(pair, to("Pair"), there, here)
    assert {(gap.root, gap.place) for gap in found} == {("B", "/name")}


def test_gaps_are_told_under_our_component() -> None:
    here = components(Cat=tagged("cat", lives={"type": "integer", "maximum": 9}))
    (gap,) = gaps(tagged("cat", lives={"type": "integer"}), {"anyOf": [to("Cat"), TEXT]}, {}, here)
    assert (gap.root, gap.place) == ("Cat", "/lives")


def test_what_the_vendors_form_has_no_words_for_is_not_compared() -> None:
    either = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    ours = {**an(a={"type": "string", "maxLength": 3}, b=TEXT), **either}
    here = Side({}, frozenset(("maxLength", "anyOf/required")))
    compared = Subsumption(Side({}, vague=True), here, outer_is_here=True)
    assert compared.gaps(an(a=TEXT, b={}), ours) == []
    assert gaps(an(a=TEXT), ours) != []

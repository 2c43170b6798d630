from typing import Any

from tests.surface.schema_graph import ENDLESS, SchemaGraph

TREE: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "kind": {"enum": ["leaf", "branch"]},
        "below": {"type": "array", "items": {"$ref": "#/tree"}},
    },
}


def graph_of(schema: Any, document: dict[str, Any] | None = None) -> SchemaGraph:
    graph = SchemaGraph(document or {})
    graph.add(schema)
    graph.settle()
    return graph


def test_the_choices_of_a_schema_are_those_below_it() -> None:
    graph = graph_of(TREE, {"tree": TREE})
    # Three properties, two members, the first item; the recursion adds none.
    assert graph.choices_below(TREE).bit_count() == len(graph.bits) == 6
    assert graph.choices_below(TREE["properties"]["kind"]).bit_count() == 2
    assert graph.choices_below(TREE["properties"]["name"]) == 0


def test_types_are_choices_only_where_no_value_is_given() -> None:
    assert graph_of({"type": ["string", "null"]}).choices_below(False) == 0
    assert len(graph_of({"type": ["string", "null"]}).bits) == 2
    assert len(graph_of({"type": ["string", "null"], "const": None}).bits) == 0


def test_the_height_is_that_of_the_flattest_value() -> None:
    assert graph_of(TREE, {"tree": TREE}).height[id(TREE)] == 1
    union = {"anyOf": [TREE, {"type": "null"}]}
    assert graph_of(union, {"tree": TREE}).height[id(union)] == 0


def test_what_holds_itself_has_no_end() -> None:
    endless = {"type": "object", "required": ["me"], "properties": {"me": {"$ref": "#/e"}}}
    assert graph_of(endless, {"e": endless}).height[id(endless)] == ENDLESS


def test_a_choice_is_named_by_its_property() -> None:
    graph = graph_of(TREE, {"tree": TREE})
    member = next(bit for choice, bit in graph.bits.items() if choice[1] == "enum")
    assert graph.label(member) == "kind: enum 0"


def test_enums_and_constants_are_counted_once() -> None:
    assert graph_of(TREE, {"tree": TREE}).enums() == {id(TREE["properties"]["kind"])}

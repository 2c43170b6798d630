from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from tests.surface.instances import DEEPEST, LARGEST, InstanceMaker
from tests.surface.schema_graph import SchemaGraph

PART: dict[str, Any] = {
    "anyOf": [
        {
            "type": "object",
            "required": ["type", "text"],
            "properties": {"type": {"const": "text"}, "text": {"type": "string", "maxLength": 5}},
        },
        {
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": {"enum": ["group"]},
                "parts": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/part"}},
            },
        },
    ]
}
SCHEMA: dict[str, Any] = {
    "$defs": {"part": PART, "named": {"properties": {"name": {"type": "string", "minLength": 2}}}},
    "type": "object",
    "allOf": [{"$ref": "#/$defs/named"}, {"required": ["name"]}],
    "properties": {
        "part": {"$ref": "#/$defs/part"},
        "mode": {"type": ["string", "null"], "enum": ["slow", "fast", None]},
        "tags": {"type": "object", "additionalProperties": {"type": ["string", "integer"]}},
        "ratio": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    },
}


def graph_of(schema: dict[str, Any]) -> SchemaGraph:
    graph = SchemaGraph(schema)
    graph.add(schema)
    graph.settle()
    return graph


def test_instances_are_valid_and_each_choice_is_made() -> None:
    graph, validator = graph_of(SCHEMA), Draft202012Validator(SCHEMA)
    maker = InstanceMaker(graph, Random(3))
    wanted = graph.choices_below(SCHEMA)
    for _ in range(200):
        goal = wanted & -wanted
        instance = maker.make(SCHEMA, goal, wanted)
        validator.validate(instance.value)
        assert not goal & ~instance.choices
        wanted &= ~instance.choices
    assert not wanted


def test_the_same_seed_makes_the_same_instances() -> None:
    graph = graph_of(SCHEMA)
    every = graph.choices_below(SCHEMA)
    first, second = (
        [maker.make(SCHEMA, 0, every).value for _ in range(20)]
        for maker in (InstanceMaker(graph, Random(9)), InstanceMaker(graph, Random(9)))
    )
    assert first == second


def test_depth_and_size_are_bounded() -> None:
    maker = InstanceMaker(graph_of(SCHEMA), Random(1))
    every = graph_of(SCHEMA).choices_below(SCHEMA)
    for _ in range(300):
        spots = maker.make(SCHEMA, 0, every).spots
        assert max(len(spot.path) for spot in spots) <= DEEPEST + 3
        assert len(spots) <= 2 * LARGEST


def test_without_room_only_what_is_required_is_made() -> None:
    instance = InstanceMaker(graph_of(SCHEMA), Random(2)).make(SCHEMA, 0, 0, room=0)
    assert instance.value.keys() == {"name"}


def test_each_part_is_a_spot_with_what_its_schema_asks() -> None:
    instance = InstanceMaker(graph_of(SCHEMA), Random(2)).make(SCHEMA, 0, 0, room=0)
    assert [spot.path for spot in instance.spots] == [(), ("name",)]
    assert instance.spots[1].facts.limits == {"minLength": 2}

from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from tests.surface.instances import InstanceMaker
from tests.surface.mutations import Mutant, mutants, value_at, with_value
from tests.surface.schema_graph import SchemaGraph

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "size", "list"],
    "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 8},
        "size": {"type": "integer", "exclusiveMinimum": 0, "maximum": 10},
        "list": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"enum": ["a", "b"]}},
    },
    "additionalProperties": False,
}


def made() -> tuple[Any, list[Mutant]]:
    graph = SchemaGraph(SCHEMA)
    graph.add(SCHEMA)
    graph.settle()
    instance = InstanceMaker(graph, Random(4)).make(SCHEMA, 0, 0)
    return instance.value, list(mutants(instance, Random(4)))


def test_each_rule_is_broken_once_and_only_it() -> None:
    value, found = made()
    validator = Draft202012Validator(SCHEMA)
    validator.validate(value)
    words = {"required": "required", "type": "type", "enum": "enum"}
    for mutant in found:
        errors = [error.validator for error in validator.iter_errors(mutant.value)]
        assert words.get(mutant.kind, mutant.name) in errors
    names = [(each.kind, each.name) for each in found]
    assert [name for kind, name in names if kind == "required"] == ["name", "size", "list"]
    limits = ["minLength", "maxLength", "maximum", "exclusiveMinimum", "minItems", "maxItems"]
    assert [name for kind, name in names if kind == "range"] == limits
    assert ("enum", "") in names


def test_the_instance_stays_as_it_is() -> None:
    before, _ = made()
    value, _ = made()
    assert value == before
    assert with_value({"a": [1, 2]}, ("a", 1), 5) == {"a": [1, 5]}
    assert value_at({"a": [1, 2]}, ("a", 1)) == 2


def test_rules_of_one_place_are_told_apart() -> None:
    _, found = made()
    items = [each for each in found if each.path[:1] == ("list",) and each.kind == "range"]
    assert len({each.rule for each in items}) == len(items)

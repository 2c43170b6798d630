from gateway.standin.echo import echo, said_by
from gateway.standin.examples import ExampleMaker

SCHEMA = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "n": {"type": "integer"}, "left_out": {}},
    "required": ["id", "n"],
}


def test_members_that_fit_are_repeated_and_others_are_not():
    value = {"id": "a", "n": 1}
    said = {"id": "b", "n": "no number", "left_out": 2, "unknown": 3}
    made = echo(value, SCHEMA, ExampleMaker({}), said)
    assert made == {"id": "b", "n": 1, "left_out": 2}
    assert value == {"id": "a", "n": 1}


def test_only_objects_repeat():
    assert echo([1], True, ExampleMaker({}), {"id": 1}) == [1]


def test_a_last_parameter_names_the_object(things):
    operation = things.operations["getThing"]
    assert said_by(operation, ("t-1",), {}) == {"thing_id": "t-1", "id": "t-1"}
    assert said_by(things.operations["makeThing"], (), {"a": 1}) == {"a": 1}

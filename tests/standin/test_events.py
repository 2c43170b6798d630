from gateway.standin.events import encode, sample_events
from gateway.standin.examples import ExampleMaker


def test_encode():
    assert encode({"a": "é"}) == 'data: {"a": "é"}\n\n'.encode()
    assert encode("one\ntwo", "name") == b"event: name\ndata: one\ndata: two\n\n"
    assert encode("") == b"data: \n\n"


def test_a_schema_that_is_an_event_with_its_data():
    member = {
        "type": "object",
        "required": ["event", "data"],
        "properties": {"event": {"const": "thread.created"}, "data": {"const": {"id": 1}}},
    }
    events = sample_events({"schema": {"oneOf": [member]}}, ExampleMaker({}), "")
    assert events == [b'event: thread.created\ndata: {"id": 1}\n\n']


def test_a_schema_without_branches_makes_three():
    events = sample_events({"schema": {"type": "integer"}}, ExampleMaker({}), "")
    assert events == [b"data: 1\n\n"] * 3


def test_done_only_where_it_is_said():
    stream = {"events": [{"data": 1}]}
    assert sample_events({"x-stream": stream}, ExampleMaker({}), "") == [b"data: 1\n\n"]
    done = sample_events({"x-stream": {**stream, "done": True}}, ExampleMaker({}), "")
    assert done[-1] == b"data: [DONE]\n\n"

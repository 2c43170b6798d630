import pytest

from gateway.standin.answers import choose, is_json


def operation(contract_of, responses):
    contract = contract_of({"/a": {"get": {"operationId": "a", "responses": responses}}})
    return contract.operations["a"]


def content(*names):
    return {"description": "", "content": {name: {} for name in names}}


@pytest.mark.parametrize(
    ("responses", "status"),
    [
        ({"404": content(), "202": content(), "200": content()}, 202),
        ({"2XX": content()}, 200),
        ({"default": content()}, 200),
        ({"400": content()}, 200),
    ],
)
def test_the_first_2xx_else_the_default(contract_of, responses, status):
    assert choose(operation(contract_of, responses), "", {}, {}).status == status


@pytest.mark.parametrize(
    ("status", "media_type"),
    [(404, "application/json"), (418, "text/plain"), (500, None), (204, None)],
)
def test_an_asked_status_is_answered_as_declared(contract_of, status, media_type):
    responses = {
        "200": content("image/png"),
        "404": content("application/json"),
        "4XX": content("text/plain"),
    }
    choice = choose(operation(contract_of, responses), "", {}, {}, status)
    assert (choice.status, choice.media_type) == (status, media_type)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("application/json;q=0.1, text/*", "text/csv"),
        ("text/csv;q=0, */*", "application/json"),
        ("IMAGE/PNG", "image/png"),
        ("image/png;q=nonsense", "application/json"),
        ("application/unknown", "application/json"),
        (";;,", "application/json"),
    ],
)
def test_accept(contract_of, accept, media_type):
    responses = {"200": content("text/csv", "application/json; charset=utf-8", "image/*")}
    assert choose(operation(contract_of, responses), accept, {}, {}).media_type == media_type


def test_when_decides_alone(contract_of):
    stream = {"x-stream": {"when": {"property": "live", "equals": "yes"}, "events": []}}
    declared = {"text/event-stream": stream, "application/json": {}}
    found = operation(contract_of, {"200": {"description": "", "content": declared}})
    for members, name in (
        ({"live": "yes"}, "text/event-stream"),
        ({"stream": True}, "application/json"),
        ({"live": True}, "application/json"),
    ):
        assert choose(found, "text/event-stream", members, {}).media_type == name


@pytest.mark.parametrize(
    ("members", "query", "streams"),
    [
        ({"stream": True}, {}, True),
        ({"stream": "true"}, {}, True),
        ({}, {"stream": "true"}, True),
        ({"stream": 1}, {}, False),
        ({"stream": None}, {}, False),
    ],
)
def test_stream_true_in_body_or_query(contract_of, members, query, streams):
    found = operation(contract_of, {"200": content("application/json", "text/event-stream")})
    choice = choose(found, "*/*", members, query)
    assert (choice.media_type == "text/event-stream") == streams


def test_an_event_stream_that_stands_alone_needs_no_asking(contract_of):
    found = operation(contract_of, {"200": content("text/event-stream")})
    assert choose(found, "", {"stream": False}, {}).media_type == "text/event-stream"


def test_is_json():
    assert is_json("application/problem+JSON; charset=utf-8")
    assert not is_json("application/jsonl")

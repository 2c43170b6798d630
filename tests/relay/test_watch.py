"""What is read of a response: token counts, and what does not meet the document."""

import json
from typing import Any

import pytest

from gateway.contract.model import Contract
from gateway.exchange import Exchange
from gateway.relay.watch import (
    BOUND,
    ResponseChecks,
    Watch,
    declared_answer,
    token_counts,
    watch_for,
)
from tests.rawhttp import chunk, respond
from tests.relay.gateways import compiled, relaying

SCHEMA = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
ANSWERS = {
    "200": {"description": "ok", "content": {"application/json": {"schema": SCHEMA}}},
    "4XX": {"description": "wrong"},
    "default": {"description": "else"},
}
POLICY = {"response": "report", "usage": "openai"}
PATHS = {"/x": {"get": {"responses": ANSWERS, "x-gateway": POLICY}}}
CONTRACT: Contract = compiled(PATHS)
JSON = [(b"content-type", b"Application/JSON; charset=utf-8")]
EVENTS = [(b"content-type", b"text/event-stream")]


def noted(body: bytes, pairs: list[tuple[bytes, bytes]], pieces: int = 1) -> Exchange:
    checks = ResponseChecks(CONTRACT.check_for)
    watch = watch_for(CONTRACT.operations["get_x"], 200, dict(pairs), checks)
    assert isinstance(watch, Watch)
    size = len(body) // pieces or 1
    for start in range(0, len(body), size):
        watch.feed(body[start : start + size])
    exchange = Exchange("req_1", "GET")
    watch.note(exchange)
    return exchange


def test_counts_of_a_body() -> None:
    body = json.dumps({"id": 1, "usage": {"total_tokens": 3, "note": "x", "odd_name": 1}}).encode()
    exchange = noted(body, JSON, pieces=5)
    assert (exchange.usage, exchange.drift) == ({"total_tokens": 3}, ())


def test_counts_of_the_last_event() -> None:
    events = (
        b'data: {"usage": null}\n\n' + b'data: {"response": {"usage": {"input_tokens": 1}}}\n\n'
    )
    assert noted(events + b"data: [DONE]\n\n", EVENTS).usage == {"input_tokens": 1}


def test_of_a_long_stream_the_end_counts() -> None:
    events = b": x\n" * (BOUND // 2) + b'data: {"usage": {"output_tokens": 2}}\n\n'
    assert noted(events, EVENTS, pieces=7).usage == {"output_tokens": 2}


def test_drift_is_told_by_the_schemas_place() -> None:
    (place,) = noted(b'{"id": "secret", "usage": 1}', JSON).drift
    assert place.startswith("/paths/")
    assert "secret" not in place


@pytest.mark.parametrize("body", [b"{", b'{"id":1, "usage":', b" " * (BOUND + 1) + b'{"usage":1}'])
def test_what_cannot_be_read_is_not_judged(body: bytes) -> None:
    exchange = noted(body, JSON, pieces=3)
    assert (exchange.usage, exchange.drift) == (None, ())


@pytest.mark.parametrize(
    "pairs", [[], [(b"content-type", b"text/html")], [*JSON, (b"content-encoding", b"gzip")]]
)
def test_what_is_not_watched(pairs: list[tuple[bytes, bytes]]) -> None:
    checks = ResponseChecks(CONTRACT.check_for)
    assert watch_for(CONTRACT.operations["get_x"], 200, dict(pairs), checks) is None


@pytest.mark.parametrize(("status", "found"), [(200, "200"), (404, "4XX"), (500, "default")])
def test_the_answer_that_is_declared(status: int, found: str) -> None:
    answer = declared_answer(CONTRACT.operations["get_x"].answers, status)
    assert answer is not None
    assert answer.status == found
    assert declared_answer((), status) is None


@pytest.mark.parametrize("value", [None, 1, [], {"usage": 1}, {"usage": {"total_tokens": True}}])
def test_no_counts(value: Any) -> None:
    assert token_counts(value) == {}


def test_the_log_line_has_both() -> None:
    body = b'{"id": "no", "usage": {"total_tokens": 9}}'
    json_type = [("Content-Type", "application/json")]
    with relaying(PATHS, lambda _: respond(body, headers=json_type)) as (gateway, _):
        assert gateway.ask("GET", "/x").body == body
        line = gateway.line()
        assert line["usage"] == {"total_tokens": 9}
        assert len(line["drift"]) == 1
    events = [("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")]
    stream = respond(b"", headers=events, length=False) + chunk(b"data: " + body + b"\n\n")
    with relaying(PATHS, lambda _: stream + chunk(b"")) as (gateway, _):
        assert gateway.ask("GET", "/x").complete
        assert gateway.line()["usage"] == {"total_tokens": 9}

"""The log: one line per request with all there is to know, and never a key, a field or a body."""

import dataclasses
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from gateway.exchange import Exchange
from gateway.logs import JsonLines, PrettyLines, members, set_up_logs
from tests.rawhttp import RawRequest, chunk, respond
from tests.relay.gateways import KEY, Reply, relaying, request_bytes, taking
from tests.servers import Act

Make = Callable[[logging.LogRecord], bytes]
LOGGERS = ("", "specrelay", "uvicorn", "uvicorn.error")


@pytest.fixture
def restored() -> Iterator[None]:
    """Put the loggers back as they were."""
    before = [
        (logging.getLogger(name), logging.getLogger(name).level, logging.getLogger(name).filters[:])
        for name in LOGGERS
    ]
    handlers = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers = handlers
    for logger, level, filters in before:
        logger.setLevel(level)
        logger.filters = filters


def record(**extra: Any) -> logging.LogRecord:
    made = logging.LogRecord("specrelay.access", logging.INFO, __file__, 0, "request", None, None)
    made.__dict__.update(extra)
    return made


EXCHANGE = Exchange(
    request_id="req_1",
    method="GET",
    started=1.0,
    ended=1.5,
    upstream_sent=1.1,
    upstream_first=1.4,
    overhead=0.1,
    status=200,
    bytes_in=3,
    bytes_out=4,
    key_id="abcd",
    parent_id="req_0",
    upstream_id="theirs",
    usage={"total_tokens": 7},
    findings=("/a",),
    drift=("/b",),
    key=b"planted",
    body=b"planted",
)


def test_a_line_has_every_member() -> None:
    assert members(EXCHANGE) == {
        **{"request_id": "req_1", "parent_id": "req_0", "upstream_id": "theirs"},
        **{"status": 200, "method": "GET", "key": "abcd", "bytes_in": 3, "bytes_out": 4},
        **{"upstream_ms": 300.0, "total_ms": 500.0, "overhead_ms": 100.0},
        **{"outcome": "complete", "findings": ["/a"], "drift": ["/b"]},
        "usage": {"total_tokens": 7},
    }


def test_json_is_one_object_a_line() -> None:
    said = json.loads(JsonLines()(record(exchange=EXCHANGE)))
    assert said["time"].endswith("+00:00")
    assert (said["level"], said["logger"], said["status"]) == ("info", "specrelay.access", 200)


def test_what_is_rare_is_written_too() -> None:
    odd = dataclasses.replace(EXCHANGE, upstream_id="\udc80\u00fc", usage={"total_tokens": 2**70})
    line = JsonLines()(record(exchange=odd))
    said = json.loads(line)
    assert (said["upstream_id"], said["usage"]) == ("\udc80\u00fc", {"total_tokens": 2**70})
    plain = JsonLines()(record(exchange=EXCHANGE))
    assert json.loads(plain).keys() == said.keys()
    assert [each.find(b"\n") for each in (line, plain)] == [len(line) - 1, len(plain) - 1]


def test_pretty_is_a_line_for_people() -> None:
    line = PrettyLines("utf-8")(record(exchange=EXCHANGE))
    assert line.endswith(b" 200 GET (no operation) 500 ms (ours 100.0) 3 in 4 out req_1\n")
    assert line.count(b"\n") == 1


def test_pretty_escapes_what_the_encoding_lacks() -> None:
    made = logging.LogRecord("x", logging.INFO, __file__, 0, "\u00fc\udc80", None, None)
    assert PrettyLines("ascii")(made).endswith(rb" info \xfc\udc80" + b"\n")


@pytest.mark.parametrize("make", [JsonLines(), PrettyLines("utf-8")])
def test_a_trace_tells_where_and_never_what(make: Make) -> None:
    try:
        try:
            raise KeyError("planted")
        except KeyError as error:
            raise ValueError("planted") from error
    except ValueError:
        line = make(record(exc_info=sys.exc_info())).decode()
    assert "ValueError at test_a_trace_tells_where_and_never_what:" in line
    assert "KeyError" in line
    assert "planted" not in line


@pytest.mark.parametrize("make", [JsonLines(), PrettyLines("utf-8")])
def test_of_the_event_loop_only_what_happened_is_told(make: Make) -> None:
    text = "Task exception was never retrieved\nfuture: <Task exception=ValueError('planted')>"
    made = logging.LogRecord("asyncio", logging.ERROR, __file__, 0, text, None, None)
    line = make(made).decode()
    assert "Task exception was never retrieved" in line
    assert "planted" not in line


SECRET = "planted-secret"
ERRORS: dict[str, Any] = {
    "/x/{id}": {"get": {}, "post": taking("application/json", {"type": "object"})},
    "/cut": {"get": {}},
}


async def cut(request: RawRequest) -> AsyncIterator[bytes | Act]:
    headers = [("Transfer-Encoding", "chunked"), ("X-Theirs", SECRET)]
    yield respond(b"", headers=headers, length=False)
    yield chunk(SECRET.encode())
    yield Act.RESET


def answer(request: RawRequest) -> Any:
    if request.target == b"/cut":
        return cut(request)
    if b"garbage" in request.target:
        return f"HTTP/1.1 {SECRET}\r\nX: \x01{SECRET}\r\n\r\n".encode()
    return respond(SECRET.encode(), headers=[("Set-Cookie", SECRET), ("X-Theirs", SECRET)])


def requests() -> Iterator[bytes]:
    """Plant the secret everywhere, in requests that are relayed, refused and that fail."""
    lines = [f"X-Mine: {SECRET}", f"Cookie: a={SECRET}", f"Authorization: Bearer {SECRET}"]
    typed = [*lines, "Content-Type: application/json"]
    yield request_bytes("GET", f"/x/{SECRET}?q={SECRET}", lines)
    yield request_bytes("GET", f"/x/{SECRET}", lines, key=False)
    yield request_bytes("GET", f"/{SECRET}", lines)
    yield request_bytes("GET", f"/x/%zz{SECRET}", lines)
    yield request_bytes("PATCH", f"/x/{SECRET}", lines)
    yield request_bytes("GET", "/x/1", [*lines, f"X-Odd: {SECRET}".encode() + b"\xff"])
    yield request_bytes("GET", "/x/garbage", lines)
    for body in (f'"{SECRET}"', f'{{"{SECRET}": NaN}}', f'{{"a": "{SECRET}"}}'):
        yield request_bytes("POST", f"/x/{SECRET}", typed, body.encode())
    yield request_bytes("POST", "/x/1", [*lines, f"Content-Type: {SECRET}/{SECRET}"], b"x")
    yield request_bytes("GET", "/cut", lines)


@pytest.mark.parametrize("form", ["json", "pretty"])
def test_no_line_and_no_error_quotes_what_was_sent(
    form: Any, restored: None, capfd: pytest.CaptureFixture[str]
) -> None:
    handler = set_up_logs("debug", form)
    replies: list[Reply] = []
    with relaying(ERRORS, answer) as (gateway, _):
        planted = list(requests())
        replies += [gateway.send(data) for data in planted]
    handler.close()
    written = capfd.readouterr().err
    assert written.count("\n") >= len(planted)
    for word in (SECRET, KEY):
        assert word not in written
    for reply in replies:
        if reply.status != 200:
            text = reply.body.decode() + str(reply.headers)
            assert SECRET not in text, text
            assert KEY not in text
    assert [reply.status for reply in replies].count(200) == 3

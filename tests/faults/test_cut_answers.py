"""An answer that breaks off never looks whole: the connection is cut, after an event if it can."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from tests.rawhttp import chunk, respond
from tests.relay.gateways import KEY, Reply, relaying
from tests.servers import Act

EVENTS = [("Content-Type", "text/event-stream; charset=utf-8")]
CHUNKED = [("Transfer-Encoding", "chunked")]


def broken(
    parts: Sequence[bytes | Act | float], headers: Sequence[tuple[str, str]], idle: str = "10s"
) -> tuple[Reply, dict[str, Any]]:
    """Answer with these parts behind a head; return what the client got, and the log line.

    A number is a pause in seconds.
    """

    async def answer() -> AsyncIterator[bytes | Act]:
        yield respond(b"", headers=headers, length=False)
        for part in parts:
            if isinstance(part, float):
                await asyncio.sleep(part)
            else:
                yield part

    operation = {"get": {"x-gateway": {"timeouts": {"idle": idle}}}}
    with relaying({"/x": operation}, lambda request: answer()) as (gateway, _):
        return gateway.ask("GET", "/x"), gateway.line()


@pytest.mark.parametrize("act", [Act.CLOSE, Act.RESET])
def test_a_body_shorter_than_its_length(act: Act) -> None:
    reply, line = broken([b"half", act], [("Content-Length", "8")])
    assert (reply.status, reply.body, reply.complete) == (200, b"half", False)
    assert (line["outcome"], line["code"]) == ("upstream-cut", "upstream_disconnected")


@pytest.mark.parametrize("act", [Act.CLOSE, Act.RESET])
@pytest.mark.parametrize(
    "parts", [[chunk(b"half")], [chunk(b"half"), b"8\r\nha"], [chunk(b"half"), b"8\r"]]
)
def test_a_chunked_body_without_its_end(parts: list[bytes], act: Act) -> None:
    reply, line = broken([*parts, act], CHUNKED)
    assert reply.body.startswith(b"half")
    assert not reply.complete
    assert line["outcome"] == "upstream-cut"


def test_chunks_that_are_none() -> None:
    reply, line = broken([chunk(b"half"), 0.1, b"zz\r\nno\r\n", Act.CLOSE], CHUNKED)
    assert reply.body.startswith(b"half")
    assert not reply.complete
    assert line["outcome"] == "upstream-cut"


@pytest.mark.parametrize("headers", [CHUNKED, [("Content-Length", "8")], [*CHUNKED, *EVENTS]])
def test_an_upstream_that_stalls(headers: list[tuple[str, str]]) -> None:
    part = chunk(b"data: 1\n\n") if headers[0] == CHUNKED[0] else b"half"
    reply, line = broken([part, Act.HOLD], headers, idle="200ms")
    assert not reply.complete
    assert (line["outcome"], line["code"]) == ("timeout", "upstream_timeout")
    assert (b"upstream_timeout" in reply.body) == (len(headers) == 2)


def parsed_events(body: bytes) -> list[tuple[str, Any]]:
    """Read events as SDKs do: what no blank line ends is dropped."""
    events, name, data = [], "message", []
    for line in body.decode().splitlines():
        if not line:
            if data:
                events.append((name, json.loads("\n".join(data))))
            name, data = "message", []
        elif line.startswith("data:"):
            data.append(line[5:].strip())
        elif line.startswith("event:"):
            name = line[6:].strip()
    return events


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\r\r"])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_stream_cut_between_two_events_tells_of_it(end: str, count: int) -> None:
    parts = [chunk(f'data: {{"n": {n}}}{end}'.encode()) for n in range(count)]
    reply, line = broken([*parts, Act.RESET], [*CHUNKED, *EVENTS])
    assert not reply.complete
    *passed, (name, error) = parsed_events(reply.body)
    assert passed == [("message", {"n": n}) for n in range(count)]
    assert (name, error["error"]["code"]) == ("error", "upstream_disconnected")
    assert error["error"]["request_id"] == line["request_id"]
    assert line["outcome"] == "upstream-cut"


@pytest.mark.parametrize("rest", [b"data: {", b"data: {}\n", b": ping", b"data: {}\r\n", b"\n\nx"])
def test_a_stream_cut_inside_an_event_is_only_cut(rest: bytes) -> None:
    parts = [chunk(b"data: 1\n\n"), chunk(rest), Act.RESET]
    reply, line = broken(parts, [*CHUNKED, *EVENTS])
    assert (reply.body, reply.complete) == (b"data: 1\n\n" + rest, False)
    assert line["outcome"] == "upstream-cut"


def test_an_encoded_stream_is_only_cut() -> None:
    body = gzip.compress(b"data: 1\n\n")[:-4]
    reply, _ = broken([chunk(body), Act.RESET], [*CHUNKED, *EVENTS, ("Content-Encoding", "gzip")])
    assert (reply.body, reply.complete) == (body, False)


def test_a_stream_with_a_length_is_only_cut() -> None:
    reply, _ = broken([b"data: 1\n\n", Act.RESET], [("Content-Length", "99"), *EVENTS])
    assert (reply.body, reply.complete) == (b"data: 1\n\n", False)


def test_a_stream_without_framing_ends_with_the_connection() -> None:
    reply, line = broken([b"data: 1\n\n", Act.CLOSE], EVENTS)
    assert (reply.body, reply.complete) == (b"data: 1\n\n", True)
    assert line["outcome"] == "complete"


def test_event_streams_are_kept_from_caches_and_buffers() -> None:
    reply, _ = broken([chunk(b"data: 1\n\n"), chunk(b"")], [*CHUNKED, *EVENTS])
    assert reply.complete
    assert reply.values(b"cache-control") == [b"no-cache"]
    assert reply.values(b"x-accel-buffering") == [b"no"]
    own = [("Cache-Control", "no-store"), ("X-Accel-Buffering", "yes")]
    reply, _ = broken([chunk(b"")], [*CHUNKED, *EVENTS, *own])
    assert reply.values(b"cache-control") == [b"no-store"]
    assert reply.values(b"x-accel-buffering") == [b"yes"]


def test_the_total_cuts_a_stream_that_goes_on() -> None:
    async def answer() -> AsyncIterator[bytes | Act]:
        yield respond(b"", headers=[*CHUNKED, *EVENTS], length=False)
        yield chunk(b"data: 1\n\n")
        yield Act.HOLD

    operation = {"get": {"x-gateway": {"timeouts": {"total": "300ms"}}}}
    with relaying({"/x": operation}, lambda request: answer()) as (gateway, _):
        reply = gateway.ask("GET", "/x")
        assert parsed_events(reply.body)[-1][1]["error"]["code"] == "upstream_timeout"
        assert gateway.line()["outcome"] == "timeout"


def test_the_sdk_raises_for_a_stream_that_is_cut() -> None:
    import openai

    async def answer() -> AsyncIterator[bytes | Act]:
        yield respond(b"", headers=[*CHUNKED, *EVENTS], length=False)
        yield chunk(b'data: {"id":"1","object":"chat.completion.chunk","choices":[]}\n\n')
        yield Act.RESET

    paths = {"/v1/chat/completions": {"post": {"requestBody": {"content": {"*/*": {}}}}}}
    with relaying(paths, lambda request: answer()) as (gateway, _):
        url = f"{gateway.served.url}/v1"
        with openai.OpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
            messages: Any = [{"role": "user", "content": "hi"}]
            stream = client.chat.completions.create(model="m", messages=messages, stream=True)
            assert next(stream).id == "1"
            with pytest.raises(openai.APIError, match="closed the connection"):
                next(stream)
            stream.close()

"""A client that closes a stream midway: the upstream sees it within a second."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
from openai import APITimeoutError

from gateway.contract.model import Contract
from tests.clients.conftest import before
from tests.rawhttp import RawRequest
from tests.servers import Act, RawUpstream, chunk, respond

ASKED = {"model": "gpt-5", "input": "Hello"}
LIMIT = 1.0  # seconds
HEAD = respond(
    headers=[("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")], length=False
)


async def endless(request: RawRequest) -> AsyncIterator[bytes | Act]:
    """Send an event each 20 ms, without end."""
    yield HEAD
    number = 0
    while True:
        event = {"type": "response.output_text.delta", "delta": "a", "sequence_number": number}
        yield chunk(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
        number += 1
        await asyncio.sleep(0.02)


async def silent(request: RawRequest) -> AsyncIterator[bytes | Act]:
    """Send one event, then nothing any more."""
    yield HEAD + chunk(b'data: {"type": "response.created", "sequence_number": 0}\n\n')
    yield Act.HOLD


def seen_within_limit(upstream: RawUpstream) -> None:
    started = time.monotonic()
    assert upstream.wait(lambda server: server.gone, 5)
    assert time.monotonic() - started < LIMIT


@pytest.mark.parametrize("answer", [endless, silent])
def test_a_stream_is_closed(contract: Contract, answer) -> None:
    with (
        RawUpstream(answer) as upstream,
        before(contract, upstream.url) as stack,
        stack.client() as client,
    ):
        stream = client.responses.create(stream=True, **ASKED)
        assert next(iter(stream)).type
        assert not upstream.gone
        stream.close()
        seen_within_limit(upstream)


@pytest.mark.parametrize("answer", [endless, silent])
def test_an_asynchronous_stream_is_closed(contract: Contract, answer) -> None:
    async def leave(stack) -> None:
        async with stack.async_client() as client:
            async with await client.responses.create(stream=True, **ASKED) as stream:
                assert (await anext(aiter(stream))).type
            await asyncio.to_thread(seen_within_limit, upstream)

    with RawUpstream(answer) as upstream, before(contract, upstream.url) as stack:
        asyncio.run(leave(stack))


def test_a_client_that_waits_no_longer(contract: Contract) -> None:
    with (
        RawUpstream(lambda request: Act.HOLD) as upstream,
        before(contract, upstream.url) as stack,
        stack.client(timeout=0.3) as client,
    ):
        with pytest.raises(APITimeoutError):
            client.responses.create(**ASKED)
        seen_within_limit(upstream)

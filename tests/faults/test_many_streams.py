"""Many streams at a time: none waits for another, and all end well."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from tests.rawhttp import RawRequest, chunk, respond
from tests.relay.gateways import KEY, relaying

COUNT = 200
EVENTS = 5


def test_200_concurrent_streams() -> None:
    begun: list[RawRequest] = []

    async def stream(request: RawRequest) -> AsyncIterator[bytes]:
        begun.append(request)
        headers = [("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")]
        yield respond(b"", headers=headers, length=False)
        while len(begun) < COUNT:  # noqa: ASYNC110  # every one is open before any goes on
            await asyncio.sleep(0.01)
        for number in range(EVENTS):
            yield chunk(b"data: %d\n\n" % number)
            await asyncio.sleep(0.02)
        yield chunk(b"")

    async def read(client: httpx.AsyncClient, url: str) -> bytes:
        async with client.stream("GET", url, headers={"x-relay-key": KEY}) as response:
            assert response.status_code == 200
            return b"".join([part async for part in response.aiter_raw()])

    async def read_all(url: str) -> list[bytes]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=60) as client:
            return await asyncio.gather(*(read(client, url) for _ in range(COUNT)))

    with relaying({"/x": {"get": {}}}, stream) as (gateway, _):
        bodies = asyncio.run(read_all(gateway.served.url + "/x"))
        expected = b"".join(b"data: %d\n\n" % number for number in range(EVENTS))
        assert set(bodies) == {expected}
        gateway.line(COUNT - 1)
        assert {line["outcome"] for line in gateway.log.said} == {"complete"}

"""A bare ASGI forwarder on the gateway's own transport: what relaying costs without any check."""

import os

import httpx

from gateway.contract.model import Timeouts
from gateway.transport.aiohttp import AiohttpTransport

UPSTREAM = os.environ["UPSTREAM"]
transport = AiohttpTransport(UPSTREAM, timeouts=Timeouts())
URL = httpx.URL(UPSTREAM)
DROPPED = {b"host", b"connection"}


class Body(httpx.AsyncByteStream):
    def __init__(self, receive):
        self.receive = receive

    async def __aiter__(self):
        more = True
        while more:
            message = await self.receive()
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    query = scope["query_string"]
    target = scope["raw_path"] + (b"?" + query if query else b"")
    headers = [pair for pair in scope["headers"] if pair[0] not in DROPPED]
    request = httpx.Request(
        scope["method"], URL, headers=headers, stream=Body(receive), extensions={"target": target}
    )
    response = await transport.handle_async_request(request)
    kept = [(n.lower(), v) for n, v in response.headers.raw if n.lower() != b"transfer-encoding"]
    try:
        await send({"type": "http.response.start", "status": response.status_code, "headers": kept})
        async for chunk in response.stream:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        await response.aclose()

"""A bare ASGI forwarder on the gateway's own transport: what relaying costs without any check.

It takes the same short ways through the transport as the gateway: raw header pairs, and a body
that came whole goes on whole. A body in pieces is relayed as it comes.
"""

import os
from collections.abc import AsyncIterator

import httpx
from starlette.types import Message, Receive, Scope, Send

from gateway.contract.model import Timeouts
from gateway.transport.aiohttp import AiohttpTransport
from gateway.transport.raw import RawRequest, WholeBody, raw_headers

UPSTREAM = os.environ["UPSTREAM"]
transport = AiohttpTransport(UPSTREAM, timeouts=Timeouts())
URL = httpx.URL(UPSTREAM)
DROPPED = {b"host", b"connection"}


class Body(httpx.AsyncByteStream):
    """A body of which one message came."""

    def __init__(self, message: Message, receive: Receive) -> None:
        self.message = message
        self.receive = receive

    async def __aiter__(self) -> AsyncIterator[bytes]:
        message = self.message
        while True:
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                return
            message = await self.receive()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        return
    query = scope["query_string"]
    message = await receive()
    request = RawRequest(
        scope["method"],
        URL,
        headers=[pair for pair in scope["headers"] if pair[0] not in DROPPED],
        stream=Body(message, receive) if message.get("more_body") else WholeBody(message["body"]),
        extensions={"target": scope["raw_path"] + (b"?" + query if query else b"")},
    )
    response = await transport.handle_async_request(request)
    given = [(name.lower(), value) for name, value in raw_headers(response)]
    kept = [pair for pair in given if pair[0] != b"transfer-encoding"]
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        await send({"type": "http.response.start", "status": response.status_code, "headers": kept})
        async for chunk in response.stream:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        await response.aclose()

"""Third stage: an answer that is given before its request has come whole.

> A client sending a message body … can monitor the network connection for an error response. If
> the client sees a response that indicates the server does not wish to receive the message body
> … the client can close. (RFC 9110, section 9.3; RFC 9112, section 9.5)

Closing at once would reset the connection under an uploader before it reads the answer. So the
answer goes out (an error of ours with its Content-Length), then up to 1 MiB or 2 s of the body is
read and dropped, then the answer ends and the connection closes.
"""

import asyncio
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.exchange import SCOPE_KEY, Exchange

DROPPED = 1 << 20  # bytes
PATIENCE = 2.0  # seconds


class EarlyAnswer:
    """Ends early answers so that the client can read them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Look whether the body has come whole, for requests that have one."""
        if scope["type"] == "lifespan" or not scope[SCOPE_KEY].has_body:
            return self.app(scope, receive, send)
        exchange: Exchange = scope[SCOPE_KEY]
        early = False

        def watching_send(message: Message) -> Awaitable[None]:
            nonlocal early
            if message["type"] == "http.response.start":
                early = not exchange.body_ended
                if early:
                    headers = [pair for pair in message["headers"] if pair[0] != b"connection"]
                    message["headers"] = [*headers, (b"connection", b"close")]
            elif early and not message.get("more_body", False):
                return end_early(message)
            return send(message)

        async def end_early(message: Message) -> None:
            await send({**message, "more_body": True})
            # A client that waits for `100 Continue` sends nothing: there is nothing to drop.
            if exchange.body_begun or b"expect" not in exchange.fields:
                await _drop(exchange, receive)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        return self.app(scope, receive, watching_send)


async def _drop(exchange: Exchange, receive: Receive) -> None:
    """Read and drop what still comes of a request's body, within the bounds."""
    enough = exchange.bytes_in + DROPPED
    try:
        async with asyncio.timeout(PATIENCE):
            while not exchange.body_ended and exchange.bytes_in < enough:
                await receive()
    except TimeoutError:
        return

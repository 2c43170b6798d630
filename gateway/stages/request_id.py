"""First stage: give the request an id and open its exchange."""

import os

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.exchange import SCOPE_KEY, Exchange

RELAY_ID = b"x-relay-request-id"
REQUEST_ID = b"x-request-id"


class RequestId:
    """Adds `X-Relay-Request-ID` to every response, and `X-Request-ID` where upstream sent none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open the exchange; a request inside another one (the envelope) names its parent."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        outer: Exchange | None = scope.get(SCOPE_KEY)
        exchange = Exchange(
            request_id=f"req_{os.urandom(12).hex()}",
            method=scope.get("method", "GET"),
            path=scope["path"],
            parent_id=outer.request_id if outer else None,
        )
        scope[SCOPE_KEY] = exchange
        identity = exchange.request_id.encode()

        async def send_with_id(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = list(message.get("headers", ()))
                if not any(name == REQUEST_ID for name, _ in headers):
                    headers.append((REQUEST_ID, identity))
                if not any(name == RELAY_ID for name, _ in headers):
                    headers.append((RELAY_ID, identity))
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, send_with_id)

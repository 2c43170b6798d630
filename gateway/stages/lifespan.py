"""Outermost stage: answers the server's lifespan events and closes the transports at the end."""

from collections.abc import Sequence

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send


class Lifespan:
    """ASGI's lifespan protocol, version 2."""

    def __init__(self, app: ASGIApp, *, transports: Sequence[httpx.AsyncBaseTransport]) -> None:
        self.app = app
        self.transports = transports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on; answer lifespan events."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                for transport in self.transports:
                    await transport.aclose()
                await send({"type": "lifespan.shutdown.complete"})
                return

"""Outermost stage: answers the server's lifespan events and closes what is open at the end."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

Close = Callable[[], Awaitable[None]]


class Lifespan:
    """ASGI's lifespan protocol, version 2."""

    def __init__(self, app: ASGIApp, *, closing: Sequence[Close]) -> None:
        """`closing` is called, in order, when the server shuts down."""
        self.app = app
        self.closing = closing

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
                for close in self.closing:
                    await close()
                await send({"type": "lifespan.shutdown.complete"})
                return

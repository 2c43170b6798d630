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

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass requests on; answer lifespan events."""
        if scope["type"] != "lifespan":
            return self.app(scope, receive, send)
        return self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                for close in self.closing:
                    await close()
                await send({"type": "lifespan.shutdown.complete"})
                return

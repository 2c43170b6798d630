"""CORS (WHATWG Fetch, section 3.3): off unless origins are set.

Preflights are answered before routing and security, since browsers send them without a key; with
CORS off they are requests like any other. A WebSocket's `Origin` is checked by the same list.
"""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import RelayError
from gateway.relay.headers import header

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS")
EXPOSED = ("*", "X-Request-ID", "X-Relay-Request-ID", "Server-Timing", "Retry-After", "Location")


class CrossOrigin:
    """Adds the CORS fields by Starlette's middleware where origins are set."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self.origins = frozenset(origins)
        self.plain = app
        self.app: ASGIApp = app
        if origins:
            self.app = CORSMiddleware(
                app,
                allow_origins=origins,
                allow_methods=METHODS,
                allow_headers=["*"],
                expose_headers=EXPOSED,
                max_age=600,
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with CORS if it is on."""
        if scope["type"] == "websocket":
            self._check_origin(scope)
            await self.plain(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _check_origin(self, scope: Scope) -> None:
        """Browsers open WebSockets across origins without asking (RFC 6455, section 10.2)."""
        origin = header(scope["headers"], b"origin")
        if origin is None or "*" in self.origins:
            return
        text = origin.decode("latin-1").lower()
        own = header(scope["headers"], b"host") or b""
        if text in self.origins or text.partition("//")[2] == own.decode("latin-1").lower():
            return
        raise RelayError(
            "origin_not_allowed", "Pages of this origin may not open WebSockets; see CORS_ORIGINS."
        )

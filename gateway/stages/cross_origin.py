"""CORS (WHATWG Fetch, section 3.3): off unless origins are set.

Preflights are answered before routing and security, since browsers send them without a key; with
CORS off they are requests like any other. The stage stands outside of the errors, so that pages
can read those too.
"""

from collections.abc import Awaitable, Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS")
EXPOSED = ("*", "X-Request-ID", "X-Relay-Request-ID", "Server-Timing", "Retry-After", "Location")


class CrossOrigin:
    """Adds the CORS fields by Starlette's middleware where origins are set."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self.app = app
        if origins:
            self.app = CORSMiddleware(
                app,
                allow_origins=origins,
                allow_methods=METHODS,
                allow_headers=["*"],
                expose_headers=EXPOSED,
                max_age=600,
            )

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, with CORS if it is on."""
        return self.app(scope, receive, send)

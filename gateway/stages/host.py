"""Where a call may come from: `Host` and `Origin`.

Without any relay key the gateway serves this machine alone. A page of any site can make its own
name lead to 127.0.0.1 (DNS rebinding) and call us with the user's browser; its `Host` and `Origin`
give it away. With a key the origin of a WebSocket is still checked, since browsers open those
across origins without asking (RFC 6455, section 10.2).
"""

import ipaddress
from collections.abc import Awaitable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import RelayError
from gateway.relay.headers import header
from gateway.settings import Settings


class Host:
    """Refuses names that are not this machine's own, where no key protects the gateway.

    A WebSocket of a page is refused unless the page is our own or its origin is allowed by CORS.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, keyless: bool) -> None:
        self.app = app
        self.keyless = keyless
        self.own = settings.host.lower()
        self.origins = frozenset(settings.cors_origins)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Check the two fields, then pass the request on."""
        if self.keyless:
            self._check(scope)
        elif scope["type"] == "websocket":
            self._check_socket(scope)
        return self.app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        host = header(scope["headers"], b"host")
        if host is not None and not self._is_own(f"//{host.decode('latin-1')}"):
            raise RelayError(
                "host_not_allowed",
                "Without a relay key the gateway answers only to this machine's own names; "
                "call it as 127.0.0.1 or localhost, or set RELAY_KEY.",
            )
        origin = header(scope["headers"], b"origin")
        if origin is None:
            return
        text = origin.decode("latin-1").lower()
        if text not in self.origins and "*" not in self.origins and not self._is_own(text):
            raise RelayError(
                "origin_not_allowed",
                "Without a relay key the gateway takes no calls from pages of other sites; "
                "add the origin to CORS_ORIGINS, or set RELAY_KEY.",
            )

    def _check_socket(self, scope: Scope) -> None:
        origin = header(scope["headers"], b"origin")
        if origin is None or "*" in self.origins:
            return
        text = origin.decode("latin-1").lower()
        host = (header(scope["headers"], b"host") or b"").decode("latin-1").lower()
        if text not in self.origins and text.partition("//")[2] != host:
            raise RelayError(
                "origin_not_allowed",
                "Pages of this origin may not open WebSockets; add it to CORS_ORIGINS.",
            )

    def _is_own(self, url: str) -> bool:
        try:
            name = urlsplit(url).hostname or ""
        except ValueError:
            return False
        if name in ("localhost", self.own) or name.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False

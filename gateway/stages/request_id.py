"""First stage: give the request an id and open its exchange."""

import itertools
import os
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.exchange import SCOPE_KEY, Exchange
from gateway.relay.headers import expects_body

RELAY_ID = b"x-relay-request-id"
REQUEST_ID = b"x-request-id"


class RequestIds:
    """Ids that no other process gives: a random part of this process, and a count.

    The system is asked for randomness once a process, since each time costs a system call.
    """

    def __init__(self) -> None:
        self._begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._process = f"req_{os.urandom(8).hex()}"
        self._count = itertools.count(int.from_bytes(os.urandom(2)))

    def next(self) -> str:
        """Return an id that was not given before."""
        return f"{self._process}{next(self._count):08x}"


class RequestId:
    """Adds `X-Relay-Request-ID` to every response, and `X-Request-ID` where upstream sent none."""

    ids = RequestIds()

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Open the exchange; a request inside another one (the envelope) names its parent."""
        if scope["type"] == "lifespan":
            return self.app(scope, receive, send)
        outer: Exchange | None = scope.get(SCOPE_KEY)
        exchange = Exchange(
            request_id=self.ids.next(),
            method=scope.get("method", "GET"),
            path=scope["path"],
            has_body=scope["type"] == "http" and expects_body(scope["headers"]),
            parent_id=outer.request_id if outer else None,
        )
        scope[SCOPE_KEY] = exchange
        identity = exchange.request_id.encode()

        def send_with_id(message: Message) -> Awaitable[None]:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = list(message.get("headers", ()))
                names = [name for name, _ in headers]
                if REQUEST_ID not in names:
                    headers.append((REQUEST_ID, identity))
                if RELAY_ID not in names:
                    headers.append((RELAY_ID, identity))
                message["headers"] = headers
            return send(message)

        return self.app(scope, receive, send_with_id)

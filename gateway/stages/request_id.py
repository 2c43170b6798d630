"""First stage: give the request an id and open its exchange."""

import itertools
import os
from collections.abc import Awaitable, Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.exchange import SCOPE_KEY, Exchange
from gateway.relay.headers import expects_body, first_values

Pair = tuple[bytes, bytes]
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
    """Opens the exchange of a request, with an id that its response tells (`with_ids`)."""

    ids = RequestIds()

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Open the exchange; a request inside another one (the envelope) names its parent."""
        if scope["type"] != "lifespan":
            outer: Exchange | None = scope.get(SCOPE_KEY)
            fields = first_values(scope["headers"])
            scope[SCOPE_KEY] = Exchange(
                request_id=self.ids.next(),
                method=scope.get("method", "GET"),
                path=scope["path"],
                fields=fields,
                has_body=scope["type"] == "http" and expects_body(fields),
                parent_id=outer.request_id if outer else None,
            )
        return self.app(scope, receive, send)


def with_ids(headers: Iterable[Pair], request_id: str) -> list[Pair]:
    """Add `X-Relay-Request-ID` to a response, and `X-Request-ID` where upstream sent none."""
    added = list(headers)
    names = dict(added)
    identity = request_id.encode()
    if REQUEST_ID not in names:
        added.append((REQUEST_ID, identity))
    if RELAY_ID not in names:
        added.append((RELAY_ID, identity))
    return added

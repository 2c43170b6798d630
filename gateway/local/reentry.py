"""A request inside the gateway: it passes the whole gateway again, in process, as its caller.

So it reaches nothing and skips no check that the caller could not reach directly.
"""

import asyncio
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.exchange import SCOPE_KEY, Exchange, exchange_of
from gateway.local.inner_request import InnerRequest
from gateway.relay.key_places import OWN_FIELD

# Of the outer request: the caller's name for itself, and the trace that it belongs to.
KEPT = (b"host", b"user-agent", b"traceparent", b"tracestate")
LENGTH = b"content-length"
# The inner request's connection is ours; the body of the outer one has come whole.
OF_THE_CONNECTION = frozenset((b"connection",))


async def reenter(
    app: ASGIApp, request: InnerRequest, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer the outer request with what the inner one is answered, as it comes.

    `scope`, `receive` and `send` are the outer request's, its body read to the end.
    """
    inner = inner_scope(scope, request, exchange_of(scope))
    answer = _Answer(send, head=request.method == "HEAD")
    # Connexion sets context variables and never takes them back: a task has a copy of its own.
    # A client that goes away is seen through `receive`; whatever cancels us cancels the task.
    await asyncio.create_task(_run(app, inner, _replay(request, receive), answer.send))
    _note(exchange_of(scope), inner)


def inner_scope(scope: Scope, request: InnerRequest, exchange: Exchange) -> dict[str, Any]:
    """Return the scope of a request in an envelope: as a direct call of the same caller has it.

    The outer exchange goes with it, so that the inner one names its parent. `Origin` does not:
    it has been answered for the outer request.
    """
    headers = list(request.headers)
    given = {name for name, _ in headers}
    headers += [p for p in scope["headers"] if p[0] in KEPT and p[0] not in given]
    if exchange.key is not None:
        headers.append((OWN_FIELD, exchange.key))
    if request.body is not None:
        content, media_type = request.body
        headers += [(b"content-type", media_type), (LENGTH, str(len(content)).encode())]
    return {
        "type": "http",
        "asgi": scope["asgi"],
        "http_version": scope["http_version"],  # on 1.0 a stream can go out no more than directly
        "scheme": scope["scheme"],
        "server": scope.get("server"),
        "client": scope.get("client"),
        "method": request.method,
        "root_path": scope.get("root_path", ""),
        "path": unquote(request.raw_path.decode()),
        "raw_path": request.raw_path,
        "query_string": request.query_string,
        "headers": headers,
        SCOPE_KEY: exchange,
    }


async def _run(app: ASGIApp, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


def _replay(request: InnerRequest, receive: Receive) -> Receive:
    """Give the inner body in one piece, then what the outer connection says: that it is gone."""
    content = request.body[0] if request.body is not None else b""
    given = False

    async def replaying() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": content, "more_body": False}

    return replaying


class _Answer:
    """Sends an inner response on as the outer one, chunk by chunk."""

    def __init__(self, send: Send, *, head: bool) -> None:
        self._send = send
        self._head = head
        self._held: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [pair for pair in message["headers"] if pair[0] not in OF_THE_CONNECTION]
            message = {**message, "headers": headers}
            if self._head:
                self._held = message
                return
        if self._held is not None:
            held, self._held = self._held, None
            await self._send(held if message.get("body") else _without_length(held))
        await self._send(message)


def _without_length(start: Message) -> Message:
    """Return the start of an answer to HEAD as one that has no body.

    The outer request is a POST: a body of the length that HEAD tells would be waited for.
    """
    headers = [pair for pair in start["headers"] if pair[0] != LENGTH]
    return {**start, "headers": [*headers, (LENGTH, b"0")]}


def _note(outer: Exchange, inner: MutableMapping[str, Any]) -> None:
    """Tell in the outer log line how the inner exchange ended, and whose time it was."""
    exchange = exchange_of(inner)
    outer.outcome = exchange.outcome
    outer.code = exchange.code
    outer.upstream_id = exchange.upstream_id
    outer.upstream_sent = exchange.upstream_sent
    outer.upstream_first = exchange.upstream_first
    outer.overhead = exchange.overhead

"""A call's request to its operation, in process, and what it is answered.

The request passes the whole gateway again as its caller, as `gateway.local.reentry` does it; the
answer is not passed on but collected, because it has to change.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope

from gateway.actions.collecting import Collected, Collector
from gateway.actions.downloads import Downloads
from gateway.errors import ClientGone, UpstreamError
from gateway.exchange import Exchange, exchange_of
from gateway.local.inner_request import InnerRequest
from gateway.local.reentry import inner_scope

LENGTH = b"content-length"
IDENTITY = (b"accept-encoding", b"identity")
COLLECTED = 64 << 20  # bytes of an answer that are read whole


@dataclass(frozen=True, slots=True)
class StreamedBody:
    """A body that is made while it goes out; `size` is in bytes."""

    chunks: AsyncIterator[bytes]
    size: int
    media_type: bytes


@dataclass(frozen=True, slots=True)
class InnerCall:
    """A request, with a streamed body in the place of its own where it has one."""

    request: InnerRequest
    body: StreamedBody | None = None


async def run_inner(
    app: ASGIApp,
    call: InnerCall,
    scope: Scope,
    gone: asyncio.Event,
    downloads: Downloads,
    *,
    binary: bool = False,
    limit: int = COLLECTED,
) -> Collected:
    """Run a request of the caller of `scope` and return its answer, read to the end.

    JSON and text come whole, up to `limit` bytes; what is longer or of another kind, and every
    success of an operation that answers bytes (`binary`), lies in a download. `gone` tells that
    the client went away. Raises ClientGone, and UpstreamError where the answer breaks off.
    """
    inner = _scope_of(scope, call)
    collector = Collector(downloads, binary=binary, limit=limit)
    receive = _body_of(call, gone)
    try:
        # A context of its own: Connexion sets context variables and never takes them back.
        with contextlib.suppress(ClientGone):
            await asyncio.create_task(_run(app, inner, receive, collector.send))
        _note(exchange_of(scope), exchange_of(inner))
        if collector.failure is not None:
            raise collector.failure
        if not collector.begun:
            raise ClientGone
        if not collector.ended:
            message = "The upstream's answer broke off; nothing of it can be used."
            raise UpstreamError("upstream_disconnected", message, sent=True)
        return await collector.collected()
    finally:
        await collector.close()


def _scope_of(scope: Scope, call: InnerCall) -> MutableMapping[str, Any]:
    request = replace(call.request, headers=(*call.request.headers, IDENTITY))
    inner = inner_scope(scope, request, exchange_of(scope))
    if call.body is not None:
        inner["headers"] += [
            (b"content-type", call.body.media_type),
            (LENGTH, str(call.body.size).encode()),
        ]
    elif request.body is None and request.method in ("POST", "PUT", "PATCH"):
        inner["headers"].append((LENGTH, b"0"))  # RFC 9110, section 8.6
    return inner


async def _run(app: ASGIApp, scope: MutableMapping[str, Any], receive: Receive, send: Any) -> None:
    await app(scope, receive, send)


def _body_of(call: InnerCall, gone: asyncio.Event) -> Receive:
    """Give the body, whole or as it is made, then wait for the client's departure."""
    whole = call.request.body[0] if call.request.body is not None else b""
    chunks = call.body.chunks if call.body is not None else None
    ended = False

    async def receive() -> Message:
        nonlocal ended
        if not ended and chunks is not None:
            chunk = await anext(chunks, None)
            if chunk is not None:
                return {"type": "http.request", "body": chunk, "more_body": True}
            ended = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if not ended:
            ended = True
            return {"type": "http.request", "body": whole, "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    return receive


def _note(outer: Exchange, inner: Exchange) -> None:
    """Tell in the outer log line how the inner exchange ended, and whose time it was."""
    outer.outcome = inner.outcome
    outer.code = inner.code
    outer.upstream_id = inner.upstream_id
    outer.upstream_sent = inner.upstream_sent
    outer.upstream_first = inner.upstream_first

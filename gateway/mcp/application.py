"""MCP's endpoint as a local operation. The SDK is heavy: it is imported at the first call."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.actions.calls import Calls
from gateway.actions.downloads import Downloads
from gateway.actions.reading import read_body, within
from gateway.contract.model import Contract
from gateway.errors import ClientGone
from gateway.mcp.cancelling import INTRODUCTION, Running, with_client_id
from gateway.mcp.messages import check_message, check_origin, plain_headers
from gateway.mcp.operations import GONE_KEY, MAX_BODY
from gateway.mcp.tool_runs import ToolRuns
from gateway.projection import Projection
from gateway.validate.strict_json import parse_json

if TYPE_CHECKING:
    from gateway.mcp.server import ToolServer

PATIENCE = 2.0  # seconds that a call has to end by itself once its client is gone


def mcp_application(
    projection: Projection,
    contract: Contract,
    entrance: Callable[[], ASGIApp],
    *,
    calls: Calls,
    downloads: Downloads,
    origins: Collection[str] = (),
) -> ASGIApp:
    """Return what answers MCP's endpoint.

    `contract` has the gateway's own operations, `entrance` gives its outermost stage; `calls` and
    `downloads` are those of `gateway.actions.service`. `origins` may call from a browser; `*` is
    every origin.
    """
    runs = ToolRuns(projection.tools, contract, entrance, calls=calls, downloads=downloads)
    return McpApplication(runs, contract, projection.instructions, origins)


class McpApplication:
    """Answers one message for each request; nothing is kept between two of them."""

    def __init__(
        self, runs: ToolRuns, contract: Contract, instructions: str, origins: Collection[str]
    ) -> None:
        self._runs = runs
        self._contract = contract
        self._instructions = instructions
        self._origins = origins
        self._server: ToolServer | None = None
        self._importing = asyncio.Lock()
        self._running = Running()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a message. Raises RelayError, and ClientGone when its client has gone away."""
        check_origin(scope["headers"], self._origins)
        body = await read_body(scope, receive, MAX_BODY)
        message = await asyncio.to_thread(parse_json, body)
        check_message(message)
        server = await self._ready()
        self._running.heed(scope, message)
        gone = asyncio.Event()
        inner = {**scope, "headers": plain_headers(scope["headers"]), GONE_KEY: gone}
        answer = _Answer(send, introduced=message.get("method") == INTRODUCTION)
        with self._running.call(scope, message, gone):
            work = asyncio.create_task(server.answer(inner, _replay(body, gone), answer.send))
            await _finished(work, answer, gone, receive)

    async def _ready(self) -> "ToolServer":
        """Return the server; the first call makes it, off the event loop."""
        async with self._importing:
            if self._server is None:
                self._server = await asyncio.to_thread(self._make)
            return self._server

    def _make(self) -> "ToolServer":
        from gateway.mcp.server import ToolServer

        return ToolServer(self._runs, self._contract, self._instructions)


class _Answer:
    """Notes that the whole answer is sent; a connection that is over then is no departure."""

    def __init__(self, send: Send, *, introduced: bool) -> None:
        self.ended = False
        self._send = send
        self._introduced = introduced

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._introduced:
            message = with_client_id(message)
        self.ended = message["type"] == "http.response.body" and not message.get("more_body")
        await self._send(message)


async def _finished(
    work: "asyncio.Task[Any]", answer: _Answer, gone: asyncio.Event, receive: Receive
) -> None:
    """Wait for the end of a call. A client that goes away cancels it; raises ClientGone then."""
    try:
        with contextlib.suppress(ClientGone):
            await within(work, math.inf, receive)
        if not (work.done() or answer.ended):
            raise ClientGone
        await work
    except BaseException:
        gone.set()
        await _ended(work)
        raise


def _replay(body: bytes, gone: asyncio.Event) -> Receive:
    """Give the body, then the client's departure, which is looked for by us alone."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    return receive


async def _ended(work: "asyncio.Task[Any]") -> None:
    """Let a call that nobody waits for end by itself, so that its log line is right."""
    _, late = await asyncio.wait({work}, timeout=PATIENCE)
    for task in late:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await work

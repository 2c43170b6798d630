"""The response's way to the client, with the faults that the request asked for."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from gateway.standin.faults import Asked
from gateway.standin.uploads import Receive

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
LINGER = 5.0  # seconds to wait until a connection that we end is gone
GONE = ("http.disconnect", "websocket.disconnect")
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 seconds


class Over(Exception):
    """The exchange has ended before its response: `fault` tells whether we ended it."""

    def __init__(self, *, fault: bool) -> None:
        super().__init__()
        self.fault = fault


class Wire:
    """Sends one response. Every method raises Over once the exchange has ended early."""

    def __init__(self, receive: Receive, send: Send, asked: Asked) -> None:
        self._receive = receive
        self._send = send
        self._asked = asked
        self._sent = 0
        self._watch: asyncio.Task[None] | None = None
        self.started = False

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than the client is there."""
        if seconds > 0:
            await asyncio.wait({self._watcher()}, timeout=seconds)
        self.check()

    def check(self) -> None:
        """Raise Over if the client is known to be gone."""
        if self._watcher().done():
            raise Over(fault=False)

    async def start(self, status: int, fields: Iterable[tuple[bytes, bytes]]) -> None:
        """Send the head of the response."""
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": list(fields)})
        if self._asked.stall == 0 or self._asked.cut == 0:
            await self._end_early()

    async def body(self, data: bytes, *, more: bool) -> None:
        """Send a piece of the body; a cut or a stall may come inside of it."""
        limits = [limit for limit in (self._asked.cut, self._asked.stall) if limit is not None]
        room = min(limits, default=None)
        if room is not None and self._sent + len(data) >= room:
            data = data[: room - self._sent]
            await self._send({"type": "http.response.body", "body": data, "more_body": True})
            await self._end_early()
        self._sent += len(data)
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def reset(self) -> None:
        """Reset the connection (TCP RST)."""
        end_connection(self._send, reset=True)
        await self._until_gone()
        raise Over(fault=True)

    async def aclose(self) -> None:
        """Stop watching the client."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch

    async def _end_early(self) -> None:
        """Stall until the client goes away, or close in the middle of the response."""
        stall, cut = self._asked.stall, self._asked.cut
        if stall is not None and (cut is None or stall <= cut):
            await self._watcher()
        else:
            end_connection(self._send, reset=False)
            await self._until_gone()
        raise Over(fault=True)

    async def _until_gone(self) -> None:
        await asyncio.wait({self._watcher()}, timeout=LINGER)

    def _watcher(self) -> asyncio.Task[None]:
        if self._watch is None:
            self._watch = asyncio.create_task(self._await_disconnect())
        return self._watch

    async def _await_disconnect(self) -> None:
        while (await self._receive())["type"] not in GONE:
            continue


def end_connection(send: Send, *, reset: bool) -> None:
    """Close the connection behind an ASGI `send` in the middle of things.

    ASGI has no word for it, so this takes the transport of uvicorn's protocol, whose method `send`
    is. Raises ConnectionAbortedError where the server is another one or something stands between;
    the server then closes by itself.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.Transport) and not hasattr(transport, "abort"):
        raise ConnectionAbortedError("the stand-in was asked to end the connection")
    assert transport is not None
    if not reset:
        transport.close()  # what was written still goes out
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()

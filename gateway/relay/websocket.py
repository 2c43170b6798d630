"""Relays a WebSocket message by message; the upstream is connected before the client."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.contract.model import Timeouts
from gateway.exchange import Outcome
from gateway.transport.websocket import (
    ABNORMAL,
    BAD_GATEWAY,
    NO_STATUS,
    Closed,
    Refusal,
    UpstreamSocket,
)

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Fields = Sequence[tuple[bytes, bytes]]

_PING_EVERY = 20.0  # seconds
_GRACE = 0.5  # seconds that the upstream's close frame may come after its connection failed
_GOING_AWAY = 1001
# What RFC 6455, section 7.4, and the registry let an endpoint send.
_SENDABLE = frozenset((1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)))
# Fields of a handshake's answer that belong to one hop; servers write their own.
_HOP = (b"connection", b"upgrade", b"content-length", b"transfer-encoding", b"keep-alive")


class Connect(Protocol):
    """Opens the upstream's WebSocket, as a transport's `connect_websocket` does."""

    def __call__(
        self, target: bytes, headers: Fields, subprotocols: Sequence[str], timeouts: Timeouts
    ) -> Coroutine[Any, Any, UpstreamSocket | Refusal]:
        """Open it, or return the upstream's refusal. Raises UpstreamError."""
        ...


@dataclass(slots=True)
class Relayed:
    """What passed. `in` is from the client. Bytes are those of the messages, uncompressed.

    `status` is 101, or that of the upstream's refusal, or 0 when the client went before either.
    """

    status: int = 0
    messages_in: int = 0
    messages_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    close_code: int | None = None
    outcome: Outcome = "complete"


@dataclass(frozen=True, slots=True)
class _End:
    """Which side ended, with which code, and what the log calls it."""

    by_client: bool
    code: int
    reason: str
    outcome: Outcome


def sendable(code: int) -> int:
    """Turn a close code as it was received into one that may be sent on."""
    if code == NO_STATUS:
        return 1000
    return code if code in _SENDABLE else BAD_GATEWAY


def unchanged(fields: Fields) -> Fields:
    """Leave the fields of a handshake's answer as they are."""
    return fields


async def relay_websocket(
    scope: Event,
    receive: Receive,
    send: Send,
    *,
    connect: Connect,
    target: bytes,
    headers: Fields,
    subprotocols: Sequence[str],
    timeouts: Timeouts,
    clean: Callable[[Fields], Fields] = unchanged,
    ping_every: float = _PING_EVERY,
) -> Relayed:
    """Relay one WebSocket of an ASGI server; return what passed.

    All values are ready to go out: `headers` without the handshake's own fields, `subprotocols`
    without any that holds a key. `clean` takes what must not reach the client out of the header of
    the upstream's answer. An UpstreamError is raised before the client got an answer.
    """
    relayed = Relayed()
    await receive()  # websocket.connect
    first = asyncio.ensure_future(receive())
    opening = asyncio.create_task(connect(target, headers, subprotocols, timeouts))
    try:
        await asyncio.wait((first, opening), return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            relayed.outcome = "client-gone"
            return relayed
        upstream = opening.result()
        if isinstance(upstream, Refusal):
            relayed.status = upstream.status
            await _refuse(scope, send, upstream, clean)
            return relayed
        relayed.status = 101
        relay = _Relay(upstream, receive, send, relayed)
        await relay.run(first, _accepting(upstream, clean), ping_every)
        return relayed
    finally:
        await _cancel(first, opening)


async def _refuse(
    scope: Event, send: Send, refusal: Refusal, clean: Callable[[Fields], Fields]
) -> None:
    """Answer with the upstream's own status and body (ASGI's websocket denial response)."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close"})
        return
    fields = [*_end_to_end(clean(refusal.headers)), (b"content-length", b"%d" % len(refusal.body))]
    start = {"type": "websocket.http.response.start", "status": refusal.status, "headers": fields}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": refusal.body})


def _accepting(upstream: UpstreamSocket, clean: Callable[[Fields], Fields]) -> Event:
    return {
        "type": "websocket.accept",
        "subprotocol": upstream.subprotocol,
        "headers": _end_to_end(clean(upstream.headers)),
    }


def _end_to_end(fields: Fields) -> list[tuple[bytes, bytes]]:
    lowered = [(name.lower(), value) for name, value in fields]
    return [
        (name, value)
        for name, value in lowered
        if name not in _HOP and not name.startswith(b"sec-websocket-")
    ]


async def _cancel(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Relay:
    """One WebSocket on both sides, from the client's acceptance to the end of both."""

    def __init__(
        self, upstream: UpstreamSocket, receive: Receive, send: Send, relayed: Relayed
    ) -> None:
        self._upstream, self._receive, self._send = upstream, receive, send
        self._relayed = relayed

    async def run(self, first: Awaitable[Event], accept: Event, ping_every: float) -> None:
        """Accept the client, pass messages until one side ends, end the other."""
        code, reason = _GOING_AWAY, ""  # where the server shuts down
        tasks: list[asyncio.Task[_End]] = []
        try:
            try:
                await self._send(accept)
            except OSError:
                self._relayed.outcome = "client-gone"
                return
            tasks = [
                asyncio.create_task(self._from_upstream()),
                asyncio.create_task(self._from_client(first)),
                asyncio.create_task(self._keep_alive(ping_every)),
            ]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            end = next(task for task in tasks if task in done).result()
            self._relayed.close_code, self._relayed.outcome = end.code, end.outcome
            code, reason = sendable(end.code), end.reason
            if not end.by_client:
                await self._close_client(code, reason)
        finally:
            # In its own task: the upstream is told even while this one is being cancelled.
            await asyncio.shield(asyncio.create_task(self._upstream.close(code, reason)))
            await _cancel(*tasks)

    async def _from_client(self, first: Awaitable[Event]) -> _End:
        event = await first
        while event["type"] == "websocket.receive":
            text = event.get("text")
            message: str | bytes = event["bytes"] if text is None else text
            try:
                await self._upstream.send(message)
            except OSError:
                await asyncio.sleep(_GRACE)
                return _End(False, ABNORMAL, "", "upstream-cut")
            self._relayed.messages_in += 1
            self._relayed.bytes_in += _size(message)
            event = await self._receive()
        code = event.get("code") or NO_STATUS
        # uvicorn reports a lost connection as 1005 too, but without a reason.
        if code == ABNORMAL or (code == NO_STATUS and "reason" not in event):
            return _End(True, ABNORMAL, "", "client-gone")
        return _End(True, code, event.get("reason") or "", "complete")

    async def _from_upstream(self) -> _End:
        while not isinstance(message := await self._upstream.receive(), Closed):
            kind = "text" if isinstance(message, str) else "bytes"
            try:
                await self._send({"type": "websocket.send", kind: message})
            except OSError:
                return _End(True, ABNORMAL, "", "client-gone")
            self._relayed.messages_out += 1
            self._relayed.bytes_out += _size(message)
        outcome: Outcome = "upstream-cut" if message.code == ABNORMAL else "complete"
        return _End(False, message.code, message.reason, outcome)

    async def _keep_alive(self, interval: float) -> _End:
        await self._upstream.keep_alive(interval)
        return _End(False, ABNORMAL, "", "timeout")

    async def _close_client(self, code: int, reason: str) -> None:
        with contextlib.suppress(OSError):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})


def _size(message: str | bytes) -> int:
    """Count bytes; text as UTF-8."""
    if isinstance(message, str) and not message.isascii():
        return len(message.encode())
    return len(message)

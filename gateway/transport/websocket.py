"""An open WebSocket to an upstream, as the relay sees it, whatever library carries it.

Messages are `str` (text) or `bytes` (binary). Frame types are opcodes (RFC 6455, section 5.2).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.errors import UpstreamError

_TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_CLOSE_WAIT = 2.0  # seconds for the closing handshake
_LARGEST_REFUSAL = 1024 * 1024  # bytes
_TOO_LARGE = "The upstream refused the WebSocket with an answer of more than 1 MiB."
_UNANSWERED = 2  # pings, until the other end counts as dead

NO_STATUS, ABNORMAL, TOO_BIG, BAD_GATEWAY = 1005, 1006, 1009, 1014


@dataclass(frozen=True, slots=True)
class Refusal:
    """The HTTP answer of an upstream that does not open the WebSocket."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The end of a WebSocket: the code as it was received; 1005 and 1006 as RFC 6455 means them."""

    code: int
    reason: str = ""


async def read_refusal(
    status: int, headers: Sequence[tuple[bytes, bytes]], read: Callable[[], Awaitable[bytes]]
) -> Refusal:
    """Read a refusal's body whole: ASGI servers send it as one answer."""
    body = bytearray()
    while len(body) <= _LARGEST_REFUSAL and (data := await read()):
        body += data
    if len(body) > _LARGEST_REFUSAL:
        raise UpstreamError("upstream_protocol_error", _TOO_LARGE, sent=True)
    return Refusal(status, headers, bytes(body))


class Message(Protocol):
    """A frame as the library gives it."""

    @property
    def type(self) -> int:
        """The opcode, or a number above 0xFF for events of the library's own."""
        ...

    @property
    def data(self) -> Any:
        """The payload; of a close frame the code, 0 if it had none; of a failure its exception."""
        ...

    @property
    def extra(self) -> Any:
        """Of a close frame the reason."""
        ...


class Socket(Protocol):
    """What is asked of the library's WebSocket. It neither answers pings nor closes by itself."""

    @property
    def protocol(self) -> str | None:
        """The subprotocol that the upstream chose."""
        ...

    async def receive(self) -> Message:
        """Wait for a frame."""
        ...

    async def send_str(self, data: str) -> None:
        """Send a text message."""
        ...

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary message."""
        ...

    async def ping(self, message: bytes = b"") -> None:
        """Send a ping."""
        ...

    async def pong(self, message: bytes = b"") -> None:
        """Send a pong."""
        ...

    async def close(self, *, code: int = 1000, message: bytes = b"") -> bool:
        """Close with a handshake; frames that still come are dropped."""
        ...


class UpstreamSocket:
    """A WebSocket to an upstream. `headers` are those of its 101 response."""

    def __init__(
        self,
        socket: Socket,
        headers: Sequence[tuple[bytes, bytes]],
        transport: asyncio.Transport | None,
    ) -> None:
        self._socket, self._transport = socket, transport
        self.headers = headers
        self.subprotocol = socket.protocol
        self._unanswered = 0
        self._listening = False

    async def receive(self) -> str | bytes | Closed:
        """Wait for the next message, or for the end. Pings are answered on the way."""
        while True:
            self._listening = True
            try:
                message = await self._socket.receive()
            finally:
                self._listening = False
            self._unanswered = 0
            kind = message.type
            if kind in (_TEXT, _BINARY):
                data: str | bytes = message.data
                return data
            if kind == _PING:
                try:
                    await self._socket.pong(message.data)
                except OSError:
                    return Closed(ABNORMAL)
            elif kind == _CLOSE:
                return Closed(message.data or NO_STATUS, message.extra or "")
            elif kind != _PONG:
                too_big = getattr(message.data, "code", None) == TOO_BIG
                return Closed(TOO_BIG if too_big else ABNORMAL)

    async def send(self, message: str | bytes) -> None:
        """Send a message; wait while the upstream is slow to read. Raises OSError at its end."""
        if isinstance(message, str):
            await self._socket.send_str(message)
        else:
            await self._socket.send_bytes(message)

    async def keep_alive(self, interval: float) -> None:
        """Ping every `interval` seconds; return when two pings in a row were not answered.

        Only pings that were sent while somebody listened count: where the client is slow, answers
        wait behind its messages.
        """
        while True:
            await asyncio.sleep(interval)
            if not self._listening:
                self._unanswered = 0
            elif self._unanswered >= _UNANSWERED:
                return
            with contextlib.suppress(OSError):  # of a lost connection the receiver hears
                await self._socket.ping()
            self._unanswered += 1

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a handshake, or cut the connection when the upstream does not take part."""
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_WAIT):
                    await self._socket.close(code=code, message=reason.encode())
        finally:
            if self._transport is not None and self._transport.get_write_buffer_size():
                self._transport.abort()

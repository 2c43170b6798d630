"""A request on its way to the upstream: written, watched, stopped, cut short."""

import asyncio
import struct
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from functools import partial
from socket import SO_LINGER, SOL_SOCKET
from types import AsyncGeneratorType
from typing import Any, NoReturn, Protocol

# A larger piece is written in slices: the time limit then measures progress, not size.
SLICE = 256 * 1024
LAST_CHUNK = b"0\r\n\r\n"


class Link(Protocol):
    """What is asked of the protocol of a connection."""

    transport: asyncio.Transport | None

    def set_parser(self, parser: Any, payload: Any) -> None:
        """Let another parser have all that comes; None: the one of responses."""
        ...

    @property
    def writing_paused(self) -> bool:
        """Whether the write buffer is over its limit."""
        ...

    def start_timeout(self) -> None:
        """Begin to wait for the response; from here on its time runs."""
        ...

    def set_exception(self, error: BaseException) -> None:
        """Let the one who waits for the response fail."""
        ...


Drain = Callable[[], Awaitable[None]]  # waits until the write buffer is below its limit


class BodyWriter:
    """Writes one request. `idle` is the longest wait, in seconds, for an upstream that reads not.

    `length` is the announced Content-Length (None: chunks); the source is not read beyond it.
    `error` is what the source raised: the connection is then cut before the body's end, so that
    the upstream never sees it complete.
    `untouched` tells that the connection was found dead before a byte was written.
    `whole` tells that all has left our buffer.
    """

    def __init__(
        self,
        source: AsyncIterable[bytes] | bytes,
        length: int | None,
        idle: float | None,
        link: Link,
        drain: Drain,
    ) -> None:
        self._source, self._length, self._idle = source, length, idle
        self._link, self._drain = link, drain
        self._head = b""  # until it is written, together with the first piece
        self._written = 0
        self._task: asyncio.Task[None] | None = None
        self._turn: asyncio.Handle | None = None  # of a body at hand that is not written yet
        self._complete = False  # all that was announced is written: an answer is not early
        self.whole = False
        self.error: Exception | None = None
        self.untouched = True

    def begin(self, head: bytes) -> None:
        """Write the head and a body that is at hand; one that comes or is large gets a task.

        What is at hand goes out in the next turn of the loop, together with that of all requests of
        this turn: an upstream that is awake takes them quicker than one that each of them wakes.
        Raises ValueError if the body is not as long as announced.
        """
        self._head = head
        source, self._source = self._source, b""  # not held: an answer may be a stream of minutes
        if not isinstance(source, bytes) or len(source) > SLICE:
            self._task = asyncio.create_task(self._run(partial(self._write, source)))
            return
        if self._length is not None and len(source) != self._length:
            self._misframed()
        self._turn = asyncio.get_running_loop().call_soon(self._write_at_hand, source)

    def _write_at_hand(self, data: bytes) -> None:
        self._turn = None
        try:
            self._send(data)
        except ConnectionResetError as error:
            self._link.set_exception(error)
            return
        self._complete = True
        if self._link.writing_paused:
            self._task = asyncio.create_task(self._run(self._drained))
        else:
            self.whole = True
            self._link.start_timeout()

    def stop(self) -> None:
        """Write no more: the upstream has answered early. The connection stays open, unfinished."""
        if self._turn is not None:
            self._turn.cancel()
        if self._task is not None and not self._complete:
            self._task.cancel()

    def abandon(self) -> None:
        """Write no more, and cut a connection that would go on sending."""
        if self._turn is not None:
            self._turn.cancel()
        if self._task is not None:
            self._task.cancel()
        if not self.whole and self._link.transport is not None:
            _abort(self._link.transport)

    async def _run(self, work: Drain) -> None:
        try:
            await work()
        except Exception as error:
            self._link.set_exception(error)
        else:
            self.whole = True
            self._link.start_timeout()

    async def _write(self, source: AsyncIterable[bytes] | bytes) -> None:
        if isinstance(source, bytes):
            await self._put(source)
        else:
            await self._write_pieces(source)
        self._check_end()
        if self._length is None:
            self._send(LAST_CHUNK)
        elif self._head:
            self._send(b"")
        self._complete = True
        await self._drained()

    async def _write_pieces(self, source: AsyncIterable[bytes]) -> None:
        pieces = aiter(source)
        try:
            while self._written != self._length:
                try:
                    piece = await pieces.__anext__()
                except StopAsyncIteration:
                    break
                except Exception as error:
                    self.error = error
                    raise
                if piece:
                    await self._put(piece)
        finally:
            # One that is left behind in its middle costs the loop a task to finish it.
            if isinstance(pieces, AsyncGeneratorType):
                await pieces.aclose()

    async def _put(self, piece: bytes) -> None:
        self._count(piece)
        for part in slices(piece) if len(piece) > SLICE else (piece,):
            self._send(part if self._length is not None else _chunk(part))
            if self._link.writing_paused:
                await self._drained()
        self._complete = self._written == self._length

    def _count(self, piece: bytes) -> None:
        self._written += len(piece)
        if self._length is not None and self._written > self._length:
            self._misframed()

    def _check_end(self) -> None:
        if self._length is not None and self._written < self._length:
            self._misframed()

    def _misframed(self) -> NoReturn:
        # Sent on, the difference would be read as the start of another request.
        self.error = ValueError("the body is not as long as its Content-Length")
        raise self.error

    def _send(self, data: bytes | memoryview) -> None:
        """Write bytes of the framed body, the head before the first ones."""
        transport = self._link.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        if self._head:
            self._link.set_parser(None, None)  # from here on an answer is one to this request
            self.untouched = False
            data, self._head = self._head + data, b""
        transport.write(data)

    async def _drained(self) -> None:
        if self._link.writing_paused:
            async with asyncio.timeout(self._idle):
                await self._drain()


def _chunk(piece: bytes | memoryview) -> bytes:
    """Make a chunk (RFC 9112, section 7.1)."""
    return b"".join((b"%x\r\n" % len(piece), piece, b"\r\n"))


def slices(piece: bytes) -> Sequence[memoryview]:
    """Cut a piece into parts of `SLICE`, without copying."""
    view = memoryview(piece)
    return [view[start : start + SLICE] for start in range(0, len(piece), SLICE)]


def _abort(transport: asyncio.Transport) -> None:
    """Close at once: a mere close would first wait until all that was written has been read."""
    socket = transport.get_extra_info("socket")
    if socket is not None and transport.get_write_buffer_size():
        socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))  # RST
    transport.abort()

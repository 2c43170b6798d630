"""A request's body on its way to the upstream: watched, stopped, cut short."""

import asyncio
import struct
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from socket import SO_LINGER, SOL_SOCKET
from typing import NoReturn, Protocol

# A larger piece is written in slices: the time limit then measures progress, not size.
SLICE = 256 * 1024


class FlowControl(Protocol):
    """What is asked of the connection's protocol."""

    @property
    def writing_paused(self) -> bool:
        """Whether the write buffer is over its limit."""
        ...


class Writer(Protocol):
    """What is asked of an HTTP client's writer; it adds the framing."""

    @property
    def protocol(self) -> FlowControl:
        """The connection's protocol."""
        ...

    @property
    def transport(self) -> asyncio.Transport | None:
        """The connection's transport."""
        ...

    async def write(self, chunk: bytes | memoryview, *, drain: bool = True) -> None:
        """Write a piece of the body."""
        ...

    async def drain(self) -> None:
        """Wait until the write buffer is below its limit."""
        ...

    async def write_eof(self) -> None:
        """End the body."""
        ...


class BodyWriter:
    """Writes one body. `idle` is the longest wait, in seconds, for an upstream that does not read.

    `length` is the announced Content-Length, if any; the source is not read beyond it. `error` is
    what the source raised: the connection is then cut before the body's end, so that the upstream
    never sees it complete.
    `untouched` tells that the connection was found dead before a byte was written.
    """

    def __init__(
        self, source: AsyncIterable[bytes] | bytes, length: int | None, idle: float | None
    ) -> None:
        self._source, self._length, self._idle = source, length, idle
        self._written = 0
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self.done = False
        self.error: Exception | None = None
        self.untouched = True

    def stop(self) -> None:
        """Write no more: the upstream has answered early. The connection stays open, unfinished."""
        if not self.done and not self._stopped:
            self._stopped = True
            if self._task is not None:
                self._task.cancel()

    async def write_to(self, writer: Writer) -> None:
        """Write the body; runs in the HTTP client's own task, which a closed response cancels."""
        self._task = task = asyncio.current_task()
        transport = writer.transport
        whole = False
        try:
            await self._write(writer)
            whole = True
        except asyncio.CancelledError:
            if not self._stopped or task is None or task.uncancel():
                raise
            await asyncio.Event().wait()  # for the client's cancellation, at the response's end
        finally:
            if not whole and transport is not None:
                _abort(transport)

    async def _write(self, writer: Writer) -> None:
        if isinstance(self._source, bytes):
            await self._put(writer, self._source)
        else:
            await self._write_pieces(writer, aiter(self._source))
        if self._length is not None and self._written < self._length:
            self._misframed()
        self._touch(writer)
        if self.done:
            await writer.write_eof()  # nothing is left to write
        else:
            async with asyncio.timeout(self._idle):
                await writer.write_eof()
            self.done = True

    async def _write_pieces(self, writer: Writer, pieces: AsyncIterator[bytes]) -> None:
        try:
            while self._written != self._length:
                piece = await self._next(pieces)
                if piece is None:
                    break
                await self._put(writer, piece)
        finally:
            close = getattr(pieces, "aclose", None)
            if close is not None:
                await close()

    async def _put(self, writer: Writer, piece: bytes) -> None:
        self._written += len(piece)
        if self._length is not None and self._written > self._length:
            self._misframed()
        self._touch(writer)
        for part in slices(piece):
            await writer.write(part, drain=False)
            if writer.protocol.writing_paused:
                async with asyncio.timeout(self._idle):
                    await writer.drain()
        if self._written == self._length:
            self.done = True  # all that was announced is out: an answer is not early

    async def _next(self, pieces: AsyncIterator[bytes]) -> bytes | None:
        try:
            return await anext(pieces, None)
        except Exception as error:
            self.error = error
            raise

    def _misframed(self) -> NoReturn:
        # Sent on, the difference would be read as the start of another request.
        self.error = ValueError("the body is not as long as its Content-Length")
        raise self.error

    def _touch(self, writer: Writer) -> None:
        """Note that a byte is about to be written, unless the connection is known to be dead."""
        if self.untouched and (writer.transport is None or writer.transport.is_closing()):
            raise ConnectionResetError
        self.untouched = False


def slices(piece: bytes) -> Sequence[bytes | memoryview]:
    """Cut what is larger than `SLICE`, without copying."""
    if len(piece) <= SLICE:
        return (piece,)
    view = memoryview(piece)
    return [view[start : start + SLICE] for start in range(0, len(piece), SLICE)]


def _abort(transport: asyncio.Transport) -> None:
    """Close at once: a mere close would first wait until all that was written has been read."""
    socket = transport.get_extra_info("socket")
    if socket is not None and transport.get_write_buffer_size():
        socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))  # RST
    transport.abort()

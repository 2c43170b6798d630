"""One connection of a `RawUpstream`: reads requests, and does what the test's answers say."""

import asyncio
import enum
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from tests.rawhttp import Body, RawRequest, body_of

if TYPE_CHECKING:
    from tests.servers import RawUpstream


class Act(enum.Enum):
    """What a server does to its connection besides sending bytes."""

    CLOSE = "close"  # FIN
    RESET = "reset"  # RST
    HOLD = "hold"  # nothing more is sent; the connection stays until the client goes
    DEAF = "deaf"  # nothing more is read either


Answer = bytes | Act | AsyncIterator[bytes | Act] | None


class Connection:
    """One connection of a `RawUpstream`."""

    def __init__(
        self,
        owner: "RawUpstream",
        number: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.owner, self.number, self.reader, self.writer = owner, number, reader, writer
        self.early: asyncio.Task[bool] | None = None
        self.answered = 0

    async def serve(self) -> None:
        rest = b""
        while (head := await self._head(rest)) is not None:
            request, rest = head
            body = body_of(request.fields, 0, self.owner.keep_bodies)
            self._start_early(request)
            body.feed(rest)
            try:
                while not body.done and (data := await self._read()):
                    body.feed(data)
            finally:
                self._record(request, body)
            if not body.done:
                return
            rest = body.rest
            if not await self._answer(request):
                return
            self.answered += 1

    async def _head(self, buffer: bytes) -> tuple[RawRequest, bytes] | None:
        while b"\r\n\r\n" not in buffer:
            idle = self.owner.drop_idle if self.answered else None
            try:
                data = await asyncio.wait_for(self._read(), idle)
            except TimeoutError:
                return None
            if not data:
                return None
            buffer += data
        head, _, rest = buffer.partition(b"\r\n\r\n")
        line, *lines = head.split(b"\r\n")
        return RawRequest(line, tuple(lines), self.number), rest

    async def _read(self) -> bytes:
        try:
            data = await self.reader.read(65536)
        except (ConnectionError, ssl.SSLError):
            data = b""
        if not data and not self.writer.is_closing():
            self._note_gone()
        return data

    def _note_gone(self) -> None:
        if self.number not in self.owner.gone:
            self.owner.gone.append(self.number)

    def _record(self, request: RawRequest, body: Body) -> None:
        request.body, request.raw_body = bytes(body.decoded), bytes(body.raw)
        request.size, request.complete = body.size, body.done
        (self.owner.requests if body.done else self.owner.partial).append(request)

    def _start_early(self, request: RawRequest) -> None:
        answer = self.owner.early(request) if self.owner.early else None
        if answer is not None:
            if answer is Act.DEAF:  # before the next read
                self.writer.transport.pause_reading()
            self.early = asyncio.ensure_future(self._send(answer))

    async def _answer(self, request: RawRequest) -> bool:
        if self.early is not None:
            task, self.early = self.early, None
            return await task
        return await self._send(self.owner.answer(request))

    async def _send(self, answer: Answer) -> bool:
        """Send an answer; return whether the connection lives on."""
        if isinstance(answer, bytes):
            self.writer.write(answer)
            await self.writer.drain()
            return True
        if answer is None or isinstance(answer, Act):
            return await self._act(answer or Act.HOLD)
        watch = asyncio.ensure_future(self._watch())
        try:
            async for step in answer:
                if not await self._send(step):
                    return False
        except ConnectionError:
            self._note_gone()
            raise
        finally:
            watch.cancel()
        return True

    async def _watch(self) -> None:
        """Note a client that goes away in the middle of an answer."""
        while not self.reader.at_eof() and not self.writer.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        self._note_gone()

    async def _act(self, act: Act) -> bool:
        if act is Act.RESET:
            sock = self.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.writer.transport.abort()
        elif act is Act.DEAF:
            self.writer.transport.pause_reading()
            await asyncio.Event().wait()
        elif act is Act.HOLD:
            while await self._read():
                pass
        self.writer.close()
        return False

"""A response's body on its way from the upstream."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import httpx

from gateway.transport.faults import cut


class Content(Protocol):
    """What is asked of an HTTP client's reader of a response's body."""

    async def readany(self) -> bytes:
        """Wait for bytes; b"" is the end."""
        ...

    def is_eof(self) -> bool:
        """Whether the end has come, read or not."""
        ...

    def set_exception(self, error: BaseException) -> None:
        """Let the reading fail."""
        ...


class Link(Protocol):
    """What is asked of the connection that a response comes over."""

    @property
    def closed(self) -> asyncio.Future[None] | None:
        """Done when the connection is; None if it is closed already."""
        ...

    def exception(self) -> BaseException | None:
        """What the connection failed of."""
        ...


class ResponseBody(httpx.AsyncByteStream):
    """A response's body as it comes from the socket.

    `link` is None if all of it has come already. `close` gives up the response: a connection whose
    response was not read to its end is closed, any other is back in the pool already.
    """

    def __init__(self, content: Content, link: Link | None, close: Callable[[], None]) -> None:
        self._content, self._link, self._close = content, link, close
        self._closed = closed = None if link is None else link.closed
        if closed is not None:
            closed.remove_done_callback(_retrieve)  # an earlier response's
            closed.add_done_callback(_retrieve)

    # Not a generator: the event loop registers each one of those.
    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give what comes."""
        return self

    async def __anext__(self) -> bytes:
        """Give what has come, as soon as something has. Raises UpstreamCut."""
        try:
            data = await self._read()
        except Exception as error:
            raise cut(error) from None
        if not data:
            raise StopAsyncIteration
        return data

    async def aclose(self) -> None:
        """Give up the response."""
        self._close()

    async def _read(self) -> bytes:
        """Read, and notice the end of the connection: aiohttp tells no reader of a broken chunk."""
        closed = self._closed
        if closed is None:
            return await self._content.readany()
        closed.add_done_callback(self._lost)
        try:
            return await self._content.readany()
        finally:
            closed.remove_done_callback(self._lost)

    def _lost(self, _: object) -> None:
        if self._link is not None and not self._content.is_eof():
            self._content.set_exception(self._link.exception() or ConnectionResetError())


def _retrieve(closed: asyncio.Future[None]) -> None:
    """Look at the connection's error: asyncio complains of errors that nobody retrieves."""
    if not closed.cancelled():
        closed.exception()

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

    def read_nowait(self) -> bytes:
        """Give what has come."""
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

    `link` is None if all of it has come already. `close` gives the connection back if the response
    has come whole, and else closes it.
    """

    def __init__(self, content: Content, link: Link | None, close: Callable[[], None]) -> None:
        self._content, self._link, self._close = content, link, close
        self._reading = self._gone = False
        self._closed = None if link is None else link.closed
        if self._closed is not None:
            self._closed.add_done_callback(self._lost)

    # Not a generator: the event loop registers each one of those.
    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give what comes."""
        return self

    async def __anext__(self) -> bytes:
        """Give what has come, as soon as something has. Raises UpstreamCut."""
        self._reading = True
        if self._gone and self._closed is not None:
            self._closed.add_done_callback(self._lost)  # what has come already is read first
        try:
            data = await self._content.readany()
        except Exception as error:
            raise cut(error) from None
        self._reading = False
        if not data:
            raise StopAsyncIteration
        return data

    def at_hand(self) -> bytes | None:
        """Give all of a body that came with its head; None: it is to be waited for."""
        if self._link is not None:
            return None
        try:
            return self._content.read_nowait()
        except Exception:
            return None  # reading fails of the same

    async def aclose(self) -> None:
        """Give up the response."""
        if self._closed is not None:
            self._closed.remove_done_callback(self._lost)
        self._close()

    def _lost(self, closed: asyncio.Future[None]) -> None:
        """Notice the end of the connection: aiohttp tells no reader of a broken chunk."""
        self._gone = True
        if not closed.cancelled():
            closed.exception()  # asyncio complains of errors that nobody retrieves
        if self._reading and self._link is not None and not self._content.is_eof():
            self._content.set_exception(self._link.exception() or ConnectionResetError())

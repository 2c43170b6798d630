"""One request on one connection, from its first byte to the end of its response."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from gateway.transport import body, response


class Link(body.Link, response.Link, Protocol):
    """What is asked of the protocol of a connection; it parses responses."""

    read_timeout: float | None

    async def read(self) -> tuple[Any, Any]:
        """Wait for the head of a response; give it with the reader of its body."""
        ...


class Connection(Protocol):
    """A connection that was taken out of a pool."""

    def release(self) -> None:
        """Give it back, for another request."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Attempt:
    """Sends one request once; the connection is given back if both bodies came to their end."""

    __slots__ = ("_body", "_connection", "_content", "_link", "_total")

    def __init__(self, connection: Connection, link: Link, writer: body.BodyWriter) -> None:
        self._connection: Connection | None = connection
        self._link, self._body = link, writer
        self._content: Any = None
        self._total: asyncio.TimerHandle | None = None

    @property
    def open(self) -> bool:
        """Whether the connection is still in use."""
        return self._connection is not None

    async def send(self, head: bytes) -> tuple[Any, Any]:
        """Send the request; return the response's head and its content, not yet read.

        Interim responses are passed over (RFC 9110, section 15.2), but for a switch of protocols.
        """
        try:
            self._body.begin(head)
            message, content = await self._link.read()
            while message.code < 200 and message.code != 101:
                message, content = await self._link.read()
        except BaseException:
            self.close()
            raise
        self._content = content
        self._body.stop()
        content.on_eof(self._ended)
        return message, content

    def limit(self, call_at: Callable[..., asyncio.TimerHandle], when: float) -> None:
        """Let the attempt fail at that time of the loop, in whichever phase it is."""
        self._total = call_at(when, self._expire)

    def close(self) -> None:
        """Give up the response, if it has not come whole."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._drop_limit()
            self._body.abandon()
            connection.close()

    def _ended(self) -> None:
        if not self._body.whole:
            self.close()
            return
        connection, self._connection = self._connection, None
        if connection is not None:
            self._drop_limit()
            connection.release()

    def _drop_limit(self) -> None:
        if self._total is not None:
            self._total.cancel()
            self._total = None

    def _expire(self) -> None:
        error = TimeoutError()
        self._link.set_exception(error)
        if self._content is not None:
            self._content.set_exception(error)

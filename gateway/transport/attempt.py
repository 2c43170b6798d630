"""One request on one connection, from its first byte to the end of its response."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
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


class Guard:
    """Has what comes over an idle connection: nothing may, so that the first byte closes it.

    Kept, it would be read as the answer to the next request, of whichever client. It stays until
    that request's head is written, for which the first bytes of a client's body are waited for.
    """

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Close the connection; tells whether it did so."""
        if data and self._link.transport is not None:
            self._link.transport.abort()
        return bool(data), b""

    def feed_eof(self) -> None:
        """Nothing is expected, so nothing is missing."""


class Attempt:
    """Sends one request once; the connection is given back if both bodies came to their end.

    It is given back by `close`, never by the parser on its way: what stands behind the end of the
    response is known only when all that came is parsed, and who reads what came resumes the parser.
    """

    __slots__ = ("_body", "_connection", "_content", "_link", "_total")

    def __init__(self, connection: Connection, link: Link, writer: body.BodyWriter) -> None:
        self._connection: Connection | None = connection
        self._link, self._body = link, writer
        self._content: Any = None
        self._total: asyncio.TimerHandle | None = None

    async def send(self, head: bytes) -> tuple[Any, Any]:
        """Send the request; return the response's head and its content, not yet read.

        Interim responses are passed over (RFC 9110, section 15.2), but for a switch of protocols:
        that one, and what is no status, closes the connection. Raises ConnectionResetError for an
        answer that was there before the request.
        """
        try:
            self._body.begin(head)
            message, content = await self._link.read()
            if self._body.untouched:  # of a new connection, which has no guard
                raise ConnectionResetError
            while 100 <= message.code < 200 and message.code != HTTPStatus.SWITCHING_PROTOCOLS:
                if self._body.whole:
                    self._link.start_timeout()  # the parser has ended the wait
                message, content = await self._link.read()
        except BaseException:
            self.close()
            raise
        if message.code < 200:
            self.close()  # in whatever state it is now
        self._content = content
        self._body.stop()
        return message, content

    def limit(self, call_at: Callable[..., asyncio.TimerHandle], when: float) -> None:
        """Let the attempt fail at that time of the loop, in whichever phase it is."""
        self._total = call_at(when, self._expire)

    def close(self) -> None:
        """Give the connection back if the response has come whole; else close it."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if self._total is not None:
            self._total.cancel()
            self._total = None
        if self._body.whole and self._content is not None and self._content.is_eof():
            connection.release()
            if self._link.transport is not None:  # it is kept
                self._link.set_parser(Guard(self._link), None)
        else:
            self._body.abandon()
            connection.close()

    def _expire(self) -> None:
        if self._content is not None and self._content.is_eof():
            return  # it came in time; the client is slow
        error = TimeoutError()
        self._link.set_exception(error)
        if self._content is not None:
            self._content.set_exception(error)

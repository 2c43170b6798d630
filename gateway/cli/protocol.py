"""uvicorn's HTTP protocol as the gateway serves it.

Fewer writes and copies, a limit on the head, and clients that ask for more before they have read
what they asked for (pipelining: RFC 9112, section 9.3.2).
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.cli.corked import CorkedTransport

LARGEST_HEAD = 64 * 1024  # bytes of request line and header fields
TOO_LARGE = b"Request line and header fields are larger than 64 KiB."
# RFC 6585, section 5.
REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(TOO_LARGE), TOO_LARGE)
)


class GatewayProtocol(HttpToolsProtocol):
    """The parser itself keeps whatever a client sends until a field is complete: we count.

    `patience` is how long, in seconds, an answer may wait to begin while its client reads nothing
    of those before (as far as the kernel's buffers let that be seen). Once it has begun it is the
    relay that limits how long a client may pause.
    """

    patience = 300.0
    _head: int | None = 0  # bytes of the head that is being read; None: it is complete
    _data = 0  # bytes that came last
    _before = 0  # bytes that came with the end of the request before: the head may begin there
    _earlier: Sequence[Any] = ()  # requests that were not answered when the last one came
    _unread: asyncio.TimerHandle | None = None  # runs while the client leaves too much unread

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(CorkedTransport(transport, self.loop))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Read bytes; refuse a head without end."""
        self._data = len(data)
        if self._head is not None:
            self._head += self._data
        super().data_received(data)
        if self._head is not None and self._head > LARGEST_HEAD and not self._is_closing():
            self._refuse()

    def on_headers_complete(self) -> None:
        """Begin a request, unless its head is too large."""
        # Cheap first: few requests come in as many bytes as a head may have.
        if self._before + (self._head or 0) > LARGEST_HEAD:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > LARGEST_HEAD:
                self._refuse()
                raise ValueError("the head is too large")  # the parser stops here
        self._head = None
        self._earlier = self._unanswered()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Keep bytes of a body until they are asked for.

        The first ones are kept as they are, and reading goes on: most bodies come at once, and are
        asked for in the next turn of the loop. What comes before that stops the reading.
        """
        cycle: Any = self.cycle
        if cycle.body or cycle.response_complete or self.parser.should_upgrade():
            if type(cycle.body) is bytes:
                cycle.body = bytearray(cycle.body)
            super().on_body(body)
        else:
            cycle.body = body
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        """End a request; the next bytes are another one's head."""
        self._head, self._before = 0, self._data
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, unless it was answered before."""
        if not self._is_closing():
            super().send_400_response(msg)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection to the WebSocket protocol, which writes by itself."""
        transport: Any = self.transport
        self.transport = transport.plain
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell of the end to all requests that are not answered; uvicorn tells the last one."""
        super().connection_lost(exc)
        for cycle in self._unanswered():
            cycle.disconnected = True
            cycle.message_event.set()
        self._earlier = ()
        self._drop_timer()

    def pause_writing(self) -> None:
        """Write no more until the client has read; begin to look whether it does."""
        super().pause_writing()
        self._look_later()

    def resume_writing(self) -> None:
        """Write again."""
        super().resume_writing()
        self._drop_timer()

    def _unanswered(self) -> Sequence[Any]:
        """Return the requests that are not answered whole, in their order."""
        if self.cycle is None or (self.cycle.response_complete and not self._earlier):
            return ()
        return [each for each in (*self._earlier, self.cycle) if not each.response_complete]

    def _look_later(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(self.patience, self._look, unread)

    def _look(self, before: int) -> None:
        """Cut a client that has read nothing since, if an answer waits for it to begin."""
        unanswered = self._unanswered()
        begun = bool(unanswered) and unanswered[0].response_started
        if begun or self.transport.get_write_buffer_size() < before:
            self._look_later()
        else:
            self.transport.abort()

    def _drop_timer(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _refuse(self) -> None:
        self.transport.write(REFUSAL)
        self.transport.close()

    def _is_closing(self) -> bool:
        return self.transport.is_closing()

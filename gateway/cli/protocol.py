"""uvicorn's HTTP protocol as the gateway serves it: fewer writes, and a limit on the head."""

import asyncio
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
    """The parser itself keeps whatever a client sends until a field is complete: we count."""

    _head: int | None = 0  # bytes of the head that is being read; None: it is complete
    _data = 0  # bytes that came last
    _before = 0  # bytes that came with the end of the request before: the head may begin there

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

    def _refuse(self) -> None:
        self.transport.write(REFUSAL)
        self.transport.close()

    def _is_closing(self) -> bool:
        return self.transport.is_closing()

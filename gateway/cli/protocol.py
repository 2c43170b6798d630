"""uvicorn's HTTP protocol as the gateway serves it.

Fewer writes and copies, limits on heads, trailers and the time they take, and on what a client may
ask for before it has read what it asked for.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.cli.corked import CorkedTransport
from gateway.cli.cycle import GatewayCycle, complete_scope
from gateway.cli.pipelining import MOST_WAITING, PipelineFlow
from gateway.cli.sockets import host_and_port
from gateway.cli.upgrade import asks_for_websocket, new_parser, without_upgrade

LARGEST_HEAD = 64 * 1024  # bytes of request line and header fields; and again of trailers
TOO_LARGE = b"Request line and header fields are larger than 64 KiB."
# RFC 6585, section 5.
REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(TOO_LARGE), TOO_LARGE)
)


class Trailers(list[tuple[bytes, bytes]]):
    """Where fields go that come after the head: nowhere (RFC 9110, section 6.5.1)."""

    __slots__ = ("size",)
    size: int  # bytes of those that came with this request

    def append(self, field: tuple[bytes, bytes]) -> None:
        """Count a field; ValueError, which stops the parser, when they are too large."""
        self.size += len(field[0]) + len(field[1]) + 4
        if self.size > LARGEST_HEAD:
            raise ValueError("the trailers are too large")


class GatewayProtocol(HttpToolsProtocol):
    """The parser itself keeps whatever a client sends until a field is complete: we count.

    `patience` is how long, in seconds, an answer may wait to begin while its client reads nothing
    of those before (as far as the kernel's buffers let that be seen). Once it has begun it is the
    relay that limits how long a client may pause. A connection on which nothing else happens has
    the keep-alive timeout, and at most twice that, for each head.
    """

    patience = 300.0
    _fields = 0  # bytes since a head was complete, a piece of a body came or a request ended
    _data = 0  # bytes that came last
    _before = 0  # bytes that came with the end of the request before: the head may begin there
    _running: Any = None  # the request that is being answered, or was last
    _unread: asyncio.TimerHandle | None = None  # runs while the client leaves too much unread
    _heading: asyncio.TimerHandle | None = None  # runs while a head has begun, or the first has not

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        corked: Any = CorkedTransport(transport, self.loop)
        self.connections.add(self)
        self.transport = corked
        self.flow = PipelineFlow(corked, self.pipeline)
        # Of the transport, which knows them: uvicorn makes two sockets to ask for them.
        self.server = host_and_port(transport.get_extra_info("sockname"))
        self.client = host_and_port(transport.get_extra_info("peername"))
        self.scheme = "https" if transport.get_extra_info("sslcontext") else "http"
        self._trailers = Trailers()
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Read bytes; refuse a head, or trailers, without end."""
        self._unset_keepalive_if_required()
        self._data = len(data)
        self._fields += self._data
        try:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as stopped:
                self._upgrade(data, stopped)
        except httptools.HttpParserError:
            if not self.transport.is_closing():
                self.send_400_response("Invalid HTTP request received.")
        if self._fields:
            if self._fields > LARGEST_HEAD:
                self._refuse()
            elif self._heading is None:
                self._await_head()

    def on_headers_complete(self) -> None:
        """Begin a request, unless its head is too large or too many wait."""
        # Cheap first: few requests come in as many bytes as a head may have.
        if self._before + self._fields > LARGEST_HEAD:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > LARGEST_HEAD:
                self._refuse()
                raise ValueError("the head is too large")  # the parser stops here
        self._fields = 0
        if self.parser.should_upgrade():
            return  # the parser stops behind this head
        if len(self.pipeline) >= MOST_WAITING:
            self.transport.abort()
            raise ValueError("too many requests wait")
        self._begin_request()
        self.headers = self._trailers
        self._trailers.size = 0

    def on_body(self, body: bytes) -> None:
        """Keep bytes of a body until they are asked for.

        The first ones are kept as they are, and reading goes on: most bodies come at once, and are
        asked for in the next turn of the loop. What comes before that stops the reading.
        """
        self._fields = 0
        cycle: Any = self.cycle
        if cycle.body or cycle.response_complete:
            if type(cycle.body) is bytes:
                cycle.body = bytearray(cycle.body)
            super().on_body(body)
        else:
            cycle.body = body
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        """End a request; the next bytes are another one's head."""
        if self.parser.should_upgrade():
            return  # it has not begun
        self._fields, self._before = 0, self._data
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, where an answer has its place, and close."""
        if self._may_answer():
            super().send_400_response(msg)
        else:
            self.transport.close()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection to the WebSocket protocol, which writes by itself."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()  # it would write into the answers that come before
            return
        self._drop_timers()
        transport: Any = self.transport
        self.transport = transport.plain
        self.scope["method"] = "GET"
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell of the end to the request that is being answered; those that wait never start."""
        super().connection_lost(exc)
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        self._drop_timers()

    def pause_writing(self) -> None:
        """Write no more until the client has read; begin to look whether it does."""
        super().pause_writing()
        self._look_later()

    def resume_writing(self) -> None:
        """Write again."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _begin_request(self) -> None:
        complete_scope(self.scope, self.parser, self.url)
        before: Any = self.cycle
        self.cycle = GatewayCycle(self)
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _upgrade(self, data: bytes, stopped: httptools.HttpParserUpgrade) -> None:
        """Go on behind a head that asks for an upgrade, where the parser has stopped."""
        while True:
            websocket = asks_for_websocket(self.parser, self.headers)
            if websocket and self._should_upgrade_to_ws():
                return self.handle_websocket_upgrade()
            if self.parser.get_method() == b"CONNECT":
                return self.send_400_response("CONNECT is not supported.")
            head = without_upgrade(self.parser, self.url, self.headers)
            data = head + data[stopped.args[0] :]
            self.parser = new_parser(self)
            try:
                return self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as again:
                stopped = again

    def _may_answer(self) -> bool:
        """Tell whether an answer of ours would be taken for that to what came last."""
        cycle = self.cycle
        if self.transport.is_closing():
            return False
        if cycle is None or not cycle.more_body:
            return cycle is None or cycle.response_complete
        return cycle is self._running and not cycle.response_started

    def _await_head(self) -> None:
        seconds = self.timeout_keep_alive
        self._heading = self.loop.call_later(seconds, self._look_for_head, self.cycle)

    def _look_for_head(self, before: Any) -> None:
        """Close a connection on which no head was completed since, and nothing else happens."""
        self._heading = None
        idle = before is None or (before.response_complete and not before.more_body)
        if self.cycle is before and idle:
            self.transport.close()
        elif self._fields:
            self._await_head()

    def _look_later(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(self.patience, self._look, unread)

    def _look(self, before: int) -> None:
        """Cut a client that has read nothing since, if an answer waits for it to begin."""
        running = self._running
        begun = running is not None and running.response_started and not running.response_complete
        if begun or self.transport.get_write_buffer_size() < before:
            self._look_later()
        else:
            self.transport.abort()

    def _drop_timers(self) -> None:
        for timer in (self._unread, self._heading):
            if timer is not None:
                timer.cancel()
        self._unread = self._heading = None

    def _refuse(self) -> None:
        if self._may_answer():
            self.transport.write(REFUSAL)
        self.transport.close()

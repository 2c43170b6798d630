"""One request and its response, as uvicorn's protocol keeps them, with less done twice."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HEADER_VALUE_RE,
    STATUS_LINE,
    RequestResponseCycle,
)

from gateway.relay.event_stream import is_event_stream
from gateway.relay.headers import BODILESS

# RFC 9110, section 5.6.2; ASGI has names in lower case, and framing fields are found by them.
NO_NAME = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9a-z]")
LAST_CHUNK = b"0\r\n\r\n"


def complete_scope(scope: Any, parser: httptools.HttpRequestParser, target: bytes) -> None:
    """Add what the request line says; HttpParserError, or AttributeError for no path: malformed."""
    parsed = httptools.parse_url(target)
    path = parsed.path.decode("ascii")
    scope["method"] = parser.get_method().decode("ascii")
    scope["http_version"] = parser.get_http_version()
    scope["path"] = unquote(path) if "%" in path else path
    scope["raw_path"] = parsed.path
    scope["query_string"] = parsed.query or b""


class GatewayCycle(RequestResponseCycle):
    """Takes ASGI's messages of a response; names of fields are lower-case, as ASGI asks.

    The header and the first of the body leave in one write, and all else of one turn of the loop,
    but for event streams: each of their pieces leaves at once.
    """

    transport: Any  # a CorkedTransport
    _at_once = False

    def __init__(self, protocol: Any) -> None:
        """Begin the answer to the request of which the protocol has read the head."""
        super().__init__(
            scope=protocol.scope,
            transport=protocol.transport,
            flow=protocol.flow,
            logger=protocol.logger,
            access_logger=protocol.access_logger,
            access_log=False,
            default_headers=[],
            message_event=asyncio.Event(),
            expect_100_continue=protocol.expect_100_continue,
            keep_alive=protocol.scope["http_version"] != "1.0"
            and protocol.parser.should_keep_alive(),
            on_response=protocol.on_response_complete,
        )

    async def send(self, message: Any) -> None:
        """Write a message; waits while the client does not read. RuntimeError: not its turn."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        kind = message["type"]
        if kind == "http.response.body" and self.response_started and not self.response_complete:
            self._write_body(message.get("body", b""), message.get("more_body", False))
        elif kind == "http.response.start" and not self.response_started:
            self._write_head(message["status"], message.get("headers", ()))
        else:
            raise RuntimeError(f"The ASGI message {kind} came out of its turn.")

    def _write_head(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self.response_started = True
        self.waiting_for_100_continue = False
        fields = dict(headers)
        values = b"".join([value for _, value in headers])
        if NO_NAME.search(b"".join(fields)) or HEADER_VALUE_RE.search(values):
            raise RuntimeError("A name or a value of the response's header cannot be written.")
        lines = list(map(b": ".join, headers))
        if b"close" in fields.get(b"connection", b""):
            self.keep_alive = False
        elif not self.keep_alive:
            lines.append(b"connection: close")
        if b"content-length" in fields:
            self.chunked_encoding = False
            self.expected_content_length = int(fields[b"content-length"])
        elif self.scope["method"] != "HEAD" and status not in BODILESS:
            self.chunked_encoding = True
            self._at_once = is_event_stream(fields.get(b"content-type"))
            lines.append(b"transfer-encoding: chunked")
        lines.append(b"\r\n")
        self.transport.write(STATUS_LINE[status] + b"\r\n".join(lines))

    def _write_body(self, body: bytes, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            self.expected_content_length = 0
        elif self.chunked_encoding:
            end = b"" if more else LAST_CHUNK
            piece = b"%x\r\n%b\r\n%b" % (len(body), body, end) if body else end
            (self.transport.write_now if self._at_once else self.transport.write)(piece)
        else:
            self.expected_content_length -= len(body)
            if self.expected_content_length < 0:
                raise RuntimeError("The response's body is longer than announced.")
            self.transport.write(body)
        if not more:
            self._end()

    def _end(self) -> None:
        if self.expected_content_length != 0:
            raise RuntimeError("The response's body is shorter than announced.")
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

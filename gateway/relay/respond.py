"""The way back: the upstream's response to the client, chunk by chunk as it comes."""

import asyncio
import contextlib
import json
import time
from types import AsyncGeneratorType

import httpx
from starlette.types import Message, Scope, Send

from gateway.answers import error_members
from gateway.errors import RelayError, UpstreamCut
from gateway.exchange import SCOPE_KEY, Exchange
from gateway.relay.client import Departure
from gateway.relay.event_stream import Boundary, is_event_stream, with_stream_headers
from gateway.relay.headers import header, response_headers
from gateway.relay.outgoing import RelayedOperation
from gateway.relay.watch import ResponseChecks, Watch, watch_for
from gateway.transport.raw import raw_headers
from gateway.transport.response import ResponseBody

BODILESS = frozenset((204, 304))  # whatever their header says (RFC 9112, section 6.3)


class Responder:
    """Relays responses. `public_url` is the gateway's own origin for `Location` ("": relative)."""

    def __init__(self, public_url: str, checks: ResponseChecks) -> None:
        self.public_url = public_url
        self.checks = checks

    async def relay(
        self,
        response: httpx.Response,
        relayed: RelayedOperation,
        scope: Scope,
        send: Send,
        departure: Departure,
    ) -> None:
        """Send the response's header and body on; `departure` is listened to until the last byte.

        A body that breaks off is never ended well: the connection is cut. The upstream's connection
        is given back or closed, whatever happens.
        """
        exchange: Exchange = scope[SCOPE_KEY]
        try:
            headers = self._headers(response, relayed, exchange)
            exchange.upstream_id = _text(header(headers, b"x-request-id"))
            await send(
                {
                    "type": "http.response.start",
                    "status": response.status_code,
                    "headers": headers,
                }
            )
            watch = watch_for(relayed.operation, response.status_code, headers, self.checks)
            if scope["method"] == "HEAD" or response.status_code in BODILESS:
                departure.stop()
                await send({"type": "http.response.body", "body": b""})
            else:
                pump = _Pump(response, relayed, send, departure, exchange=exchange, watch=watch)
                await pump.run(headers)
            if watch is not None:
                watch.note(exchange)
        finally:
            departure.stop()
            await _close(response)

    def _headers(
        self, response: httpx.Response, relayed: RelayedOperation, exchange: Exchange
    ) -> list[tuple[bytes, bytes]]:
        bodiless = response.status_code in BODILESS
        headers = response_headers(raw_headers(response), bodiless=bodiless)
        for index, (name, value) in enumerate(headers):
            if name == b"location":
                origin = relayed.route.upstream.origin
                served = relayed.route.target.served(value, origin, self.public_url)
                headers[index] = (name, served)
        if is_event_stream(headers):
            headers = with_stream_headers(headers)
        headers.append((b"server-timing", _timing(exchange)))
        return headers


class _Pump:
    """Moves one body. Knows how much was announced, so that the last chunk ends the message."""

    def __init__(
        self,
        response: httpx.Response,
        relayed: RelayedOperation,
        send: Send,
        departure: Departure,
        *,
        exchange: Exchange,
        watch: Watch | None,
    ) -> None:
        self.response = response
        self.send = send
        self.departure = departure
        self.exchange = exchange
        self.watch = watch
        self.idle = relayed.route.timeouts.idle or None
        self.boundary: Boundary | None = None

    async def run(self, headers: list[tuple[bytes, bytes]]) -> None:
        length = header(headers, b"content-length")
        left = int(length) if length is not None and length.isdigit() else -1
        if left < 0 and is_event_stream(headers) and not header(headers, b"content-encoding"):
            self.boundary = Boundary()
        try:
            await self._pump(left)
        except UpstreamCut as cut:
            await self._cut(cut)
        except TimeoutError:
            self.exchange.outcome = "timeout"

    async def _pump(self, left: int) -> None:
        assert isinstance(self.response.stream, httpx.AsyncByteStream)
        chunks = aiter(self.response.stream)
        begun = False
        try:
            while (chunk := await anext(chunks, None)) is not None:
                left -= len(chunk)
                if left == 0:
                    self.departure.stop()
                await self._put(_piece(chunk, more=left != 0), begun)
                begun = True
                if self.boundary is not None:
                    self.boundary.feed(chunk)
                if self.watch is not None:
                    self.watch.feed(chunk)
                if left == 0:
                    return
        finally:
            # One that is left behind in its middle costs the loop a task to finish it.
            if isinstance(chunks, AsyncGeneratorType):
                await chunks.aclose()
        if left > 0:
            raise UpstreamCut("upstream_disconnected", "The upstream's answer was too short.")
        self.departure.stop()
        await self._put(_piece(b"", more=False), begun)

    async def _put(self, message: Message, begun: bool) -> None:
        """Send a piece. A client that does not read holds it up; `idle` binds both directions."""
        if begun:
            async with asyncio.timeout(self.idle):
                await self.send(message)
        else:  # there is nothing yet that the client could have left unread
            await self.send(message)

    async def _cut(self, cut: RelayError) -> None:
        """Tell of the break where that is possible; the server then cuts the connection."""
        timeout = cut.code == "upstream_timeout"
        self.exchange.outcome = "timeout" if timeout else "upstream-cut"
        self.exchange.code = cut.code
        if self.boundary is not None and self.boundary.here:
            error = json.dumps({"error": error_members(cut, self.exchange.request_id)})
            event = f"event: error\ndata: {error}\n\n".encode()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.idle):
                    await self.send(_piece(event, more=True))


def _piece(chunk: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


async def _close(response: httpx.Response) -> None:
    """Close a response, whoever cancels us meanwhile."""
    if isinstance(response.stream, ResponseBody):
        await response.stream.aclose()  # which waits for nothing, so there is no meanwhile
    else:
        await asyncio.shield(response.aclose())


def _timing(exchange: Exchange) -> bytes:
    """Return `Server-Timing` (W3C Server Timing, section 3), in milliseconds."""
    upstream = exchange.upstream_first - exchange.upstream_sent
    exchange.overhead = time.perf_counter() - exchange.started - upstream
    return b"upstream;dur=%.1f, relay;dur=%.1f" % (upstream * 1000, exchange.overhead * 1000)


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None

"""The way back: the upstream's response to the client, chunk by chunk as it comes."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from types import AsyncGeneratorType

import httpx
from starlette.types import Scope, Send

from gateway.answers import error_members
from gateway.errors import RelayError, UpstreamCut
from gateway.exchange import SCOPE_KEY, Exchange
from gateway.relay.client import Departure
from gateway.relay.event_stream import (
    TAIL,
    between_events,
    is_event_stream,
    with_stream_headers,
)
from gateway.relay.headers import BODILESS, first_values, response_headers
from gateway.relay.idle import IdleLimit
from gateway.relay.outgoing import RelayedOperation
from gateway.relay.watch import ResponseChecks, Watch, watch_for
from gateway.transport.raw import raw_headers
from gateway.transport.response import ResponseBody

START = "http.response.start"
BODY = "http.response.body"


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
        is given back or closed, whatever happens. `idle` binds each write, the first one too: the
        client can have left an earlier answer unread.
        """
        exchange: Exchange = scope[SCOPE_KEY]
        limit = IdleLimit(relayed.route.timeouts.idle)
        status = response.status_code
        try:
            headers = response_headers(raw_headers(response), bodiless=status in BODILESS)
            fields = first_values(headers)
            self._finish(headers, fields, relayed, exchange)
            await limit.bound(send({"type": START, "status": status, "headers": headers}))
            watch = watch_for(relayed.operation, status, fields, self.checks)
            body = _at_hand(response, scope["method"])
            if body is not None:
                departure.stop()
                await limit.bound(send({"type": BODY, "body": body}))
                if watch is not None:
                    watch.feed(body)
            else:
                await _Pump(
                    response, fields, send, departure, exchange=exchange, watch=watch, limit=limit
                ).run()
            if watch is not None:
                watch.note(exchange)
        except TimeoutError:
            exchange.outcome = "timeout"
        finally:
            limit.stop()
            await _close(response)

    def _finish(
        self,
        headers: list[tuple[bytes, bytes]],
        fields: Mapping[bytes, bytes],
        relayed: RelayedOperation,
        exchange: Exchange,
    ) -> None:
        """Make a response's header ours; `fields` are its first values."""
        exchange.upstream_id = _text(fields.get(b"x-request-id"))
        if b"location" in fields:
            origin = relayed.route.upstream.origin
            for index, (name, value) in enumerate(headers):
                if name == b"location":
                    served = relayed.route.target.served(value, origin, self.public_url)
                    headers[index] = (name, served)
        if is_event_stream(fields.get(b"content-type")):
            with_stream_headers(headers)
        headers.append((b"server-timing", _timing(exchange)))


class _Pump:
    """Moves one body. Knows how much was announced, so that the last chunk ends the message."""

    def __init__(
        self,
        response: httpx.Response,
        fields: Mapping[bytes, bytes],
        send: Send,
        departure: Departure,
        *,
        exchange: Exchange,
        watch: Watch | None,
        limit: IdleLimit,
    ) -> None:
        """`fields` are the first values of the response's header, as it goes to the client."""
        assert isinstance(response.stream, httpx.AsyncByteStream)
        self.chunks = aiter(response.stream)
        self.send = send
        self.departure = departure
        self.exchange = exchange
        self.watch = watch
        self.limit = limit
        length = fields.get(b"content-length", b"")
        self.left = int(length) if length.isdigit() else -1
        # The end of what was sent, where an event of ours could follow.
        self.tail: bytes | None = None
        plain = self.left < 0 and not fields.get(b"content-encoding")
        if plain and is_event_stream(fields.get(b"content-type")):
            self.tail = b""

    async def run(self) -> None:
        """Move the body. One that breaks off is left without its end; the server then cuts."""
        try:
            await self._move()
        except UpstreamCut as cut:
            await self._cut(cut)
        except TimeoutError:
            self.exchange.outcome = "timeout"
        finally:
            # One that is left behind in its middle costs the loop a task to finish it.
            if isinstance(self.chunks, AsyncGeneratorType):
                await self.chunks.aclose()

    async def _move(self) -> None:
        """Move the body. A client that does not read holds it up; `idle` binds both directions."""
        send, limit, watch, left = self.send, self.limit, self.watch, self.left
        async for chunk in self.chunks:
            left -= len(chunk)
            if left == 0:
                self.departure.stop()
            await limit.bound(send({"type": BODY, "body": chunk, "more_body": left != 0}))
            if self.tail is not None:
                self.tail = (self.tail + chunk)[-TAIL:]
            if watch is not None:
                watch.feed(chunk)
            if left == 0:
                return
        if left > 0:
            raise UpstreamCut("upstream_disconnected", "The upstream's answer was too short.")
        self.departure.stop()
        await limit.bound(send({"type": BODY, "body": b"", "more_body": False}))

    async def _cut(self, cut: RelayError) -> None:
        """Tell of the break where that is possible; the server then cuts the connection."""
        timeout = cut.code == "upstream_timeout"
        self.exchange.outcome = "timeout" if timeout else "upstream-cut"
        self.exchange.code = cut.code
        if self.tail is not None and between_events(self.tail):
            error = json.dumps({"error": error_members(cut, self.exchange.request_id)})
            event = f"event: error\ndata: {error}\n\n".encode()
            with contextlib.suppress(TimeoutError):
                await self.limit.bound(self.send({"type": BODY, "body": event, "more_body": True}))


def _at_hand(response: httpx.Response, method: str) -> bytes | None:
    """Return the body if none of it is to be waited for, as of most answers, which are small."""
    if method == "HEAD" or response.status_code in BODILESS:
        return b""
    stream = response.stream
    return stream.at_hand() if isinstance(stream, ResponseBody) else None


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

"""The default transport: aiohttp behind httpx's transport interface.

aiohttp is imported here and nowhere else. It is set up to be exact: targets and fields go out as
they are given, no cookies are kept, nothing is decoded, followed or sent a second time.
"""

import asyncio
import ssl
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import aiohttp
import httpx
from aiohttp.http import HttpProcessingError, StreamWriter
from yarl import URL

from gateway.contract.model import Timeouts
from gateway.transport import outgoing
from gateway.transport.attempt import Attempt
from gateway.transport.body import BodyWriter
from gateway.transport.faults import failed
from gateway.transport.proxy import ProxyChoice
from gateway.transport.raw import RawResponse, raw_headers
from gateway.transport.response import ResponseBody
from gateway.transport.websocket import Refusal, UpstreamSocket, read_refusal

# UnicodeError: of a host that is no name.
_FAILURES = (aiohttp.ClientError, HttpProcessingError, OSError, UnicodeError)
_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_KEEP_ALIVE = 60.0  # seconds that an idle connection is kept
_LARGEST_MESSAGE = 64 * 1024 * 1024  # bytes of one WebSocket message
_PARSING: dict[str, Any] = {  # of responses
    "auto_decompress": False,
    "read_bufsize": 64 * 1024,  # bytes; reading pauses at twice as many
    "max_line_size": 64 * 1024,  # bytes of one line of a header
    "max_field_size": 64 * 1024,
    "max_headers": 512,
}


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Carries requests to one upstream, in one event loop.

    Of `base_url` only the origin counts: the request's `target` extension (bytes) is the whole
    target. A `timeout` extension may hold `connect`, `first_byte`, `idle` and `total` (seconds; 0
    and None are none) in place of `timeouts`. `connections` limits the pool (0: no limit).
    Failures are UpstreamError before the response begins, UpstreamCut while its body is read; what
    the request's own stream raises passes through, with the connection cut before the body's end.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeouts: Timeouts,
        connections: int = 0,
        proxy: ProxyChoice | None = None,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        self._timeouts = timeouts
        self._connections = connections
        self._proxy = None if proxy is None else URL(proxy.url)
        self._verify: ssl.SSLContext | bool = True if verify is None else verify
        self._session: aiohttp.ClientSession | None = None
        plain = base_url.lower().startswith("http:")
        self._targets = outgoing.Targets(base_url, absolute=proxy is not None and plain)
        self._route: _Route | None = None
        self._known: dict[Any, tuple[Timeouts, aiohttp.ClientTimeout]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; return its response as soon as the response's header has come."""
        target = request.extensions.get("target") or request.url.raw_path
        timeouts, limits = self._limits(request.extensions.get("timeout"))
        source = outgoing.body_of(request.stream)
        head, length = self._targets.head(request.method, target, raw_headers(request), source)
        loop = asyncio.get_running_loop()
        end = loop.time() + timeouts.total
        connection, link = await self._connect(limits)
        if self._targets.absolute:
            head = self._through_proxy(head)
        link.set_response_params(
            skip_payload=request.method == "HEAD",
            read_until_eof=True,
            read_timeout=timeouts.first_byte or None,
            **_PARSING,
        )
        body = BodyWriter(
            source, length, timeouts.idle or None, link, lambda: StreamWriter(link, loop).drain()
        )
        attempt = Attempt(connection, link, body)
        if timeouts.total:
            attempt.limit(loop.call_at, end)
        try:
            message, content = await attempt.send(head)
        except Exception as error:
            raise body.error or _failed(error, body.untouched) from None
        if message.code < 200:  # another protocol, which nobody asked for, or no status
            raise failed(HttpProcessingError())
        whole = content.is_eof()
        if not whole:  # from here on the wait between two reads is limited
            link.read_timeout = timeouts.idle or None
            link.start_timeout()
        stream = ResponseBody(content, None if whole else link, attempt.close)
        return RawResponse(message.code, message.raw_headers, stream)

    async def _connect(self, limits: aiohttp.ClientTimeout) -> tuple[Any, Any]:
        """Take a connection from the pool, or make one; raises UpstreamError."""
        connector = (self._session or self._open()).connector
        assert connector is not None and self._route is not None
        try:
            connection = await connector.connect(self._route, [], limits)
        except TimeoutError:
            raise failed(aiohttp.ConnectionTimeoutError()) from None
        except _FAILURES as error:
            raise failed(error) from None
        return connection, connection.protocol

    def _through_proxy(self, head: bytes) -> bytes:
        """Add the proxy's credentials, which connecting gave to the route."""
        assert self._route is not None
        value = self._route.headers.get("Proxy-Authorization")
        if value is None:
            return head
        return head[:-2] + b"Proxy-Authorization: %b\r\n\r\n" % value.encode()

    async def connect_websocket(
        self,
        target: bytes,
        headers: outgoing.Fields,
        subprotocols: Sequence[str],
        timeouts: Timeouts,
    ) -> UpstreamSocket | Refusal:
        """Open a WebSocket, or return the HTTP answer that the upstream gave instead.

        `headers` hold neither the handshake's own fields nor the subprotocols.
        """
        limit = timeouts.connect + timeouts.first_byte if timeouts.first_byte else None
        try:
            async with asyncio.timeout(limit):
                websocket = await (self._session or self._open()).ws_connect(
                    self._targets.url(target),
                    headers=outgoing.spelled_alike(headers),
                    protocols=subprotocols,
                    compress=15,
                    max_msg_size=_LARGEST_MESSAGE,
                    autoclose=False,
                    autoping=False,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                    proxy=self._proxy,
                    ssl=self._verify,
                )
        except _Refused as refused:
            return refused.answer
        except _FAILURES as error:
            raise failed(error) from None
        assert isinstance(websocket, _WebSocket)
        return UpstreamSocket(websocket, websocket.fields, websocket.transport)

    async def aclose(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _limits(self, given: Any) -> tuple[Timeouts, aiohttp.ClientTimeout]:
        """Return a request's limits: all, and that of connecting, as aiohttp's."""
        key = tuple(given.items()) if given else None  # one for each set of limits of the policies
        if key not in self._known:
            own = outgoing.timeouts_of(given, self._timeouts)
            connect = min(filter(None, (own.connect, own.total)), default=None)
            self._known[key] = own, aiohttp.ClientTimeout(None, connect)
        return self._known[key]

    def _open(self) -> aiohttp.ClientSession:
        """Make the session; it belongs to the loop that runs now."""
        self._route = _Route(
            "GET",
            self._targets.origin,
            loop=asyncio.get_running_loop(),
            ssl=self._verify,
            proxy=self._proxy,
        )
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections,
                limit_per_host=0,
                keepalive_timeout=_KEEP_ALIVE,
                socket_factory=outgoing.open_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_AUTOMATIC,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(None, self._timeouts.connect or None),
            middlewares=(_refuse,),  # of WebSockets; each other request brings its own
            ws_response_class=_WebSocket,
            **_PARSING,
        )
        return self._session


class _Route(aiohttp.ClientRequest):
    """What the pool is asked for: a connection to the upstream. It stands for all requests."""

    @cached_property
    def connection_key(self) -> Any:
        """What tells connections apart. A WebSocket never gets one of ours: they are guarded."""
        return super().connection_key._replace(proxy_headers_hash=0)


def _failed(error: Exception, untouched: bool) -> Exception:
    """Translate what sending failed of; a defect stays what it is."""
    return failed(error, untouched=untouched) if isinstance(error, _FAILURES) else error


class _WebSocket(aiohttp.ClientWebSocketResponse[Literal[True]]):
    """A WebSocket that remembers the response which opened it."""

    def __init__(
        self, reader: Any, writer: Any, protocol: Any, response: Any, *rest: Any, **more: Any
    ):
        super().__init__(reader, writer, protocol, response, *rest, **more)
        self.fields: Sequence[tuple[bytes, bytes]] = response.raw_headers
        self.transport: asyncio.Transport | None = response.connection.transport


class _Refused(Exception):
    """The upstream answered a WebSocket handshake with something else than 101."""

    def __init__(self, answer: Refusal) -> None:
        super().__init__()
        self.answer = answer


async def _refuse(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep a refusal's body, which aiohttp would throw away; send no handshake twice."""
    try:
        response = await handler(request)
        if response.status == 101:
            return response
        try:
            read = response.content.readany
            raise _Refused(await read_refusal(response.status, response.raw_headers, read))
        finally:
            response.close()
    except _FAILURES as error:
        raise failed(error) from None

"""The default transport: aiohttp behind httpx's transport interface.

aiohttp is imported here and nowhere else. It is set up to be exact: targets and fields go out as
they are given, no cookies are kept, nothing is decoded, followed or sent a second time.
"""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any, Literal, NoReturn

import aiohttp
import httpx
from multidict import CIMultiDict
from yarl import URL

from gateway.contract.model import Timeouts
from gateway.errors import UpstreamError
from gateway.transport import outgoing
from gateway.transport.body import BodyWriter
from gateway.transport.faults import failed
from gateway.transport.proxy import ProxyChoice
from gateway.transport.raw import RawResponse, raw_headers
from gateway.transport.response import ResponseBody
from gateway.transport.websocket import Refusal, UpstreamSocket, read_refusal

_FAILURES = (aiohttp.ClientError, OSError, UnicodeError)  # the last: of a host that is no name
_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_KEEP_ALIVE = 60.0  # seconds that an idle connection is kept
_LARGEST_FIELD = 64 * 1024  # bytes of one line of a response's header
_LARGEST_MESSAGE = 64 * 1024 * 1024  # bytes of one WebSocket message
_READ_BUFFER = 64 * 1024  # bytes of a response; reading pauses at twice as many


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
        self._targets = outgoing.Targets(base_url)
        self._known: dict[Any, tuple[Timeouts, aiohttp.ClientTimeout]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; return its response as soon as the response's header has come."""
        url = self._targets.url(request.extensions.get("target") or request.url.raw_path)
        timeouts, limits = self._limits(request.extensions.get("timeout"))
        headers = self._targets.headers_of(raw_headers(request))
        body = outgoing.body_of(request.stream, headers, timeouts.idle or None)
        attempt = _Attempt(headers, body)
        try:
            response = await (self._session or self._open()).request(
                request.method,
                url,
                headers=outgoing.framing_of(headers),
                data=None if body is None else _Payload(body),
                allow_redirects=False,
                timeout=limits,
                proxy=self._proxy,
                ssl=self._verify,
                middlewares=(attempt,),
            )
        except (UpstreamError, *_FAILURES) as error:
            attempt.fail(error)
        if body is not None:
            body.stop()
        link = response.connection.protocol if response.connection else None
        if link is not None:  # from here on the wait between two reads is limited
            link.read_timeout = timeouts.idle or None
            link.start_timeout()
        return RawResponse(
            response.status,
            response.raw_headers,
            ResponseBody(response.content, link, response.close),
        )

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
        """Return a request's limits: all, and those until the response begins, as aiohttp's."""
        key = tuple(given.items()) if given else None  # one for each set of limits of the policies
        if key not in self._known:
            own = outgoing.timeouts_of(given, self._timeouts)
            begin = own.total or None, own.connect or None, own.first_byte or None
            self._known[key] = own, aiohttp.ClientTimeout(*begin)
        return self._known[key]

    def _open(self) -> aiohttp.ClientSession:
        """Make the session; it belongs to the loop that runs now."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections,
                limit_per_host=0,
                keepalive_timeout=_KEEP_ALIVE,
                socket_factory=outgoing.open_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_AUTOMATIC,
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(None, self._timeouts.connect or None),
            middlewares=(_refuse,),  # of WebSockets; each other request brings its own
            ws_response_class=_WebSocket,
            read_bufsize=_READ_BUFFER,
            max_line_size=_LARGEST_FIELD,
            max_field_size=_LARGEST_FIELD,
            max_headers=512,
        )
        return self._session


class _Attempt:
    """Sends one request once.

    As an aiohttp middleware it puts the header as it was given in the place of aiohttp's, and turns
    failures into our own errors, on which aiohttp's habit of repeating idempotent requests on a new
    connection has no hold.
    """

    __slots__ = ("_body", "_headers")

    def __init__(self, headers: CIMultiDict[str], body: BodyWriter | None) -> None:
        self._headers, self._body = headers, body

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if request.chunked:
            self._headers["Transfer-Encoding"] = "chunked"
        request.headers = self._headers  # aiohttp's way to merge fields loses some
        try:
            response = await handler(request)
        except _FAILURES as error:
            raise self._failed(error) from None
        if response.status == 101:  # of a protocol that nobody asked for
            response.close()
            raise self._failed(aiohttp.ClientResponseError(response.request_info, ()))
        return response

    def fail(self, error: Exception) -> NoReturn:
        """Raise what the request failed of: its own body's error goes before the connection's."""
        if self._body is not None and self._body.error is not None:
            raise self._body.error from None
        raise (error if isinstance(error, UpstreamError) else self._failed(error)) from None

    def _failed(self, error: Exception) -> UpstreamError:
        return failed(error, untouched=self._body is not None and self._body.untouched)


class _Payload(aiohttp.Payload):
    """Hands a request's body to aiohttp."""

    async def write(self, writer: Any) -> None:
        body: BodyWriter = self._value
        await body.write_to(writer)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a body that streams has no text")


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

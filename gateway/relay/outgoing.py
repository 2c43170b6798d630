"""A request as the upstream gets it: raw target, header pairs, credential, time limits."""

import httpx
from starlette.types import Scope

from gateway.exchange import Exchange
from gateway.relay.client import ClientBody
from gateway.relay.credentials import Access, Grant
from gateway.relay.headers import RequestHeaders, added_headers
from gateway.relay.key_places import DEFAULT, Places, Request, place_credential
from gateway.relay.upstreams import Route
from gateway.transport.raw import RawRequest, WholeBody

NOTHING = WholeBody(b"")


class RelayedOperation:
    """Everything about one relayed operation that can be known before a request."""

    def __init__(self, route: Route, access: Access, transport: httpx.AsyncBaseTransport) -> None:
        self.route = route
        self.operation = route.operation
        self.transport = transport
        self._url = httpx.URL(route.upstream.origin)
        # Where no scheme is declared a client puts its key as a bearer token.
        self._places = Places(access.schemes or (DEFAULT,))
        self._headers = RequestHeaders(route.operation, self._places.fields)
        times = route.timeouts
        self._timeout = {
            "connect": times.connect or None,
            "first_byte": times.first_byte or None,
            "idle": times.idle or None,
            "total": times.total or None,
        }

    def prepare(self, scope: Scope, exchange: Exchange) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """Return the raw target and the header pairs of a request.

        The places of the document's schemes are emptied, whether the client's key stood there or
        not; then the grant's credentials are put into theirs.
        """
        headers = self._headers.select(scope["headers"], exchange.fields)
        request = Request(headers, scope["query_string"])
        self._places.empty(request, exchange.key)
        if self.route.headers:
            request.headers += added_headers(request.headers, self.route.headers)
        grant: Grant = exchange.grant
        request.headers += grant.fields
        for scheme, value in grant.elsewhere:
            place_credential(request, scheme, value)
        return self.route.target.of(scope["raw_path"], request.query_string), request.headers

    def build(self, scope: Scope, exchange: Exchange, body: ClientBody | None) -> httpx.Request:
        """Make the request that a transport takes; its target travels in the extension."""
        target, headers = self.prepare(scope, exchange)
        at_hand = WholeBody(exchange.body) if exchange.body else NOTHING
        return RawRequest(
            scope["method"],
            self._url,
            headers=headers,
            stream=at_hand if body is None else body,
            extensions={"target": target, "timeout": self._timeout},
        )

"""The forwarder: the one application that every relayed operation is bound to.

It puts the upstream's credential in the place of the client's key, sends the request on and
streams the answer back; nothing of either body is held.
"""

import asyncio
from collections.abc import Awaitable, Mapping

from starlette.types import Receive, Scope, Send

from gateway.errors import ClientGone, RelayError
from gateway.exchange import SCOPE_KEY, Exchange
from gateway.relay.attempts import send_with_retries
from gateway.relay.client import ClientBody, Departure
from gateway.relay.outgoing import RelayedOperation
from gateway.relay.respond import Responder
from gateway.relay.sockets import forward_socket

CLIENT_CLOSED = 499  # as nginx logs it; it never reaches a client
NGINX_MEND = 'proxy_http_version 1.1; proxy_set_header Connection "";'


class Forwarder:
    """An ASGI application: relays the operation that routing found."""

    def __init__(self, operations: Mapping[str, RelayedOperation], responder: Responder) -> None:
        self.operations = operations
        self.responder = responder

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Relay one request.

        Raises RelayError for all that goes wrong before the response has begun.
        """
        exchange: Exchange = scope[SCOPE_KEY]
        assert exchange.operation is not None
        relayed = self.operations[exchange.operation.id]
        if scope["type"] == "websocket":
            return forward_socket(relayed, scope, receive, send)
        if scope["http_version"] == "1.0":
            raise RelayError(
                "http_version_not_supported",
                f"A stream cannot be relayed over HTTP/1.0; for nginx: {NGINX_MEND}",
            )
        return self._relay(relayed, scope, receive, send)

    async def _relay(
        self, relayed: RelayedOperation, scope: Scope, receive: Receive, send: Send
    ) -> None:
        exchange: Exchange = scope[SCOPE_KEY]
        departure = Departure(receive)
        body = None
        # A body that was read whole goes out at once, if it need not go out in chunks as it came.
        at_hand = exchange.body and b"content-length" in exchange.fields
        if exchange.has_body and not at_hand:
            body = ClientBody(receive, relayed.route.timeouts.idle, departure.listen)
        else:
            departure.listen()
        try:
            response = await send_with_retries(relayed, scope, exchange, body)
            exchange.body = None
            if body is not None:
                departure.listen()
                body.release()
            await self.responder.relay(response, relayed, scope, send, departure)
        except ClientGone:
            _note_departure(exchange)
        except asyncio.CancelledError:
            if not departure.absorb():
                exchange.outcome = "failed"  # the gateway stops, and its time to drain is over
                raise
            _note_departure(exchange)
        finally:
            departure.stop()
            if body is not None:
                body.stop()


def _note_departure(exchange: Exchange) -> None:
    exchange.outcome = "client-gone"
    exchange.status = exchange.status or CLIENT_CLOSED

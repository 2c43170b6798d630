"""A WebSocket handshake as the upstream gets it, and what the log says of the session."""

from starlette.types import Receive, Scope, Send

from gateway.errors import RelayError
from gateway.exchange import exchange_of
from gateway.relay.headers import response_headers
from gateway.relay.key_places import PROTOCOL_PREFIX
from gateway.relay.outgoing import RelayedOperation
from gateway.relay.websocket import Connect, relay_websocket


async def forward_socket(
    relayed: RelayedOperation, scope: Scope, receive: Receive, send: Send
) -> None:
    """Relay one WebSocket. Raises RelayError for all that goes wrong before it is open."""
    exchange = exchange_of(scope)
    connect: Connect | None = getattr(relayed.transport, "connect_websocket", None)
    if connect is None:
        raise RelayError("internal_error", "The transport of this upstream has no WebSockets.")
    target, headers = relayed.prepare(scope, exchange)
    passed = await relay_websocket(
        scope,
        receive,
        send,
        connect=connect,
        target=target,
        headers=headers,
        subprotocols=without_keys(scope.get("subprotocols", ())),
        timeouts=relayed.route.timeouts,
        clean=response_headers,
    )
    exchange.bytes_in, exchange.bytes_out = passed.bytes_in, passed.bytes_out
    exchange.outcome = passed.outcome


def without_keys(subprotocols: list[str] | tuple[str, ...]) -> list[str]:
    """Leave out the subprotocols in which browsers carry a key."""
    return [name for name in subprotocols if not name.startswith(PROTOCOL_PREFIX)]

"""Connexion's routing stage, replaced: finds the operation before anything of the body is read."""

from collections.abc import Awaitable

from connexion.middleware.abstract import ROUTING_CONTEXT
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.contract.model import Operation
from gateway.contract.router import Match, Router
from gateway.errors import RelayError
from gateway.exchange import SCOPE_KEY, Exchange

UPGRADE = ((b"upgrade", b"websocket"), (b"connection", b"upgrade"))


class Routing:
    """Puts the operation into the scope, where Connexion's next stages look for it."""

    def __init__(self, app: ASGIApp, *, router: Router) -> None:
        self.app = app
        self.router = router

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Route an HTTP request, or a WebSocket's handshake, which is a GET (RFC 6455, 4.1)."""
        if scope["type"] == "lifespan":
            return self.app(scope, receive, send)
        socket = scope["type"] == "websocket"
        match = self._match("GET" if socket else scope["method"], scope)
        operation = match.operation
        exchange: Exchange = scope[SCOPE_KEY]
        exchange.operation = operation
        exchange.path_values = match.path_values
        if socket or operation.websocket:
            _check_protocol(operation, socket)
        # A new dict: the server's own may be shared between requests.
        scope["extensions"] = {
            **(scope.get("extensions") or {}),
            ROUTING_CONTEXT: {"api_base_path": "", "operation_id": operation.id},
        }
        return self.app(scope, receive, send)

    def _match(self, method: str, scope: Scope) -> Match:
        raw_path, query_string = scope["raw_path"], scope["query_string"]
        if method != "HEAD":
            return self.router.match(method, raw_path, query_string)
        try:
            return self.router.match("HEAD", raw_path, query_string)
        except RelayError as error:
            # Local GETs answer HEAD (RFC 9110, section 9.3.2); the server leaves out the body.
            if error.code != "method_not_allowed":
                raise
            try:
                match = self.router.match("GET", raw_path, query_string)
            except RelayError:
                raise error from None
            if not match.operation.local:
                raise
            return match


def _check_protocol(operation: Operation, socket: bool) -> None:
    if socket and not operation.websocket:
        raise RelayError(
            "invalid_upgrade", f"{operation.id} is no WebSocket; call it with plain HTTP."
        )
    if operation.websocket and not socket:
        only = all(answer.status[0] not in "2" for answer in operation.answers)
        if only:
            raise RelayError(
                "upgrade_required",
                f"{operation.id} is a WebSocket; open it with an upgrade (RFC 6455).",
                headers=UPGRADE,
            )

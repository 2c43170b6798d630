"""Last stage: Connexion calls what the resolver bound to the operationId.

Every relayed operation is bound to the one forwarder; a local one to the function that answers it.
"""

from collections.abc import Awaitable, Mapping

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations import AbstractOperation
from connexion.resolver import Resolution, Resolver
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.exchange import SCOPE_KEY


class ForwarderResolver(Resolver):
    """Binds operationIds: local ones to their functions, all others to the forwarder."""

    def __init__(self, forwarder: ASGIApp, local: Mapping[str, ASGIApp]) -> None:
        super().__init__()
        self.forwarder = forwarder
        self.local = local

    def resolve(self, operation: AbstractOperation) -> Resolution:
        """Return the ASGI application of one operation."""
        operation_id = operation.operation_id
        return Resolution(self.local.get(operation_id, self.forwarder), operation_id)


class BoundAPI(RoutedAPI[ASGIApp]):
    """The resolved application of each operation."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        """Return what the resolver bound."""
        application: ASGIApp = operation.function
        return application


class Binding(RoutedMiddleware[BoundAPI]):
    """Calls the bound application, for WebSockets as for HTTP."""

    api_cls = BoundAPI

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Call what is bound to the operation that routing found."""
        operation = scope[SCOPE_KEY].operation
        bound: ASGIApp = self.apis[""][0].operations[operation.id]
        return bound(scope, receive, send)

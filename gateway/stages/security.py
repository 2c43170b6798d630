"""Connexion's security stage with our one decision in it: whose relay key is this.

A relayed operation is closed unless its policy says `public`; a local one is closed unless the
document says `security: []`. WebSockets pass the same decision.
"""

from collections.abc import Awaitable, Mapping
from typing import Any

from connexion.middleware.security import SecurityAPI, SecurityMiddleware
from connexion.operations import AbstractOperation
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.contract.model import Operation
from gateway.errors import RelayError
from gateway.exchange import SCOPE_KEY, Exchange
from gateway.keys import KEYLESS, KeyHolder, Keyring
from gateway.relay.credentials import Access
from gateway.relay.key_places import DEFAULT, presented_key

SCHEME = "relay-key"  # the one scheme of the binding document
CHALLENGE = ((b"www-authenticate", b'Bearer realm="specrelay"'),)


def is_open(operation: Operation) -> bool:
    """Tell whether an operation needs no key."""
    return operation.policy.public


class RelayKeys:
    """Decides who may call an operation."""

    def __init__(self, keyring: Keyring, access: Mapping[str, Access]) -> None:
        self.keyring = keyring
        self.keyless = not keyring
        self.access = access

    def decide(self, scope: Scope) -> KeyHolder:
        """Find the key's holder and its grant; both go into the exchange.

        Raises RelayError `missing_relay_key`, `invalid_relay_key` (RFC 9110, section 11.6.1),
        `key_not_allowed` or `upstream_credential_missing`.
        """
        exchange: Exchange = scope[SCOPE_KEY]
        operation = exchange.operation
        assert operation is not None
        access = self.access[operation.id]
        key = presented_key(
            scope["headers"],
            exchange.fields,
            scope["query_string"],
            access.schemes or (DEFAULT,),
            scope.get("subprotocols", ()),
        )
        holder = self._holder(key, operation.policy.public)
        # Any other value is no relay key, and may stand in the request by chance.
        exchange.key = None if holder is KEYLESS or holder is ANONYMOUS else key
        exchange.key_id = holder.id
        exchange.grant = access.grant_for(holder)
        return holder

    def _holder(self, key: bytes | None, public: bool) -> KeyHolder:
        if self.keyless:
            return KEYLESS
        holder = self.keyring.find(key) if key else None
        if holder is not None:
            return holder
        if public:
            return ANONYMOUS
        if key:
            raise RelayError(
                "invalid_relay_key",
                "The relay key is not one of this gateway's; check it and its place.",
                headers=CHALLENGE,
            )
        raise RelayError(
            "missing_relay_key",
            "Send a relay key as `Authorization: Bearer …` or `X-Relay-Key: …`.",
            headers=CHALLENGE,
        )


ANONYMOUS = KeyHolder("anonymous", frozenset())


class KeyedOperation:
    """One operation's security: the decision, then the next stage."""

    def __init__(self, app: ASGIApp, keys: RelayKeys) -> None:
        self.app = app
        self.keys = keys

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Decide before anything of the body is read."""
        self.keys.decide(scope)
        return self.app(scope, receive, send)


class KeyedAPI(SecurityAPI):
    """Connexion's security of a document, with our decision for every operation.

    Its own operation leaves out those without `security`, and asks functions by scheme through a
    request object and a context that nothing here reads.
    """

    def __init__(self, *args: Any, keys: RelayKeys, **kwargs: Any) -> None:
        self.keys = keys
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> KeyedOperation:
        """Make one operation's security."""
        return KeyedOperation(self.next_app, self.keys)


class Security(SecurityMiddleware):
    """Connexion's security stage, for WebSockets as for HTTP."""

    api_cls = KeyedAPI

    def __init__(self, app: ASGIApp, *, keys: RelayKeys) -> None:
        super().__init__(app)
        self.keys = keys

    def add_api(self, specification: Specification, **kwargs: Any) -> KeyedAPI:
        """Take the operations of the binding document."""
        api: KeyedAPI = super().add_api(specification, keys=self.keys, **kwargs)
        return api

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Decide by the operation that routing found."""
        operation = scope[SCOPE_KEY].operation
        bound: KeyedOperation = self.apis[""][0].operations[operation.id]
        return bound(scope, receive, send)

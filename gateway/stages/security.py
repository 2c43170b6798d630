"""Connexion's security stage with our one decision in it: whose relay key is this.

A relayed operation is closed unless its policy says `public`; a local one is closed unless the
document says `security: []`. WebSockets pass the same decision.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connexion.lifecycle import ConnexionRequest
from connexion.middleware.security import SecurityMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.contract.model import Operation
from gateway.errors import RelayError
from gateway.exchange import exchange_of
from gateway.keys import KEYLESS, KeyHolder, Keyring
from gateway.relay.credentials import Access
from gateway.relay.key_places import DEFAULT, presented_key

SCHEME = "relay-key"  # the one scheme of the binding document
CHALLENGE = ((b"www-authenticate", b'Bearer realm="specrelay"'),)


def is_open(operation: Operation) -> bool:
    """Tell whether an operation needs no key."""
    return operation.policy.public


class RelayKeys:
    """Decides who may call an operation. Hangs on Connexion's `security_map`."""

    def __init__(self, keyring: Keyring, access: Mapping[str, Access]) -> None:
        self.keyring = keyring
        self.access = access

    def get_fn(
        self, scheme: object, required_scopes: object
    ) -> Callable[[ConnexionRequest], Awaitable[dict[str, Any]]]:
        """Return the function that Connexion calls for a closed operation."""

        async def verify(request: ConnexionRequest) -> dict[str, Any]:
            return {"sub": self.decide(request.scope).id}

        return verify

    def decide(self, scope: Scope) -> KeyHolder:
        """Find the key's holder and its grant; both go into the exchange.

        Raises RelayError `missing_relay_key`, `invalid_relay_key` (RFC 9110, section 11.6.1),
        `key_not_allowed` or `upstream_credential_missing`.
        """
        exchange = exchange_of(scope)
        operation = exchange.operation
        assert operation is not None
        access = self.access[operation.id]
        key = presented_key(
            scope["headers"],
            scope["query_string"],
            access.schemes or (DEFAULT,),
            scope.get("subprotocols", ()),
        )
        holder = self._holder(key, is_open(operation))
        exchange.key = key
        exchange.key_id = holder.id
        exchange.grant = access.grant_for(holder)
        return holder

    def _holder(self, key: bytes | None, public: bool) -> KeyHolder:
        if not self.keyring:
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


class Security(SecurityMiddleware):
    """Connexion's stage, made to cover WebSockets and operations without `security`."""

    def __init__(self, app: ASGIApp, *, keys: RelayKeys) -> None:
        super().__init__(app)
        self.keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide before anything of the body is read."""
        kind = scope["type"]
        if kind == "http":
            operation = exchange_of(scope).operation
            if operation is not None and is_open(operation):
                self.keys.decide(scope)
            await super().__call__(scope, receive, send)
            return
        if kind == "websocket":
            self.keys.decide(scope)
        await self.app(scope, receive, send)

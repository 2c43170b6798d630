"""What comes in over HTTP: from whom, and whether it is a message at all. Pure functions."""

from collections.abc import Collection, Sequence
from typing import Any

from gateway.errors import Finding, RelayError
from gateway.relay.headers import header

Pairs = Sequence[tuple[bytes, bytes]]
# Of the request: the SDK is given the body decoded and whole.
OF_THE_BODY = frozenset(
    (b"content-length", b"content-type", b"content-encoding", b"transfer-encoding")
)


def check_origin(headers: Pairs, origins: Collection[str]) -> None:
    """Refuse pages of other origins than those that CORS allows.

    > Servers MUST validate the Origin header on all incoming connections to prevent DNS rebinding
    > attacks. (Model Context Protocol 2025-11-25, Transports)

    The page's own `Host` proves nothing: it is the name that was rebound. Raises RelayError
    `origin_not_allowed`.
    """
    origin = header(headers, b"origin")
    if origin is None or "*" in origins:
        return
    if origin.decode("latin-1").lower() not in {each.lower() for each in origins}:
        raise RelayError(
            "origin_not_allowed",
            "Pages of this origin may not use MCP; add it to CORS_ORIGINS.",
        )


def check_message(message: Any) -> None:
    """Refuse what is no single message of JSON-RPC 2.0; the message quotes nothing of it.

    Raises RelayError `invalid_body`.
    """
    rule = ""
    if isinstance(message, list):
        rule = "must be one message; batches are not taken"
    elif not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        rule = 'must be an object with "jsonrpc": "2.0"'
    elif not ("method" in message or "result" in message or "error" in message):
        rule = "must have a method"
    elif not isinstance(message.get("method", ""), str):
        rule = "must have a text as its method"
    elif not isinstance(message.get("params", {}), dict):
        rule = "must have an object as its params"
    elif "id" in message and not _is_id(message["id"]):
        rule = "must have a text or an integer as its id"
    if rule:
        finding = Finding("", rule)
        raise RelayError("invalid_body", f"The body {rule} (MCP, JSON-RPC).", errors=[finding])


def plain_headers(headers: Pairs) -> list[tuple[bytes, bytes]]:
    """Return the headers for a body that is JSON, decoded and whole."""
    kept = [pair for pair in headers if pair[0] not in OF_THE_BODY]
    return [*kept, (b"content-type", b"application/json")]


def _is_id(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))

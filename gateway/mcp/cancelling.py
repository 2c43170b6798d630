"""Calls that their client cancels by a message, as clients before 2026-07-28 do.

Those keep the connection of the call open, and number their messages from 1 on: a number says
nothing without whose it is. So each client is given an id when it introduces itself. Nothing is
kept under it, and any worker takes it; only the worker that runs a call can cancel it.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.types import Message, Scope

from gateway.exchange import exchange_of
from gateway.relay.headers import header

SESSION = b"mcp-session-id"
INTRODUCTION = "initialize"
CANCELLED = "notifications/cancelled"
MAX_ID = 128  # characters
CallId = tuple[str, bytes, str | int]  # of the relay key, of the client, of the message


class Running:
    """The calls that run in this worker."""

    def __init__(self) -> None:
        self._calls: dict[CallId, asyncio.Event] = {}

    @contextlib.contextmanager
    def call(self, scope: Scope, message: Mapping[str, Any], gone: asyncio.Event) -> Iterator[None]:
        """Let the call of a message be cancelled while the block runs: `gone` is set then."""
        identity = call_id(scope, message.get("id"))
        if identity is None or identity in self._calls:
            yield
            return
        self._calls[identity] = gone
        try:
            yield
        finally:
            del self._calls[identity]

    def heed(self, scope: Scope, message: Mapping[str, Any]) -> None:
        """Cancel the call that a message says is not waited for any more, if it runs here."""
        if message.get("method") != CANCELLED:
            return
        identity = call_id(scope, message.get("params", {}).get("requestId"))
        if identity is not None and identity in self._calls:
            self._calls[identity].set()


def call_id(scope: Scope, number: Any) -> CallId | None:
    """Return whose call it is, and which; None where nothing tells."""
    client = header(scope["headers"], SESSION)
    if client is None or not 0 < len(client) <= MAX_ID or isinstance(number, bool):
        return None
    if not isinstance(number, str | int):
        return None
    return (exchange_of(scope).key_id or "", client, number)


def with_client_id(start: Message) -> Message:
    """Return the start of an answer to an introduction, with an id for the client."""
    pair = (SESSION, secrets.token_urlsafe(18).encode())
    return {**start, "headers": [*start["headers"], pair]}

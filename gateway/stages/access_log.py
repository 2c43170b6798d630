"""Second stage: one record per request, written when its response has ended."""

import logging
import time
from collections.abc import Awaitable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.exchange import SCOPE_KEY, Exchange
from gateway.stages.request_id import with_ids

logger = logging.getLogger("specrelay.access")


class AccessLog:
    """Notes what passes both ways and logs the exchange; see `gateway/logs.py` for the line.

    It is the one stage that looks at every message, so it puts the ids on the response too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log it, whatever becomes of it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        exchange: Exchange = scope[SCOPE_KEY]

        async def counting_receive() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                exchange.bytes_in += len(message.get("body", b""))
                exchange.body_begun = True
                exchange.body_ended = not message.get("more_body", False)
            else:
                exchange.body_ended = True
            return message

        def counting_send(message: Message) -> Awaitable[None]:
            kind = message["type"]
            if kind in ("http.response.body", "websocket.http.response.body"):
                exchange.bytes_out += len(message.get("body", b""))
            elif kind in ("http.response.start", "websocket.http.response.start"):
                exchange.status = message["status"]
                message["headers"] = with_ids(message.get("headers", ()), exchange.request_id)
            elif kind == "websocket.accept":
                exchange.status = 101
            return send(message)

        try:
            await self.app(scope, counting_receive, counting_send)
        finally:
            _log(exchange)


def _log(exchange: Exchange) -> None:
    exchange.ended = time.perf_counter()
    level = logging.ERROR if exchange.status >= 500 else logging.INFO
    if logger.isEnabledFor(level):
        # A copy of a record costs a tenth of a new one, which asks for thread, process and caller.
        now = time.time()
        changing = {"created": now, "msecs": now % 1 * 1000, "exchange": exchange}
        record = logging.LogRecord.__new__(logging.LogRecord)
        record.__dict__ = _PATTERNS[level] | changing
        logger.handle(record)


def _pattern(level: int) -> dict[str, Any]:
    return vars(logging.LogRecord(logger.name, level, __file__, 0, "request", None, None))


_PATTERNS = {level: _pattern(level) for level in (logging.INFO, logging.ERROR)}

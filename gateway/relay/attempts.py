"""Send a request, again where the policy allows it and nothing can be done twice."""

import asyncio
import time

import httpx
from starlette.types import Scope

from gateway.errors import UpstreamError
from gateway.exchange import Exchange
from gateway.relay.client import ClientBody
from gateway.relay.outgoing import RelayedOperation

ATTEMPTS = 3
PAUSE = 0.1  # seconds before the second attempt; doubled before the third
# > A request method is considered "idempotent" if the intended effect on the server of multiple
# > identical requests … is the same as the effect for a single such request. (RFC 9110, 9.2.2)
IDEMPOTENT = frozenset(("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"))


async def send_with_retries(
    relayed: RelayedOperation, scope: Scope, exchange: Exchange, body: ClientBody | None
) -> httpx.Response:
    """Return the upstream's response, its body unread; raises UpstreamError.

    `retry: connect`: again only if no byte of the request was written. `idempotent`: also after
    that, for methods whose repetition changes nothing. `never`: one attempt.
    """
    pause = PAUSE
    for attempt in range(1, ATTEMPTS + 1):
        exchange.upstream_sent = time.perf_counter()
        try:
            response = await relayed.transport.handle_async_request(
                relayed.build(scope, exchange, body)
            )
        except UpstreamError as error:
            exchange.upstream_first = time.perf_counter()
            if attempt == ATTEMPTS or not may_repeat(relayed, scope["method"], error, body):
                raise
            await asyncio.sleep(pause)
            pause *= 2
            continue
        exchange.upstream_first = time.perf_counter()
        if not 200 <= response.status_code <= 599:  # RFC 9110, section 15
            await response.aclose()
            raise UpstreamError(
                "upstream_protocol_error", "The upstream's status is none of an answer.", sent=True
            )
        return response
    raise AssertionError("the last attempt returns or raises")


def may_repeat(
    relayed: RelayedOperation, method: str, error: UpstreamError, body: ClientBody | None
) -> bool:
    """Tell whether the request may be sent again after `error`."""
    retry = relayed.operation.policy.retry
    if retry == "never" or (body is not None and not body.repeatable):
        return False
    return not error.sent or (retry == "idempotent" and method in IDEMPOTENT)

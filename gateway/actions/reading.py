"""The client's side of a projected call: its body, and its going away."""

import asyncio
import math
from typing import Any

from starlette.types import Receive, Scope

from gateway.errors import ClientGone, RelayError
from gateway.relay.headers import header
from gateway.validate.coding import decoded_body


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Return a call's body. `limit` (bytes) holds before and after decoding."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise RelayError("body_too_large", f"The call is larger than {limit} bytes.")
        more = message.get("more_body", False)
    return decoded_body(b"".join(chunks), header(scope["headers"], b"content-encoding"), limit)


async def within(work: asyncio.Task[Any], seconds: float, receive: Receive) -> bool:
    """Wait for a task and tell whether it is over.

    Raises ClientGone where the client goes away first; the task is left running.
    """
    leaving = asyncio.create_task(_departed(receive))
    timeout = max(seconds, 0) if seconds < math.inf else None
    try:
        await asyncio.wait({work, leaving}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if not work.done() and leaving.done():
            raise ClientGone
    finally:
        leaving.cancel()
    return work.done()


async def _departed(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue

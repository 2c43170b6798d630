"""When a request may be sent again. What really is sent is counted in `tests/faults`."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.errors import UpstreamError
from gateway.relay.attempts import may_repeat
from gateway.relay.client import ClientBody
from tests.relay.gateways import compiled

UNSENT = UpstreamError("upstream_unreachable", "m", sent=False)
SENT = UpstreamError("upstream_disconnected", "m", sent=True)


def body_after(read: int, pieces: int = 2) -> ClientBody:
    """Make a body of some pieces of which some have been read."""
    left = [
        {"type": "http.request", "body": b"a", "more_body": number < pieces - 1}
        for number in range(pieces)
    ]

    async def receive() -> dict[str, Any]:
        return left.pop(0)

    body = ClientBody(receive, 0, lambda: None)

    async def take() -> None:
        chunks = aiter(body)
        for _ in range(read):
            await anext(chunks)

    asyncio.run(take())
    return body


@pytest.mark.parametrize(
    ("retry", "method", "error", "expected"),
    [
        ("connect", "POST", UNSENT, True),
        ("connect", "GET", SENT, False),
        ("idempotent", "POST", UNSENT, True),
        ("idempotent", "POST", SENT, False),
        ("idempotent", "PATCH", SENT, False),
        ("idempotent", "DELETE", SENT, True),
        ("idempotent", "PUT", SENT, True),
        ("never", "GET", UNSENT, False),
    ],
)
def test_by_policy_and_method(
    retry: str, method: str, error: UpstreamError, expected: bool
) -> None:
    paths = {"/x": {"get": {"x-gateway": {"retry": retry}}}}
    relayed: Any = SimpleNamespace(operation=compiled(paths).operations["get_x"])
    assert may_repeat(relayed, method, error, None) is expected
    assert may_repeat(relayed, method, error, body_after(0)) is expected
    assert may_repeat(relayed, method, error, body_after(1, 1)) is expected
    assert may_repeat(relayed, method, error, body_after(1)) is False

"""What an upstream sends on an idle connection is never the answer to the next request."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest

from tests.rawhttp import RawRequest, respond
from tests.relay.gateways import parsed, relaying, request_bytes, taking
from tests.servers import Act

PATHS = {
    "/get": {"get": {}},
    "/raw": {"post": taking("application/octet-stream", None)},
}
RAW = ["Content-Type: application/octet-stream", "Content-Length: 4"]


@pytest.mark.parametrize("late", [respond(b"of user 1"), respond(b"", "408 Request Timeout")])
def test_a_request_that_waits_for_its_body_is_not_answered_before(late: bytes) -> None:
    waits, sent = threading.Event(), threading.Event()

    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(b"ok")
        if request.method == b"GET":
            await asyncio.to_thread(waits.wait, 10)
            yield late
            sent.set()

    with relaying(PATHS, answer) as (gateway, upstream):
        assert gateway.ask("GET", "/get").status == 200
        with gateway.connect() as connection:
            connection.sendall(request_bytes("POST", "/raw", RAW))
            time.sleep(0.3)  # the gateway takes the connection for it
            waits.set()
            assert sent.wait(10)
            connection.sendall(b"mine")
            reply = parsed(connection.recv(65536))
        assert (reply.status, reply.body) == (200, b"ok")
        assert [each.body for each in upstream.requests] == [b"", b"mine"]
        assert upstream.connections == 2
        assert gateway.line()["status"] == 200

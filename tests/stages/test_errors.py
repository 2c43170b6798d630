"""Defects: answered without a word of theirs, told in the log by their place."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest

from gateway.app import build_app
from gateway.settings import Settings
from tests.relay.gateways import KEY, Gateway, Lines, compiled
from tests.servers import serve_in_thread


class Body(httpx.AsyncByteStream):
    """A body that fails in its middle, or not."""

    def __init__(self, fails: bool) -> None:
        self.fails = fails
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"some"
        if self.fails:
            raise ZeroDivisionError("planted")
        yield b"more"

    async def aclose(self) -> None:
        self.closed = True


class Transport(httpx.AsyncBaseTransport):
    """Another httpx transport, that fails as the target says."""

    def __init__(self) -> None:
        self.targets: list[bytes] = []
        self.bodies: list[Body] = []
        self.closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = request.extensions["target"]
        self.targets.append(target)
        if target == b"/before":
            raise ZeroDivisionError("planted")
        body = Body(target == b"/middle")
        self.bodies.append(body)
        return httpx.Response(200, headers=[(b"X-A", b"1")], stream=body)

    async def aclose(self) -> None:
        self.closed = True


@contextmanager
def plugged() -> Iterator[tuple[Gateway, Transport]]:
    contract = compiled({path: {"get": {}} for path in ("/before", "/middle", "/well")})
    env = {"RELAY_KEY": KEY, "SPECRELAY_UPSTREAM": "http://127.0.0.1:9"}
    transport = Transport()
    app = build_app(contract, Settings.load(env=env, env_file=None), lambda origin: transport)
    log = Lines()
    logger = logging.getLogger("specrelay.access")
    logger.addHandler(log)
    logger.setLevel(logging.INFO)
    try:
        with serve_in_thread(app) as served:
            yield Gateway(served, log), transport
    finally:
        logger.removeHandler(log)
        logger.setLevel(logging.NOTSET)


def test_another_transport_can_be_plugged_in_and_is_closed_at_the_end() -> None:
    with plugged() as (gateway, transport):
        reply = gateway.ask("GET", "/well?y[]=%7e")
        assert (reply.status, reply.body) == (200, b"somemore")
        assert reply.values(b"x-a") == [b"1"]
        assert transport.targets == [b"/well?y[]=%7e"]
        assert gateway.line()["outcome"] == "complete"
        assert transport.bodies[0].closed
        assert not transport.closed
    assert transport.closed


def test_a_defect_before_the_answer_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    with plugged() as (gateway, _):
        reply = gateway.ask("GET", "/before")
        assert (reply.status, reply.error["code"]) == (500, "internal_error")
        line = gateway.line()
        assert (line["outcome"], line["code"]) == ("failed", "internal_error")
        assert reply.error["request_id"] == line["request_id"]
        assert b"planted" not in reply.body
    (told,) = [each.getMessage() for each in caplog.records if each.name == "specrelay"]
    assert "ZeroDivisionError at" in told
    assert "handle_async_request" in told
    assert line["request_id"] in told
    assert "planted" not in caplog.text


def test_a_defect_in_the_middle_cuts_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    with plugged() as (gateway, transport):
        reply = gateway.ask("GET", "/middle")
        assert (reply.body, reply.complete) == (b"some", False)
        assert gateway.line()["outcome"] == "failed"
        assert transport.bodies[0].closed
    assert "ZeroDivisionError at" in caplog.text
    assert "planted" not in caplog.text

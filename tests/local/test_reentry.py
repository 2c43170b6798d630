import asyncio
import logging
import queue
from collections.abc import AsyncIterator
from logging.handlers import QueueHandler

import httpx
import pytest

from gateway.contract.model import Contract
from gateway.exchange import Exchange
from tests.local.gateways import echoing, gateway
from tests.local.trees import ENV, call
from tests.rawhttp import RawRequest, chunk, respond
from tests.servers import Act, RawUpstream


def test_both_lines_of_the_log_name_the_envelope(client: httpx.Client) -> None:
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handler = QueueHandler(records)
    logger = logging.getLogger("specrelay.access")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        answer = call(client, operationId="getTree", path_params={"id": "oak"})
        lines: list[Exchange] = [records.get(timeout=5).__dict__["exchange"] for _ in range(2)]
    finally:
        logger.removeHandler(handler)
    inner, outer = lines
    assert inner.operation is not None
    assert outer.operation is not None
    assert (inner.operation.id, outer.operation.id) == ("getTree", "proxyRequest")
    assert inner.parent_id == outer.request_id
    assert answer.headers["x-relay-request-id"] == inner.request_id
    assert inner.key_id == outer.key_id
    assert inner.bytes_out == outer.bytes_out == len(answer.content)


def test_status_headers_and_bytes_come_through(trees: Contract) -> None:
    data = bytes(range(256)) * 64
    answer = respond(data, "418 Odd", [("Content-Type", "image/png"), ("X-Tree", "oak")])
    with (
        RawUpstream(lambda _: answer) as upstream,
        gateway(trees, upstream.url, **ENV) as client,
    ):
        got = call(client, operationId="listTrees")
    assert (got.status_code, got.content) == (418, data)
    assert (got.headers["content-type"], got.headers["x-tree"]) == ("image/png", "oak")


EVENTS = respond(
    headers=[("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")], length=False
)


def test_events_pass_as_they_come(trees: Contract) -> None:
    async def answer() -> AsyncIterator[bytes | Act]:
        yield EVENTS + chunk(b"data: 1\n\n")
        await released.wait()
        yield chunk(b"data: 2\n\n") + chunk(b"")

    released = asyncio.Event()
    with (
        RawUpstream(lambda _: answer()) as upstream,
        gateway(trees, upstream.url, **ENV) as client,
    ):
        members = {"operationId": "listTrees"}
        with client.stream("POST", "/v1/proxy", json=members) as got:
            assert got.headers["content-type"] == "text/event-stream"
            parts = got.iter_raw()
            assert next(parts) == b"data: 1\n\n"
            upstream._loop.call_soon_threadsafe(released.set)
            assert b"".join(parts) == b"data: 2\n\n"


def test_a_client_that_goes_away_frees_the_upstream(trees: Contract) -> None:
    async def answer(_: RawRequest) -> AsyncIterator[bytes | Act]:
        yield EVENTS + chunk(b"data: 1\n\n")
        yield Act.HOLD

    with (
        RawUpstream(answer) as upstream,
        gateway(trees, upstream.url, **ENV) as client,
    ):
        members = {"operationId": "listTrees"}
        with client.stream("POST", "/v1/proxy", json=members) as got:
            next(got.iter_raw())
        assert upstream.wait(lambda up: up.gone, 2)


def test_a_client_that_goes_away_before_the_answer(trees: Contract) -> None:
    with RawUpstream(lambda _: None) as upstream, gateway(trees, upstream.url, **ENV) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/proxy", json={"operationId": "listTrees"}, timeout=0.5)
        assert upstream.wait(lambda up: up.gone, 2)


def test_a_cut_is_no_success(trees: Contract) -> None:
    async def answer() -> AsyncIterator[bytes | Act]:
        yield respond(headers=[("Content-Length", "100")], length=False) + b"half"
        yield Act.RESET

    with (
        RawUpstream(lambda _: answer()) as upstream,
        gateway(trees, upstream.url, **ENV) as client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        call(client, operationId="listTrees")


def test_without_keys_no_other_site_gets_in(trees: Contract) -> None:
    with echoing(trees, **{**ENV, "RELAY_KEY": "", "RELAY_ADMIN_KEY": ""}) as client:
        del client.headers["authorization"]
        assert call(client, operationId="listTrees").status_code == 200
        for sent in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
            answer = client.post("/v1/proxy", json={"operationId": "listTrees"}, headers=sent)
            assert answer.status_code == 403


def test_cors_fields_stand_once(trees: Contract) -> None:
    origin = "https://app.example"
    with echoing(trees, **{**ENV, "CORS_ORIGINS": origin}) as client:
        sent = {"origin": origin}
        answer = client.post("/v1/proxy", json={"operationId": "listTrees"}, headers=sent)
        assert answer.headers.get_list("access-control-allow-origin") == [origin]

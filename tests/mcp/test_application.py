"""The endpoint itself: who may call it, what it takes, and what becomes of a call left alone."""

import asyncio
import contextlib
import gzip
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client.client import Client

from gateway.contract.model import Contract
from tests.mcp.gateways import KEY, PAGE, Endpoint, serving, using
from tests.relay.gateways import compiled, taking
from tests.servers import RawUpstream

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
BEARER = {"Authorization": f"Bearer {KEY}", "Accept": "application/json"}
MODERN = "2026-07-28"


def call(name: str, modern: bool = False, **arguments: Any) -> dict[str, Any]:
    """Write a tool's call."""
    params: dict[str, Any] = {"name": name, "arguments": arguments}
    if modern:
        prefix = "io.modelcontextprotocol"
        params["_meta"] = {
            f"{prefix}/protocolVersion": MODERN,
            f"{prefix}/clientInfo": {"name": "t", "version": "1"},
            f"{prefix}/clientCapabilities": {},
        }
    return {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}


def post(url: str, message: Any = LIST, **headers: str) -> httpx.Response:
    sent = {**BEARER, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return httpx.post(url, json=message, headers=sent, trust_env=False, timeout=20)


def code_of(answer: httpx.Response) -> str:
    said = answer.json()
    return str(said.get("error", said)["code"])


@pytest.mark.parametrize("path", ["/mcp", "/-/mcp"])
def test_it_answers_at_both_paths_with_json(endpoint: Endpoint, path: str) -> None:
    answer = post(endpoint.served.url + path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in answer.headers
    assert len(answer.json()["result"]["tools"]) == len(endpoint.projection.tools)


def test_a_wrong_key_and_none(endpoint: Endpoint) -> None:
    wrong = post(endpoint.url, Authorization="Bearer wrong")
    assert (wrong.status_code, code_of(wrong)) == (401, "invalid_relay_key")
    assert wrong.headers["www-authenticate"].startswith("Bearer")
    none = httpx.post(endpoint.url, json=LIST, trust_env=False)
    assert (none.status_code, code_of(none)) == (401, "missing_relay_key")
    own = httpx.post(endpoint.url, json=LIST, headers={"X-Relay-Key": KEY, "Accept": "*/*"})
    assert own.status_code == 200


def test_an_origin_is_refused_unless_it_is_allowed(
    endpoint: Endpoint, shipped: Contract, tmp_path: Path
) -> None:
    for origin in (PAGE, "null", endpoint.served.url):
        answer = post(endpoint.url, Origin=origin)
        assert (answer.status_code, code_of(answer)) == (403, "origin_not_allowed")
    with serving(shipped, "http://127.0.0.1:9", tmp_path, CORS_ORIGINS=PAGE) as allowing:
        assert post(allowing.url, Origin=PAGE).status_code == 200
        assert post(allowing.url, Origin=PAGE.replace("app", "evil")).status_code == 403


def test_without_a_relay_key_only_this_machine_s_names(shipped: Contract, tmp_path: Path) -> None:
    with serving(shipped, "http://127.0.0.1:9", tmp_path, RELAY_KEY="") as open_one:
        assert post(open_one.url).status_code == 200
        answer = post(open_one.url, Host="rebound.example.com")
        assert (answer.status_code, code_of(answer)) == (403, "host_not_allowed")


def test_other_methods_are_refused(endpoint: Endpoint) -> None:
    for method in ("GET", "DELETE"):
        answer = httpx.request(method, endpoint.url, headers=BEARER, trust_env=False)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "message",
    [
        [LIST],
        "text",
        {"method": "tools/list"},
        {**LIST, "params": [1]},
        {**LIST, "id": True},
        {**LIST, "method": 5},
        {"jsonrpc": "2.0", "id": 1},
    ],
)
def test_what_is_no_message_is_refused_and_not_quoted(endpoint: Endpoint, message: Any) -> None:
    answer = post(endpoint.url, message)
    assert (answer.status_code, code_of(answer)) == (400, "invalid_body")


def test_two_readings_of_a_message_are_refused(endpoint: Endpoint) -> None:
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "method": "tools/list"}'
    answer = httpx.post(
        endpoint.url, content=body, headers={**BEARER, "Content-Type": "application/json"}
    )
    assert (answer.status_code, code_of(answer)) == (400, "invalid_json")


def test_a_message_in_gzip(endpoint: Endpoint) -> None:
    headers = {**BEARER, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps(LIST).encode())
    answer = httpx.post(endpoint.url, content=body, headers=headers, trust_env=False)
    assert answer.json()["result"]["tools"]


def test_a_notification_and_a_method_that_is_not_there(endpoint: Endpoint) -> None:
    said = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert post(endpoint.url, said).status_code == 202
    answer = post(endpoint.url, {**LIST, "method": "prompts/list"})
    assert answer.json()["error"]["code"] == -32601


def test_an_envelope_does_not_lead_to_it(endpoint: Endpoint) -> None:
    inside = {"method": "POST", "path": "/mcp", "body": LIST}
    answer = post(f"{endpoint.served.url}/-/proxy", inside)
    assert (answer.status_code, code_of(answer)) == (403, "operation_not_allowed")


SLOW = {"/slow": {"post": {"operationId": "slow", **taking("application/json", {
    "type": "object", "properties": {"n": {"type": "integer"}}})}}}  # fmt: skip


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Endpoint, RawUpstream]]:
    """A gateway whose upstream never answers."""
    data = tmp_path_factory.mktemp("held")
    with (
        RawUpstream(lambda request: None) as upstream,
        serving(compiled(SLOW), upstream.url, data) as endpoint,
    ):
        yield endpoint, upstream


@pytest.mark.parametrize("modern", [False, True])
def test_a_client_that_goes_away_cancels_the_upstream(
    held: tuple[Endpoint, RawUpstream], modern: bool
) -> None:
    endpoint, upstream = held
    before, gone = len(upstream.requests), len(upstream.gone)
    body = json.dumps(call("slow", modern, n=1)).encode()
    version = f"MCP-Protocol-Version: {MODERN}\r\nMcp-Method: tools/call\r\nMcp-Name: slow\r\n"
    head = (
        "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/json, text/event-stream\r\nAuthorization: Bearer {KEY}\r\n"
        f"{version if modern else ''}Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", endpoint.served.port), 10) as connection:
        connection.sendall(head.encode() + body)
        assert upstream.wait(lambda each: len(each.requests) > before)
        started = time.monotonic()
    assert upstream.wait(lambda each: len(each.gone) > gone)
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_call_that_the_official_client_cancels(
    held: tuple[Endpoint, RawUpstream], mode: str
) -> None:
    endpoint, upstream = held
    before, gone = len(upstream.requests), len(upstream.gone)

    async def work(client: Client) -> bool:
        calling = asyncio.create_task(client.call_tool("slow", {"n": 1}))
        assert await asyncio.to_thread(upstream.wait, lambda each: len(each.requests) > before, 20)
        calling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await calling
        noticed = await asyncio.to_thread(upstream.wait, lambda each: len(each.gone) > gone, 20)
        # The older protocol still answers the cancelled message; the client must be there for it.
        await client.list_tools()
        await asyncio.sleep(0.5)
        return noticed

    assert using(endpoint.url, work, mode=mode)

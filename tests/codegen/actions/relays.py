"""A gateway in front of a raw upstream that takes projected calls too, on real sockets."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx

from codegen.actions.projection import project_actions
from gateway.actions.adapter import Adapter
from gateway.actions.routes import PREFIX, CallRoutes
from gateway.app import build_planned
from gateway.contract.model import Contract
from gateway.errors import RelayError
from gateway.local.inner_request import InnerRequest
from gateway.plan import make_plan
from gateway.projection import ActionSet, Call
from gateway.settings import Settings
from tests.rawhttp import RawRequest, respond
from tests.servers import RawUpstream, serve_in_thread

KEY = "a-relay-key"


def answer(request: RawRequest) -> bytes:
    return respond(b"{}", headers=[("Content-Type", "application/json")])


@dataclass
class Relay:
    """A running gateway, its upstream, and the contract and sets behind it."""

    contract: Contract
    sets: dict[str, ActionSet]
    adapter: Adapter
    upstream: RawUpstream
    client: httpx.Client

    def call(self, name: str) -> Call:
        found = [call for each in self.sets.values() for call in each.calls if call.name == name]
        return found[0]

    def send(self, method: str, target: str, body: Any = None) -> RawRequest:
        """Send a request; return what the upstream was sent."""
        headers = {} if body is None else {"content-type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        before = len(self.upstream.requests)
        said = self.client.request(method, target, content=content, headers=headers)
        assert said.status_code == 200, (method, target, body, said.text)
        assert len(self.upstream.requests) == before + 1
        return self.upstream.requests[-1]


def settings_for(upstream: str) -> Settings:
    variables = {"RELAY_KEY": KEY, "SPECRELAY_UPSTREAM": upstream, "OPENAI_API_KEY": "up-key"}
    return Settings.load(env=variables, env_file=None)


@contextlib.contextmanager
def relaying(contract: Contract) -> Iterator[Relay]:
    """Serve a contract, its operations and its projected calls."""
    sets, _ = project_actions(contract)
    with RawUpstream(answer) as upstream:
        settings = settings_for(upstream.url)
        plan = make_plan(contract, settings)
        gateway = build_planned(plan, settings)
        adapter = Adapter(plan.contract)
        app = WithCalls(gateway, adapter, [call for each in sets.values() for call in each.calls])
        headers = {"authorization": f"Bearer {KEY}"}
        with (
            serve_in_thread(app) as served,
            httpx.Client(
                base_url=served.url, headers=headers, trust_env=False, timeout=20
            ) as client,
        ):
            yield Relay(plan.contract, sets, adapter, upstream, client)


class WithCalls:
    """Maps requests below `/-/actions` back and gives them to the gateway."""

    def __init__(self, gateway: Any, adapter: Adapter, calls: Sequence[Call]) -> None:
        self.gateway = gateway
        self.adapter = adapter
        self.routes = CallRoutes(calls)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.gateway(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        try:
            called = self.routes.match(scope["method"], scope["raw_path"])
            request = self.adapter.http_request(
                called.call, called.path_values, scope["query_string"], body
            )
        except RelayError as error:
            await send({"type": "http.response.start", "status": error.status, "headers": []})
            await send({"type": "http.response.body", "body": error.message.encode()})
            return
        await self.gateway(scope_of(scope, request), once(request), send)


def scope_of(scope: Any, request: InnerRequest) -> dict[str, Any]:
    dropped = (b"content-type", b"content-length", b"transfer-encoding")
    headers = [pair for pair in scope["headers"] if pair[0] not in dropped]
    headers += request.headers
    if request.body is not None:
        content, media_type = request.body
        headers += [
            (b"content-type", media_type),
            (b"content-length", str(len(content)).encode()),
        ]
    return {
        **scope,
        "method": request.method,
        "path": unquote(request.raw_path.decode()),
        "raw_path": request.raw_path,
        "query_string": request.query_string,
        "headers": headers,
    }


def once(request: InnerRequest) -> Any:
    body = request.body[0] if request.body is not None else b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive

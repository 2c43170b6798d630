"""Gateways over documents of the tests, on real sockets."""

import contextlib
import json
from collections.abc import Iterator

import httpx

from gateway.app import build_app
from gateway.contract.model import Contract
from gateway.settings import Settings
from tests.rawhttp import RawRequest, respond
from tests.servers import RawUpstream, serve_in_thread

KEY = "a-relay-key"


@contextlib.contextmanager
def gateway(contract: Contract, upstream: str, **env: str) -> Iterator[httpx.Client]:
    """Serve a contract; give a client that presents the relay key."""
    variables = {"RELAY_KEY": KEY, "SPECRELAY_UPSTREAM": upstream, **env}
    settings = Settings.load(env={k: v for k, v in variables.items() if v}, env_file=None)
    headers = {"authorization": f"Bearer {KEY}"}
    with (
        serve_in_thread(build_app(contract, settings)) as served,
        httpx.Client(base_url=served.url, headers=headers, trust_env=False, timeout=20) as client,
    ):
        yield client


def echo(request: RawRequest) -> bytes:
    """Answer with what came: target, headers and body."""
    said = {
        "method": request.method.decode(),
        "target": request.target.decode(),
        "headers": [[name.decode(), value.decode()] for name, value in request.fields],
        "body": request.body.decode(),
    }
    headers = [("Content-Type", "application/json")]
    return respond(json.dumps(said).encode(), headers=headers)


@contextlib.contextmanager
def echoing(contract: Contract, **env: str) -> Iterator[httpx.Client]:
    """Serve a contract in front of an upstream that answers with what came."""
    with RawUpstream(echo) as upstream, gateway(contract, upstream.url, **env) as client:
        yield client

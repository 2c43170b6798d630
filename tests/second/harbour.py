"""The second document on real sockets: gateway before a raw upstream, or before the stand-in."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from gateway.app import build_app
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.settings import Settings
from gateway.standin.app import standin_app
from gateway.standin.record import Record
from tests.rawhttp import RawRequest, respond
from tests.servers import RawUpstream, Served, raw_request, serve_in_thread

DOCUMENT = Path(__file__).parent.parent / "documents" / "harbour.yaml"
KEY = "a-relay-key"
SECRETS = {
    "HB_TOKEN": "up-token",
    "HB_SESSION": "up-session",
    "HB_KEY": "up key/1",
    "HB_LOGIN": "clerk:up-pass",
    "HB_OAUTH": "up-oauth",
}
CREDENTIALS = {
    "Token": "HB_TOKEN",
    "Session": "HB_SESSION",
    "ApiKey": "HB_KEY",
    "Login": "HB_LOGIN",
    "OAuth": "HB_OAUTH",
}
MAPPED = ",".join(f"{scheme}={name}" for scheme, name in CREDENTIALS.items())


def harbour_contract() -> Contract:
    return load_contract(DOCUMENT)


def echo(request: RawRequest) -> bytes:
    """Answer with what came, so that a client sees it too."""
    if request.method == b"HEAD":
        return respond()
    said = {"target": request.target.decode(), "body": request.body.decode("latin-1")}
    return respond(json.dumps(said).encode(), headers=[("Content-Type", "application/json")])


@dataclass(frozen=True)
class Relay:
    """A gateway with its upstream."""

    served: Served
    upstream: RawUpstream
    client: httpx.Client

    def send(self, data: bytes) -> bytes:
        return raw_request(self.served.host, self.served.port, data)

    def last(self) -> RawRequest:
        return self.upstream.requests[-1]


def settings_for(upstream: str, **more: str) -> Settings:
    env = {"RELAY_KEY": KEY, "SPECRELAY_UPSTREAM": upstream, **more}
    return Settings.load(env={name: value for name, value in env.items() if value}, env_file=None)


@contextlib.contextmanager
def gateway_before(contract: Contract, upstream: str, **env: str) -> Iterator[Served]:
    with serve_in_thread(build_app(contract, settings_for(upstream, **env))) as served:
        yield served


def client_of(served: Served, headers: Mapping[str, str] | None = None) -> httpx.Client:
    chosen = {"X-Relay-Key": KEY} if headers is None else headers
    return httpx.Client(base_url=served.url, headers=chosen, trust_env=False, timeout=20)


@contextlib.contextmanager
def relaying(contract: Contract, path: str = "", **env: str) -> Iterator[Relay]:
    """Serve a contract before a raw upstream, reached at `path` below its origin."""
    variables = {"SPECRELAY_CREDENTIALS": MAPPED, **SECRETS, **env}
    with (
        RawUpstream(echo) as upstream,
        gateway_before(contract, upstream.url + path, **variables) as served,
        client_of(served) as client,
    ):
        yield Relay(served, upstream, client)


@contextlib.contextmanager
def standing_in(contract: Contract, **options: float) -> Iterator[tuple[Served, Record]]:
    """Serve a contract before its stand-in; the base URLs keep each server's path."""
    record = Record()
    with serve_in_thread(standin_app(contract, record=record, **options)) as standin:
        hosts = ",".join(
            (
                f"{standin.url}/v2",
                f"files.harbour.example={standin.url}/store/v1",
                f"events.harbour.example={standin.url}",
                f"status.harbour.example={standin.url}",
            )
        )
        with gateway_before(contract, hosts) as served:
            yield served, record


def http(line: str, headers: Sequence[str] = (), body: bytes = b"", *, keyed: bool = True) -> bytes:
    """Make a raw request; `Content-Length` is added where there is a body."""
    lines = [f"{line} HTTP/1.1", "Host: gateway"]
    lines += [f"X-Relay-Key: {KEY}"] if keyed else []
    lines += [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, *headers]).encode() + b"\r\n\r\n" + body


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])

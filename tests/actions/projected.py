"""Gateways with a projection, on real sockets."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from gateway.actions.service import ActionsOptions
from gateway.app import build_planned
from gateway.contract.model import Contract
from gateway.plan import make_plan
from gateway.projection import Projection
from gateway.settings import Settings
from tests.servers import serve_in_thread

KEY = "a-relay-key"
OTHER_KEY = "another-relay-key"
SIGNING = b"0" * 32


@dataclass(frozen=True)
class Projected:
    """A gateway that is served, with its data folder, and a client that has the relay key."""

    client: httpx.Client
    url: str
    data: Path

    def as_other(self) -> httpx.Client:
        """Return a client with another key."""
        headers = {"authorization": f"Bearer {OTHER_KEY}"}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False)


@contextlib.contextmanager
def projected(
    contract: Contract,
    projection: Projection,
    upstream: str,
    data: Path,
    *,
    env: Mapping[str, str] = {},
    **options: Any,
) -> Iterator[Projected]:
    """Serve a contract with its projection; `options` are those of projected calls."""
    variables = {
        "RELAY_KEY": f"{KEY},{OTHER_KEY}",
        "SPECRELAY_UPSTREAM": upstream,
        "PUBLIC_URL": options.get("public_url", ""),
        **env,
    }
    settings = Settings.load(env={k: v for k, v in variables.items() if v}, env_file=None)
    plan = make_plan(contract, settings, projection)
    plan = replace(plan, actions=ActionsOptions(data=data, key=SIGNING, **options))
    headers = {"authorization": f"Bearer {KEY}"}
    with (
        serve_in_thread(build_planned(plan, settings), lifespan="on") as served,
        httpx.Client(base_url=served.url, headers=headers, trust_env=False, timeout=20) as client,
    ):
        yield Projected(client, served.url, data)

"""Gateways with an MCP endpoint on real sockets, and the official client for them."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from codegen.project import project
from gateway.actions.files_in import FetchRules
from gateway.app import build_planned
from gateway.contract.model import Contract
from gateway.plan import make_plan
from gateway.projection import Projection
from gateway.settings import Settings
from tests.servers import Served, serve_in_thread

KEY = "relay-key-of-an-mcp-client"
PAGE = "https://app.example.com"


@dataclass(frozen=True)
class Endpoint:
    """A gateway with MCP."""

    served: Served
    projection: Projection

    @property
    def url(self) -> str:
        return f"{self.served.url}/mcp"

    @property
    def twin(self) -> str:
        return f"{self.served.url}/-/mcp"


@contextlib.contextmanager
def serving(
    contract: Contract, upstream: str, data: Path, fetch: FetchRules | None = None, **env: str
) -> Iterator[Endpoint]:
    """Serve a contract with its projection; variables that are empty are unset."""
    given = {
        "RELAY_KEY": KEY,
        "OPENAI_API_KEY": "sk-of-the-upstream",
        "SPECRELAY_UPSTREAM": upstream,
        "SPECRELAY_DATA": str(data),
        "SIGNING_KEY": "signing-key-of-the-tests",
        "PUBLIC_URL": "",
        **env,
    }
    settings = Settings.load(env={k: v for k, v in given.items() if v}, env_file=None)
    projection = project(contract)
    plan = make_plan(contract, settings, projection)
    if fetch is not None:
        plan = replace(plan, actions=replace(plan.actions, fetch=fetch))
    with serve_in_thread(build_planned(plan, settings)) as served:
        yield Endpoint(served, projection)


class Turns(httpx2.AsyncBaseTransport):
    """Sends each request to the next of some servers, as a balancer does."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = itertools.cycle(httpx2.URL(url) for url in urls)
        self._transport = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = next(self._urls)
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


@contextlib.asynccontextmanager
async def connected(
    url: str, key: str = KEY, mode: str = "auto", others: Sequence[str] = (), **headers: str
) -> AsyncIterator[Client]:
    """Give the official client, with a relay key as bearer; its requests take turns."""
    fields = {"Authorization": f"Bearer {key}", **headers}
    transport = Turns([url, *others])
    async with (
        httpx2.AsyncClient(headers=fields, transport=transport, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


def using(url: str, work: Callable[[Client], Awaitable[Any]], **options: Any) -> Any:
    """Run work with a client of its own, and return what it returns."""

    async def run() -> Any:
        async with connected(url, **options) as client:
            return await work(client)

    return asyncio.run(run())

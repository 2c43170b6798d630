"""The shipped document's gateway, in front of its stand-in, and the SDK's clients for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI

from gateway.app import build_app
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.resources import spec_folder
from gateway.settings import Settings
from gateway.standin.app import standin_app
from gateway.standin.record import Record, Recorded
from tests.servers import Served, serve_in_thread

RELAY_KEY = "relay-key-of-a-client"
UPSTREAM_KEY = "sk-of-the-upstream"


@dataclass(frozen=True)
class Stack:
    """A gateway and the stand-in behind it. `url` is the base URL that an SDK takes."""

    contract: Contract
    gateway: Served
    record: Record

    @property
    def url(self) -> str:
        return self.gateway.url + "/v1"

    @property
    def last(self) -> Recorded:
        return self.record.entries()[-1]

    def client(self, **options: Any) -> OpenAI:
        given = {"api_key": RELAY_KEY, "base_url": self.url, "max_retries": 0, "timeout": 20}
        return OpenAI(**(given | options))

    def async_client(self, **options: Any) -> AsyncOpenAI:
        given = {"api_key": RELAY_KEY, "base_url": self.url, "max_retries": 0, "timeout": 20}
        return AsyncOpenAI(**(given | options))

    def run(self, use: Callable[[AsyncOpenAI], Awaitable[Any]]) -> Any:
        """Run a coroutine with an asynchronous client, and close that."""

        async def within() -> Any:
            async with self.async_client() as client:
                return await use(client)

        return asyncio.run(within())


def settings_for(upstream: str, **more: str) -> Settings:
    env = {
        "RELAY_KEY": RELAY_KEY,
        "OPENAI_API_KEY": UPSTREAM_KEY,
        "SPECRELAY_UPSTREAM": upstream,
        **more,
    }
    return Settings.load(env=env, env_file=None)


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract(spec_folder() / "openapi.yaml")


@pytest.fixture(scope="session")
def stack(contract: Contract) -> Iterator[Stack]:
    record = Record()
    standin = standin_app(contract, faults=True, pace=0.002, record=record)
    with serve_in_thread(standin) as upstream:
        app = build_app(contract, settings_for(upstream.url))
        with serve_in_thread(app) as gateway:
            yield Stack(contract, gateway, record)


@pytest.fixture
def client(stack: Stack) -> Iterator[OpenAI]:
    with stack.client() as client:
        yield client

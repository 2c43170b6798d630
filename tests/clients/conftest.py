"""The shipped document's gateway, in front of its stand-in, and the SDK's clients for it."""

import asyncio
import contextlib
import inspect
from collections.abc import Callable, Iterator
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
ADMIN_KEY = "relay-key-of-an-administrator"
UPSTREAM_KEY = "sk-of-the-upstream"


BOTH = ("sync", "async")


@dataclass(frozen=True)
class Stack:
    """A gateway and what is behind it. `url` is the base URL that an SDK takes."""

    contract: Contract
    gateway: Served
    record: Record

    @property
    def url(self) -> str:
        return self.gateway.url + "/v1"

    @property
    def last(self) -> Recorded:
        return self.record.entries()[-1]

    def options(self, **more: Any) -> dict[str, Any]:
        return {"api_key": RELAY_KEY, "base_url": self.url, "max_retries": 0, "timeout": 20} | more

    def client(self, **more: Any) -> OpenAI:
        return OpenAI(**self.options(**more))

    def async_client(self, **more: Any) -> AsyncOpenAI:
        return AsyncOpenAI(**self.options(**more))


class Use:
    """Makes one call with the SDK's synchronous or its asynchronous client."""

    def __init__(self, stack: Stack, how: str) -> None:
        self.stack, self.how = stack, how

    def __call__(self, call: Callable[[Any], Any], **options: Any) -> Any:
        """Return what the call returns."""
        if self.how == "sync":
            with self.stack.client(**options) as client:
                return call(client)
        return asyncio.run(self._awaited(call, options, within=_self))

    def items(self, call: Callable[[Any], Any], **options: Any) -> list[Any]:
        """Return the items of the page that the call returns (the next ones too), or its events."""
        if self.how == "sync":
            with self.stack.client(**options) as client:
                return list(call(client))
        return list(asyncio.run(self._awaited(call, options, within=_collected)))

    async def _awaited(self, call: Any, options: Any, within: Callable[[Any], Any]) -> Any:
        async with self.stack.async_client(**options) as client:
            return await within(call(client))


async def _self(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


async def _collected(result: Any) -> list[Any]:
    found = result if hasattr(result, "__aiter__") else await result
    return [each async for each in found]


def settings_for(upstream: str, **more: str) -> Settings:
    env = {
        "RELAY_KEY": RELAY_KEY,
        "RELAY_ADMIN_KEY": ADMIN_KEY,
        "OPENAI_API_KEY": UPSTREAM_KEY,
        "OPENAI_ADMIN_KEY": UPSTREAM_KEY,
        "SPECRELAY_UPSTREAM": upstream,
        **more,
    }
    return Settings.load(env=env, env_file=None)


@contextlib.contextmanager
def before(contract: Contract, upstream: str, **env: str) -> Iterator[Stack]:
    """Serve a gateway in front of an upstream of the test's own."""
    with serve_in_thread(build_app(contract, settings_for(upstream, **env))) as gateway:
        yield Stack(contract, gateway, Record())


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract(spec_folder() / "openapi.yaml")


@pytest.fixture(scope="session")
def standin(contract: Contract) -> Iterator[tuple[Served, Record]]:
    record = Record()
    app = standin_app(contract, faults=True, pace=0.002, record=record)
    with serve_in_thread(app) as served:
        yield served, record


@pytest.fixture(scope="session")
def stack(contract: Contract, standin: tuple[Served, Record]) -> Iterator[Stack]:
    served, record = standin
    with before(contract, served.url) as made:
        yield Stack(contract, made.gateway, record)
    for entry in record.entries():
        seen = b" ".join([entry.target, *(value for _, value in entry.headers)])
        for key in (RELAY_KEY, ADMIN_KEY):
            assert key.encode() not in seen, f"{entry.operation}: the upstream saw a relay key"


@pytest.fixture
def client(stack: Stack) -> Iterator[OpenAI]:
    with stack.client() as client:
        yield client


@pytest.fixture(params=BOTH)
def use(stack: Stack, request: pytest.FixtureRequest) -> Use:
    return Use(stack, request.param)

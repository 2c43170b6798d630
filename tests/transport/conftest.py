"""What the transport's tests share: both event loops, a transport, and one request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvloop

from gateway.contract.model import Timeouts
from gateway.transport.aiohttp import AiohttpTransport

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a coroutine in a new loop of either kind; warnings of the loop fail the test."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def go(coroutine: Coroutine[Any, Any, Any]) -> Any:
        complaints: list[Any] = []
        with asyncio.Runner(loop_factory=factory) as runner:
            handler = lambda loop, context: complaints.append(context)  # noqa: E731
            runner.get_loop().set_exception_handler(handler)
            result = runner.run(asyncio.wait_for(coroutine, 30))
        assert complaints == []
        return result

    return go


@pytest.fixture
def opened() -> Callable[..., Any]:
    """Open a transport to a base URL, as an async context manager."""

    @asynccontextmanager
    async def go(url: str, **options: Any) -> AsyncIterator[AiohttpTransport]:
        options.setdefault("timeouts", Timeouts())
        transport = AiohttpTransport(url, **options)
        try:
            yield transport
        finally:
            await transport.aclose()

    return go


@pytest.fixture
def send() -> Callable[..., Awaitable[httpx.Response]]:
    """Send one request through a transport; bytes or an async iterable make its body."""

    async def go(
        transport: AiohttpTransport,
        method: str = "GET",
        target: bytes = b"/",
        headers: Sequence[tuple[bytes, bytes]] = (),
        body: Any = b"",
        limits: dict[str, float] | None = None,
    ) -> httpx.Response:
        stream = httpx.ByteStream(body) if isinstance(body, bytes) else Streamed(body)
        extensions = {"target": target} | ({"timeout": limits} if limits else {})
        request = httpx.Request(
            method, "http://upstream", headers=list(headers), stream=stream, extensions=extensions
        )
        return await transport.handle_async_request(request)

    return go


@pytest.fixture
def read() -> Callable[[httpx.Response], Awaitable[bytes]]:
    """Read a response to its end and close it."""

    async def go(response: httpx.Response) -> bytes:
        stream: Any = response.stream
        try:
            return b"".join([piece async for piece in stream])
        finally:
            await response.aclose()

    return go


class Streamed(httpx.AsyncByteStream):
    """An async iterable as httpx wants it."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece

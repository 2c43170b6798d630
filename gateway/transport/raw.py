"""Requests and responses of httpx whose header pairs stay raw.

Any httpx transport takes and gives them; httpx's own header objects are made only for those that
ask (measured: a sixth of what relaying a small request costs).
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import httpx

Pairs = Sequence[tuple[bytes, bytes]]


class WholeBody(httpx.ByteStream):
    """A body that is at hand. `content` is what it holds."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.content = content


class RawRequest(httpx.Request):
    """A request as a transport gets it. `raw_headers` are its pairs, in order."""

    def __init__(
        self,
        method: str,
        url: httpx.URL,
        *,
        headers: Pairs,
        stream: httpx.AsyncByteStream,
        extensions: dict[str, Any],
    ) -> None:
        self.method = method
        self.url = url
        self.raw_headers = headers
        self.stream = stream
        self.extensions = extensions

    @cached_property
    def headers(self) -> httpx.Headers:  # type: ignore[override]
        """The same pairs as httpx keeps them."""
        return httpx.Headers(list(self.raw_headers))


class RawResponse(httpx.Response):
    """A response as a transport gives it: status, raw header pairs and a stream."""

    def __init__(self, status: int, headers: Pairs, stream: httpx.AsyncByteStream) -> None:
        self.status_code = status
        self.raw_headers = headers
        self.stream = stream
        self.extensions = {"http_version": b"HTTP/1.1"}
        self.is_closed = False

    @cached_property
    def headers(self) -> httpx.Headers:  # type: ignore[override]
        """The same pairs as httpx keeps them."""
        return httpx.Headers(list(self.raw_headers))

    async def aclose(self) -> None:
        """Give the response up, read to its end or not."""
        self.is_closed = True
        assert isinstance(self.stream, httpx.AsyncByteStream)
        await self.stream.aclose()


def raw_headers(message: httpx.Request | httpx.Response) -> Pairs:
    """Return a message's header pairs."""
    if isinstance(message, (RawRequest, RawResponse)):
        return message.raw_headers
    return message.headers.raw

"""Answers that the gateway makes itself: small ones as they fall, fixed ones with a validator."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Send

Pairs = Sequence[tuple[bytes, bytes]]
NO_CACHE = b"no-cache"


def strong_etag(content: bytes) -> bytes:
    """Return a strong entity tag of some content (RFC 9110, section 8.8.3)."""
    return b'"%s"' % hashlib.sha256(content).hexdigest()[:32].encode()


def is_unchanged(headers: Pairs, etag: bytes) -> bool:
    """Tell whether `If-None-Match` names the entity tag.

    > A recipient MUST use the weak comparison function when comparing entity tags for
    > If-None-Match. (RFC 9110, section 13.1.2)
    """
    for name, value in headers:
        if name == b"if-none-match":
            tags = [tag.strip().removeprefix(b"W/") for tag in value.split(b",")]
            if etag in tags or tags == [b"*"]:
                return True
    return False


@dataclass(frozen=True, slots=True)
class FixedAnswer:
    """Content that stays as it is while the gateway runs."""

    content: bytes
    media_type: bytes
    headers: Pairs = ()
    etag: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "etag", strong_etag(self.content))

    async def send(self, asked: Pairs, send: Send, cache_control: bytes = NO_CACHE) -> None:
        """Answer 200 with the content, or 304 if the client has it. `asked` are its headers."""
        headers = [(b"etag", self.etag), (b"cache-control", cache_control), *self.headers]
        if is_unchanged(asked, self.etag):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        headers += _described(self.content, self.media_type)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.content})


async def send_json(send: Send, status: int, value: Any) -> None:
    """Answer with JSON that nobody keeps."""
    content = json.dumps(value).encode()
    headers = [(b"cache-control", b"no-store"), *_described(content, b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _described(content: bytes, media_type: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", media_type),
        (b"content-length", str(len(content)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]

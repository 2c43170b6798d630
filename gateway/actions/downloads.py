"""Files out: kept for a while under a signed URL, and served with their name and kind."""

import asyncio
import time
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import parse_qs, quote, urlencode

from starlette.types import Receive, Scope, Send

from gateway.actions.download_folder import DownloadFolder, NewDownload
from gateway.actions.media import is_seen, name_for
from gateway.actions.signing import is_signed, sign
from gateway.errors import RelayError
from gateway.exchange import exchange_of

PREFIX = "/-/downloads"
TEMPLATE = f"{PREFIX}/{{id}}/{{name}}"
CHUNK = 256 << 10  # bytes
MAX_FILE = 10_000_000  # bytes that ChatGPT takes as a file


@dataclass(frozen=True, slots=True)
class Download:
    """A file that can be fetched: `url` is good for as long as the file is kept."""

    url: str
    name: str
    media_type: str
    size: int

    @property
    def is_file(self) -> bool:
        """Whether ChatGPT takes it as a file; a link serves for all others."""
        return self.size <= MAX_FILE and not is_seen(self.media_type)


class Downloads:
    """Keeps files and answers for them. `key` signs; every worker has the same one."""

    def __init__(
        self,
        folder: DownloadFolder,
        key: bytes,
        public_url: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self._key = key
        self._public_url = public_url
        self._clock = clock
        self._sweep: asyncio.TimerHandle | None = None

    def base_url(self, scope: Scope) -> str:
        """Return the gateway's address, as settings or else the request tell it."""
        if self._public_url:
            return self._public_url
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        root = scope.get("root_path", "")
        return f"{scope.get('scheme', 'http')}://{host.decode('latin-1')}{root}"

    async def keep(
        self, chunks: AsyncIterable[bytes], name: str, media_type: str, base_url: str
    ) -> Download:
        """Write a file as its bytes come."""
        new = await self.begin()
        try:
            async for chunk in chunks:
                await asyncio.to_thread(new.write, chunk)
        except BaseException:
            new.abandon()
            raise
        return await self.finish(new, name, media_type, base_url)

    async def keep_bytes(self, data: bytes, name: str, media_type: str, base_url: str) -> Download:
        """Write a file that is there already."""

        async def whole() -> AsyncIterable[bytes]:
            yield data

        return await self.keep(whole(), name, media_type, base_url)

    async def begin(self) -> NewDownload:
        """Begin a file."""
        self._sweep_later()
        return await asyncio.to_thread(self.folder.new)

    async def finish(self, new: NewDownload, name: str, media_type: str, base_url: str) -> Download:
        """Close a file and make its URL."""
        await asyncio.to_thread(new.finish)
        name = name or name_for("answer", media_type)
        expires = str(int(self._clock() + self.folder.kept))
        signature = sign(self._key, (new.identity, name, media_type, expires))
        query = urlencode({"type": media_type, "expires": expires, "signature": signature})
        path = f"{PREFIX}/{quote(new.identity)}/{quote(name, safe='')}"
        return Download(f"{base_url}{path}?{query}", name, media_type, new.size)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a signed URL with its file; raises RelayError `not_found` for all others."""
        identity, name = exchange_of(scope).path_values
        media_type = self._checked(identity, name, scope["query_string"])
        file = await asyncio.to_thread(self.folder.open, identity)
        if file is None:
            raise RelayError("not_found", "The file is not kept any more; make the call again.")
        with file:
            await _send(file, name, media_type, scope["method"] == "HEAD", send)

    def close(self) -> None:
        """Forget the next sweep."""
        if self._sweep is not None:
            self._sweep.cancel()

    def _checked(self, identity: str, name: str, query_string: bytes) -> str:
        query = {
            key: values[-1] for key, values in parse_qs(query_string.decode("latin-1")).items()
        }
        media_type, expires = query.get("type", ""), query.get("expires", "")
        parts = (identity, name, media_type, expires)
        if not is_signed(self._key, parts, query.get("signature", "")):
            raise RelayError("not_found", "The link is not whole; use it as it was given.")
        if int(expires) < self._clock():
            raise RelayError("not_found", "The link has expired; make the call again.")
        return media_type

    def _sweep_later(self) -> None:
        """Remove this file and those before it when they have expired, asked for or not."""
        if self._sweep is None:
            loop = asyncio.get_running_loop()
            self._sweep = loop.call_later(self.folder.kept + 1, self._sweep_now)

    def _sweep_now(self) -> None:
        self._sweep = None
        asyncio.get_running_loop().run_in_executor(None, self.folder.sweep)


async def _send(file: BinaryIO, name: str, media_type: str, head: bool, send: Send) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = [
        (b"content-type", media_type.encode("latin-1")),
        (b"content-length", str(size).encode()),
        (b"content-disposition", disposition.encode()),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
        # What an upstream answers is no page of ours.
        (b"content-security-policy", b"default-src 'none'; sandbox"),
        (b"cross-origin-resource-policy", b"cross-origin"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    while not head and (chunk := await asyncio.to_thread(file.read, CHUNK)):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})

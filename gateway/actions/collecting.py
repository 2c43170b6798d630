"""Collects an answer: JSON and text in memory, what is long or of another kind in a download."""

import asyncio
import zlib
from dataclasses import dataclass, field

from starlette.types import Message

from gateway.actions.download_folder import NewDownload
from gateway.actions.downloads import Downloads
from gateway.actions.media import is_json, media_type_of
from gateway.errors import ClientGone, RelayError
from gateway.relay.headers import HOP_BY_HOP, header
from gateway.validate.coding import gunzip

Pairs = list[tuple[bytes, bytes]]
# What tells of the content that is changed (RFC 9110, section 8; RFC 9530; RFC 9111, section 5.2).
OF_THE_CONTENT = frozenset(
    (
        *(b"etag", b"last-modified", b"accept-ranges", b"age", b"expires", b"cache-control"),
        *(b"digest", b"content-digest", b"repr-digest", b"server-timing"),
    )
)

TEXTS = frozenset(
    ("application/xml", "application/yaml", "application/sdp", "application/x-ndjson")
)


@dataclass(slots=True)
class Collected:
    """An answer. `content` is its body, or `file` is where it lies; `name` is the file's own."""

    status: int
    headers: Pairs = field(default_factory=list)  # without those of the content
    content_type: str = ""
    disposition: str = ""
    content: bytes = b""
    file: NewDownload | None = None


class Collector:
    """Takes the messages of one response."""

    def __init__(self, downloads: Downloads, *, binary: bool, limit: int) -> None:
        self.begun = False
        self.ended = False
        self.failure: RelayError | None = None
        self._downloads = downloads
        self._binary = binary
        self._limit = limit
        self._answer = Collected(0)
        self._coding = b""
        self._chunks: list[bytes] = []
        self._size = 0

    async def send(self, message: Message) -> None:
        """Take a message; waits until what it holds is stored.

        Where that fails `failure` tells why, and the sender is told that nobody listens any more.
        """
        try:
            if message["type"] == "http.response.start":
                await self._start(message)
            elif message["type"] == "http.response.body":
                await self._write(message.get("body", b""))
                self.ended = not message.get("more_body", False)
        except RelayError as error:
            self.failure = error
            raise ClientGone from None

    async def collected(self) -> Collected:
        """Return the answer; its file is then the caller's to finish or abandon."""
        answer = self._answer
        answer.content = b"".join(self._chunks)
        if self._coding and answer.file is None:
            answer.content = await asyncio.to_thread(_decoded, answer.content, self._limit)
        self._answer = Collected(answer.status)
        return answer

    async def close(self) -> None:
        """Remove a file that nobody took."""
        if self._answer.file is not None:
            await asyncio.to_thread(self._answer.file.abandon)
            self._answer.file = None

    async def _start(self, start: Message) -> None:
        self.begun = True
        headers: Pairs = list(start.get("headers", ()))
        kind = (header(headers, b"content-type") or b"").decode("latin-1")
        disposition = (header(headers, b"content-disposition") or b"").decode("latin-1")
        coding = (header(headers, b"content-encoding") or b"").strip().lower()
        status = int(start["status"])
        kept = [pair for pair in headers if not _is_of_the_content(pair[0])]
        self._answer = Collected(status, kept, kind, disposition)
        is_file = status < 300 and (self._binary or not _is_readable(kind))
        if coding not in (b"", b"identity"):
            if is_file or coding not in (b"gzip", b"x-gzip"):
                message = "The upstream's answer is in a Content-Encoding that was not asked for."
                raise RelayError("upstream_protocol_error", message)
            self._coding = coding
        if is_file:
            self._answer.file = await self._downloads.begin()

    async def _write(self, data: bytes) -> None:
        if not data:
            return
        if self._answer.file is None and self._size + len(data) > self._limit:
            if self._coding or self._answer.status >= 300:
                message = f"The upstream's answer is larger than {self._limit} bytes."
                raise RelayError("upstream_protocol_error", message)
            self._answer.file = await self._downloads.begin()
            for chunk in self._chunks:
                await asyncio.to_thread(self._answer.file.write, chunk)
            self._chunks.clear()
        self._size += len(data)
        if self._answer.file is not None:
            await asyncio.to_thread(self._answer.file.write, data)
        else:
            self._chunks.append(data)


def _is_of_the_content(name: bytes) -> bool:
    return name.startswith(b"content-") or name in OF_THE_CONTENT or name in HOP_BY_HOP


def _is_readable(content_type: str) -> bool:
    """Tell whether a model can read it; without a type it is empty, or read as text."""
    if not content_type:
        return True
    kind = media_type_of(content_type)
    return is_json(kind) or kind.startswith("text/") or kind.endswith("+xml") or kind in TEXTS


def _decoded(data: bytes, limit: int) -> bytes:
    try:
        return gunzip(data, limit)
    except (RelayError, zlib.error):
        message = "The upstream's answer is not what its Content-Encoding says, or too large."
        raise RelayError("upstream_protocol_error", message) from None

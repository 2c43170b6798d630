"""Files out: what an answer holds of files is kept for a while and told as links.

ChatGPT takes up to ten files of up to 10 MB as `openaiFileResponse`; pictures, videos and larger
files are links (`url`).
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.actions.base64_members import Base64Member, Base64Search
from gateway.actions.collecting import Collected
from gateway.actions.downloads import Download, Downloads
from gateway.actions.media import OCTETS, media_type_of, name_for, name_in, sniffed
from gateway.contract.model import Schema

FILES = "openaiFileResponse"
MAX_FILES = 10


class FilesOut:
    """Takes files out of answers. `document` is where the schemas' references lead."""

    def __init__(self, downloads: Downloads, document: Mapping[str, Any]) -> None:
        self._downloads = downloads
        self._search = Base64Search(document)

    async def take_members(
        self, value: Any, schema: Schema, stem: str, base_url: str
    ) -> tuple[Any, list[Download]]:
        """Return a JSON answer whose base64 members are links, and those; it changes in place.

        Each is replaced by `url` beside it (or `<member>_url` where there is one); those that
        ChatGPT takes as files stand in the root's `openaiFileResponse` too.
        """
        found = await asyncio.to_thread(lambda: list(self._search.members(value, [schema])))
        kept: list[Download] = []
        for number, member in enumerate(found, 1):
            data = await asyncio.to_thread(member.decoded)
            if data is not None:
                name = name_for(f"{stem}-{number}", member.media_type)
                download = await self._downloads.keep_bytes(data, name, member.media_type, base_url)
                _replace(member, download)
                kept.append(download)
        return _with_files(value, kept), kept

    async def take_whole(self, answer: Collected, stem: str, base_url: str) -> dict[str, Any]:
        """Return what stands for an answer that is a file."""
        new, answer.file = answer.file, None
        assert new is not None
        media_type = media_type_of(answer.content_type)
        if media_type == OCTETS:
            media_type = sniffed(new.opening) or OCTETS
        name = name_in(answer.disposition) or name_for(stem, media_type)
        download = await self._downloads.finish(new, name, media_type, base_url)
        said = {"name": name, "mime_type": media_type, "size": download.size}
        if download.is_file:
            return {FILES: [download.url], **said}
        return {"url": download.url, **said}

    async def keep_text(self, text: bytes, stem: str, media_type: str, base_url: str) -> str:
        """Keep an answer that is cut, whole; return its URL."""
        name = name_for(stem, media_type)
        return (await self._downloads.keep_bytes(text, name, media_type, base_url)).url


def _replace(member: Base64Member, download: Download) -> None:
    """Put the link in the place of the text."""
    holder, key = member.holder, member.key
    if isinstance(holder, list):
        holder[int(key)] = download.url
        return
    del holder[key]
    holder["url" if not holder.get("url") else f"{key}_url"] = download.url


def _with_files(value: Any, kept: Sequence[Download]) -> Any:
    """Add the files that ChatGPT takes to the root, which becomes an object if it is none."""
    urls = [download.url for download in kept if download.is_file][:MAX_FILES]
    if not urls:
        return value
    root = value if isinstance(value, dict) else {"data": value}
    return {**root, FILES: urls}

"""Files of a tool's answer: the links that it holds become resources, small ones embedded."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gateway.actions.downloads import PREFIX, Downloads
from gateway.actions.files_out import FILES
from gateway.actions.media import OCTETS

MAX_EMBEDDED = 1 << 20  # bytes of all files that an answer carries itself
MAX_FILES = 20
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file of an answer; `content` is None where only the link is given. Sizes are bytes."""

    url: str
    name: str
    media_type: str
    size: int
    content: bytes | None = None


def as_links(value: Any, base_url: str) -> Any:
    """Return an answer with `url` in the place of ChatGPT's own list of files.

    The links stand beside what they belong to, if the answer is not the file itself.
    """
    listed = value.get(FILES) if isinstance(value, Mapping) else None
    if not isinstance(listed, list) or not listed:
        return value
    if not all(isinstance(each, str) and _is_ours(each, base_url) for each in listed):
        return value
    rest = {name: item for name, item in value.items() if name != FILES}
    if next(links(rest, base_url), None) is None:
        rest = {"url": listed[0], **rest}
    return rest


def links(value: Any, base_url: str, depth: int = 0) -> Iterator[str]:
    """Yield the texts of an answer that are links to our downloads."""
    if isinstance(value, str):
        if _is_ours(value, base_url):
            yield value
    elif depth < MAX_DEPTH and isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from links(item, base_url, depth + 1)


async def result_files(value: Any, base_url: str, downloads: Downloads) -> tuple[ResultFile, ...]:
    """Return the files that an answer links to, the first ones with their content.

    At most 20, and at most 1 MiB of content in all; each can be fetched by its link.
    """
    urls = list(dict.fromkeys(links(value, base_url)))[:MAX_FILES]
    return await asyncio.to_thread(_read, urls, downloads) if urls else ()


def _read(urls: list[str], downloads: Downloads) -> tuple[ResultFile, ...]:
    found = []
    room = MAX_EMBEDDED
    for url in urls:
        parts = urlsplit(url)
        identity, _, name = parts.path.partition(f"{PREFIX}/")[2].partition("/")
        file = downloads.folder.open(identity)
        if file is None:
            continue
        with file:
            size = file.seek(0, 2)
            file.seek(0)
            content = file.read() if size <= room else None
        room -= size if content is not None else 0
        media_type = parse_qs(parts.query).get("type", [OCTETS])[0]
        found.append(ResultFile(url, unquote(name), media_type, size, content))
    return tuple(found)


def _is_ours(text: str, base_url: str) -> bool:
    return text.startswith(f"{base_url}{PREFIX}/") and not any(each.isspace() for each in text)

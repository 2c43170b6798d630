"""Files in: fetches what a call refers to, from allowed hosts and public addresses alone.

A name is resolved once, every address that it has is checked, and the connection goes to the
address that was checked: a name that means another host a moment later (DNS rebinding) leads
nowhere. Nothing is decoded, so that no answer grows.
"""

import asyncio
import contextlib
import functools
import ipaddress
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

import httpx

from gateway.actions.addresses import Address, is_public
from gateway.actions.file_links import (
    DEFAULT_HOSTS,
    MAX_REDIRECTS,
    FileReference,
    Link,
    check_link,
    redirected,
)
from gateway.errors import RelayError, UpstreamError

CHUNK = 64 << 10  # bytes
CONNECT = 5.0  # seconds
REDIRECTS = frozenset((301, 302, 303, 307, 308))
Resolve = Callable[[str], Awaitable[Sequence[tuple[str, int]]]]


@functools.cache
def default_tls() -> ssl.SSLContext:
    """Return the system's trust, loaded once."""
    return ssl.create_default_context()


async def resolved(host: str) -> Sequence[tuple[str, int]]:
    """Return the addresses of a host and the port of https, as the system resolves them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [(str(entry[4][0]), 443) for entry in found]


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What may be fetched. Sizes are bytes of all files of a call, times are seconds of them."""

    hosts: frozenset[str] = frozenset(DEFAULT_HOSTS)
    max_size: int = 512 << 20
    seconds: float = 60.0
    resolve: Resolve = resolved
    permits: Callable[[Address], bool] = is_public
    tls: ssl.SSLContext | None = None


@dataclass(slots=True)
class FetchedFile:
    """A file that was fetched: its bytes lie in `file`, which has no name and goes when closed."""

    reference: FileReference
    file: IO[bytes] = field(repr=False)
    size: int = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes."""
        self.file.seek(0)
        while chunk := await asyncio.to_thread(self.file.read, CHUNK):
            yield chunk


@contextlib.asynccontextmanager
async def fetched(
    references: Sequence[FileReference], rules: FetchRules
) -> AsyncIterator[list[FetchedFile]]:
    """Fetch all files of a call, one after the other; they go when the block ends.

    Raises RelayError: `invalid_body` for a link that is not followed or leads to no file,
    `body_too_large`, `upstream_timeout` and `upstream_unreachable`.
    """
    with contextlib.ExitStack() as stack:
        files: list[FetchedFile] = []
        room = rules.max_size
        try:
            async with asyncio.timeout(rules.seconds):
                for reference in references:
                    file = stack.enter_context(tempfile.TemporaryFile())
                    files.append(FetchedFile(reference, file))
                    await _fetch(files[-1], room, rules)
                    room -= files[-1].size
        except TimeoutError:
            message = f"The files of the call did not come in {rules.seconds:.0f} s; try again."
            raise UpstreamError("upstream_timeout", message, sent=False) from None
        yield files


async def _fetch(into: FetchedFile, room: int, rules: FetchRules) -> None:
    link = check_link(into.reference.link, rules.hosts)
    for _ in range(MAX_REDIRECTS + 1):
        location = await _follow(link, into, room, rules)
        if location is None:
            return
        link = redirected(link, location, rules.hosts)
    raise _not_fetched("its download_link redirects too often")


async def _follow(link: Link, into: FetchedFile, room: int, rules: FetchRules) -> str | None:
    """Ask for a link; return where it redirects to, None once the file is there."""
    addresses = await _checked_addresses(link.host, rules)
    verify = rules.tls or default_tls()
    connect = min(CONNECT, rules.seconds / 2)
    limits = httpx.Timeout(connect, read=rules.seconds, write=connect, pool=connect)
    transport = httpx.AsyncHTTPTransport(verify=verify, trust_env=False)
    async with httpx.AsyncClient(transport=transport, timeout=limits, trust_env=False) as client:
        response = await _connected(client, link, addresses)
        try:
            if response.status_code in REDIRECTS:
                return str(response.headers.get("location", ""))
            _check_response(response, room)
            await _store(response, into, room)
        except httpx.HTTPError:
            raise _unreachable("its host broke the answer off; try again") from None
        finally:
            await response.aclose()
    return None


async def _checked_addresses(host: str, rules: FetchRules) -> list[tuple[str, int]]:
    """Resolve a host once. One address that is not public condemns the name."""
    try:
        async with asyncio.timeout(CONNECT):
            found = list(await rules.resolve(host))
    except (OSError, UnicodeError, TimeoutError):
        found = []
    if not found:
        raise _unreachable("its host does not resolve; try again")
    for text, _ in found:
        try:
            public = rules.permits(ipaddress.ip_address(text))
        except ValueError:
            public = False
        if not public:
            raise _not_fetched("its host leads to an address that is not public")
    return found[:4]


async def _connected(
    client: httpx.AsyncClient, link: Link, addresses: Sequence[tuple[str, int]]
) -> httpx.Response:
    """Ask at the first address that takes the connection, in the name of the host."""
    for text, port in addresses:
        literal = f"[{text}]" if ":" in text else text
        request = client.build_request(
            "GET",
            f"https://{literal}:{port}/",
            headers={"host": link.host, "accept": "*/*", "accept-encoding": "identity"},
            extensions={"sni_hostname": link.host, "target": link.target.encode()},
        )
        try:
            return await client.send(request, stream=True, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
        except httpx.HTTPError:
            raise _unreachable("its host did not answer; try again") from None
    raise _unreachable("its host takes no connection; try again")


def _check_response(response: httpx.Response, room: int) -> None:
    if response.status_code != 200:
        raise _not_fetched(
            f"its link answered {response.status_code}; links live five minutes, so attach the "
            "file again"
        )
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _not_fetched("its host answered in a Content-Encoding that was not asked for")
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > room:
        raise _too_large()


async def _store(response: httpx.Response, into: FetchedFile, room: int) -> None:
    async for chunk in response.aiter_raw(CHUNK):
        into.size += len(chunk)
        if into.size > room:
            raise _too_large()
        await asyncio.to_thread(into.file.write, chunk)


def _too_large() -> RelayError:
    return RelayError("body_too_large", "The files of the call are larger than what is taken.")


def _not_fetched(reason: str) -> RelayError:
    return RelayError("invalid_body", f"A file is not fetched: {reason}.", param="openaiFileIdRefs")


def _unreachable(reason: str) -> UpstreamError:
    message = f"A file cannot be fetched: {reason}."
    return UpstreamError("upstream_unreachable", message, sent=False)

"""Which connection carries a request: one that is clean, and that nobody reads from any more.

What an upstream sends behind the end of an answer must never be read as the answer to the next
request, which can be another client's.
"""

import asyncio
import base64
import hashlib
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from gateway.contract.model import Timeouts
from gateway.errors import UpstreamError
from gateway.transport.websocket import UpstreamSocket
from tests.servers import Act, RawRequest, RawUpstream, chunk, respond

PAUSE = 0.05
OK, STRAY, RIGHT = respond(b"ok"), respond(b"stray"), respond(b"right")
CHUNKS = respond(length=False, headers=[("Transfer-Encoding", "chunked")])
NEXT = b"/next"


def answering(pieces: Sequence[bytes]) -> Any:
    """Send `pieces` apart from each other, but to `NEXT` the right answer."""

    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        for piece in [RIGHT] if request.target == NEXT else pieces:
            yield piece
            await asyncio.sleep(PAUSE)

    return answer


@pytest.mark.parametrize(
    "pieces",
    [
        [OK + STRAY],
        [OK[:-2], OK[-2:] + STRAY],
        [CHUNKS, chunk(b"ok") + chunk(b"") + STRAY],
        [OK, STRAY],
        [OK, STRAY[:20], STRAY[20:]],
        [OK + STRAY[:20], STRAY[20:]],
        [OK[:-2], OK[-2:] + STRAY[:20], STRAY[20:]],
        [respond() + STRAY],
        [respond(status="304 Not Modified", length=False) + STRAY],
        [OK, respond(status="408 Request Timeout")],
        [OK, b"?"],
    ],
)
def test_what_stands_behind_an_answer_is_no_answer(
    pieces: list[bytes], run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            assert await read(await send(transport)) in (b"ok", b"")
            await asyncio.sleep(4 * PAUSE)
            assert await read(await send(transport, target=NEXT)) == b"right"

    with RawUpstream(answering(pieces)) as upstream:
        run(main(upstream.url))
    assert upstream.connections == 2


@pytest.mark.parametrize(
    "status", ["101 Switching Protocols", "099 None"], ids=["protocols", "no status"]
)
def test_a_connection_in_an_unknown_state_is_closed(
    status: str, run: Any, opened: Any, send: Any, read: Any
) -> None:
    data = respond(status=status, length=False)

    async def main(url: str) -> None:
        async with opened(url, timeouts=Timeouts(first_byte=5)) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport)
            assert raised.value.code == "upstream_protocol_error"
            assert await read(await send(transport, target=NEXT)) == b"right"

    with RawUpstream(answering([data])) as upstream:
        run(main(upstream.url))
    assert upstream.connections == 2


def test_a_connection_is_another_requests_only_when_its_answer_is_done_with(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            first = await send(transport)
            second = await send(transport)
            assert [await read(first), await read(second)] == [b"ok", b"ok"]
            for _ in range(2):
                await (await send(transport)).aclose()  # it has come whole, read or not

    with RawUpstream() as upstream:
        run(main(upstream.url))
    assert upstream.connections == 2


@pytest.mark.parametrize("body", [b"", b"x"])
def test_an_interim_answer_does_not_end_the_wait_for_the_final_one(
    body: bytes, run: Any, opened: Any, send: Any
) -> None:
    interim = respond(status="103 Early Hints", length=False)

    async def main(url: str) -> None:
        async with opened(url, timeouts=Timeouts(first_byte=0.2)) as transport:
            async with asyncio.timeout(5):
                with pytest.raises(UpstreamError) as raised:
                    await send(transport, "POST", body=body)
            assert raised.value.code == "upstream_timeout"

    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield interim
        yield Act.HOLD

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))


def test_what_came_in_time_may_be_read_later(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def main(url: str) -> None:
        async with opened(url, timeouts=Timeouts(total=0.2)) as transport:
            response = await send(transport)
            await asyncio.sleep(0.4)
            assert await read(response) == b"ok"

    with RawUpstream() as upstream:
        run(main(upstream.url))


def _switching(request: RawRequest) -> bytes:
    key = (request.value(b"Sec-WebSocket-Key") or b"") + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key).digest()).decode()
    fields = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
    return respond(status="101 Switching Protocols", headers=fields, length=False)


def test_a_websocket_is_opened_beside_idle_connections(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        if request.value(b"Upgrade") is None:
            yield OK
        else:
            yield _switching(request) + b"\x81\x02hi"
            yield Act.HOLD

    async def main(url: str) -> None:
        async with opened(url) as transport:
            assert await read(await send(transport)) == b"ok"
            opening = await transport.connect_websocket(b"/ws", [], [], Timeouts())
            assert isinstance(opening, UpstreamSocket)
            assert await opening.receive() == "hi"
            assert await read(await send(transport)) == b"ok"
            await opening.close(1000)

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))
    assert upstream.connections == 2


@pytest.mark.parametrize(
    "pieces",
    [
        [STRAY],
        [respond(status="408 Request Timeout")],
        [STRAY[:20], STRAY[20:]],
        [respond(status="103 Early Hints", length=False)],
        [b"?"],
    ],
    ids=["answer", "timeout", "in part", "interim", "garbage"],
)
def test_what_comes_before_a_request_is_written_is_no_answer(
    pieces: list[bytes], run: Any, opened: Any, send: Any, read: Any
) -> None:
    taken = threading.Event()

    async def answer(request: RawRequest) -> AsyncIterator[bytes | Act]:
        yield OK
        if request.target != NEXT:
            await asyncio.to_thread(taken.wait, 5)
            for piece in pieces:
                yield piece
                await asyncio.sleep(4 * PAUSE)

    async def body() -> AsyncIterator[bytes]:
        taken.set()
        await asyncio.sleep(2 * PAUSE)  # of what comes in part the rest is still to come
        yield b"mine"

    async def main(url: str) -> None:
        async with opened(url) as transport:
            assert await read(await send(transport)) == b"ok"
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "POST", NEXT, body=body())
            assert (raised.value.code, raised.value.sent) == ("upstream_disconnected", False)
            assert await read(await send(transport, "POST", NEXT, body=body())) == b"ok"

    with RawUpstream(answer) as upstream:
        run(main(upstream.url))
    assert [request.body for request in upstream.requests] == [b"", b"mine"]


def test_what_a_new_connection_begins_with_is_no_answer(run: Any, opened: Any, send: Any) -> None:
    async def body() -> AsyncIterator[bytes]:
        await asyncio.sleep(4 * PAUSE)
        yield b"mine"

    async def main(listener: socket.socket) -> None:
        async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(PAUSE)
            writer.write(respond(status="408 Request Timeout"))
            got.append(await reader.read())
            writer.close()

        server = await asyncio.start_server(hasty, sock=listener)
        async with server, opened(f"http://127.0.0.1:{listener.getsockname()[1]}") as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "POST", body=body())
            assert (raised.value.code, raised.value.sent) == ("upstream_disconnected", False)
            await asyncio.sleep(PAUSE)

    got: list[bytes] = []
    run(main(socket.create_server(("127.0.0.1", 0))))
    assert got == [b""]

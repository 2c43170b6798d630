"""A request's way onto a connection, write by write; `test_aiohttp.py` has real upstreams."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gateway.transport.body import SLICE, BodyWriter

HEAD = b"POST / HTTP/1.1\r\n\r\n"


class Wire:
    """A connection's protocol and its transport, which keeps what is written."""

    def __init__(self, *, dead: bool = False, holds: int = 1 << 30) -> None:
        self.transport: Any = self
        self.writes: list[bytes] = []
        self.dead, self.holds = dead, holds
        self.errors: list[BaseException] = []
        self.started = self.aborted = False

    def write(self, data: bytes | memoryview) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return self.dead

    def get_extra_info(self, name: str) -> None:
        assert name == "socket"

    def abort(self) -> None:
        self.aborted = True

    @property
    def writing_paused(self) -> bool:
        return sum(map(len, self.writes)) > self.holds

    async def drain(self) -> None:
        assert self.writing_paused
        await asyncio.Event().wait()  # nobody reads

    def set_parser(self, parser: Any, payload: Any) -> None:
        assert (parser, payload, self.writes) == (None, None, [])  # before the first byte

    def start_timeout(self) -> None:
        self.started = True

    def set_exception(self, error: BaseException) -> None:
        self.errors.append(error)


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def written(wire: Wire, source: Any, length: int | None, idle: float | None = None) -> BodyWriter:
    """Write a body; return its writer after a moment."""

    async def go() -> BodyWriter:
        body = BodyWriter(source, length, idle, wire, wire.drain)
        body.begin(HEAD)
        await asyncio.sleep(0.1)
        body.stop()
        body.abandon()
        await asyncio.sleep(0)
        return body

    return asyncio.run(go())


def test_a_small_body_at_hand_is_one_write() -> None:
    wire = Wire()
    body = written(wire, b"abc", 3)
    assert wire.writes == [HEAD + b"abc"]
    assert (body.whole, wire.started, wire.aborted) == (True, True, False)


@pytest.mark.parametrize(
    ("pieces", "length", "expected"),
    [
        ((b"ab", b"", b"c"), 3, [HEAD + b"ab", b"c"]),
        ((b"ab", b"c"), None, [HEAD + b"2\r\nab\r\n", b"1\r\nc\r\n", b"0\r\n\r\n"]),
        ((), None, [HEAD + b"0\r\n\r\n"]),
        ((), 0, [HEAD]),
    ],
)
def test_a_body_that_comes(
    pieces: tuple[bytes, ...], length: int | None, expected: list[bytes]
) -> None:
    wire = Wire()
    assert written(wire, _pieces(*pieces), length).whole
    assert wire.writes == expected
    assert wire.started


def test_a_large_body_goes_in_slices() -> None:
    wire = Wire()
    assert written(wire, bytes(2 * SLICE + 1), 2 * SLICE + 1).whole
    assert list(map(len, wire.writes)) == [SLICE + len(HEAD), SLICE, 1]


@pytest.mark.parametrize("source", [b"abc", bytes(2 * SLICE)])
def test_what_is_not_read_is_not_whole(source: bytes) -> None:
    wire = Wire(holds=1)
    body = written(wire, source, len(source), idle=0.02)
    assert (body.whole, wire.started, wire.aborted) == (False, False, True)
    assert [type(error) for error in wire.errors] == [TimeoutError]


@pytest.mark.parametrize("source", [b"abc", None])
def test_a_dead_connection_is_not_touched(source: bytes | None) -> None:
    wire = Wire(dead=True)
    body = written(wire, _pieces(b"abc") if source is None else source, 3)
    assert [type(error) for error in wire.errors] == [ConnectionResetError]
    assert body.untouched
    assert wire.writes == []


@pytest.mark.parametrize("end", [BodyWriter.stop, BodyWriter.abandon])
def test_what_is_given_up_at_once_is_not_written(
    end: Callable[[BodyWriter], None],
) -> None:
    wire = Wire()

    async def go() -> BodyWriter:
        body = BodyWriter(b"abc", 3, None, wire, wire.drain)
        body.begin(HEAD)
        end(body)
        await asyncio.sleep(0.05)
        return body

    body = asyncio.run(go())
    assert (wire.writes, wire.errors) == ([], [])
    assert (body.whole, body.untouched) == (False, True)


@pytest.mark.parametrize("length", [2, 4])
def test_a_body_of_another_length(length: int) -> None:
    wire = Wire()
    with pytest.raises(ValueError, match="Content-Length"):
        written(wire, b"abc", length)
    assert wire.writes == []
    body = written(wire, _pieces(b"abc"), length)
    assert wire.errors == [body.error]
    assert (body.whole, wire.aborted) == (False, True)

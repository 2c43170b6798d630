"""The client's side of an exchange: its body, and its going away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateway.errors import ClientGone, RelayError
from gateway.relay.client import PATIENCE, ClientBody, Departure

Message = dict[str, Any]


def receiving(*messages: Message) -> Callable[[], Awaitable[Message]]:
    """Give these messages, then wait for ever."""
    left = list(messages)

    async def receive() -> Message:
        if left:
            return left.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    return receive


def piece(body: bytes, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


GONE: Message = {"type": "http.disconnect"}


async def read(body: ClientBody) -> list[bytes]:
    return [chunk async for chunk in body]


def test_a_body_in_pieces_tells_its_end_and_is_not_repeatable() -> None:
    ends: list[bool] = []
    body = ClientBody(
        receiving(piece(b"a", True), piece(b"", True), piece(b"b", False)),
        0,
        lambda: ends.append(True),
    )
    assert body.repeatable
    assert asyncio.run(read(body)) == [b"a", b"b"]
    assert ends == [True]
    assert not body.repeatable


def test_a_body_in_one_piece_is_repeatable() -> None:
    body = ClientBody(receiving(piece(b"a", False)), 0, lambda: None)
    assert asyncio.run(read(body)) == asyncio.run(read(body)) == [b"a"]
    assert body.repeatable


def test_a_body_that_is_released_is_not_held() -> None:
    body = ClientBody(receiving(piece(b"a", False)), 0, lambda: None)
    asyncio.run(read(body))
    body.release()
    assert not body.repeatable


def test_a_body_that_stops_is_a_timeout() -> None:
    body = ClientBody(receiving(piece(b"a", True)), 0.05, lambda: None)
    with pytest.raises(RelayError) as caught:
        asyncio.run(read(body))
    assert caught.value.code == "body_timeout"


def test_a_second_attempt_waits_no_longer_than_the_first() -> None:
    body = ClientBody(receiving(), 0.1, lambda: None)

    async def go() -> None:
        first = asyncio.create_task(read(body))
        await asyncio.sleep(0.05)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert body.repeatable
        await asyncio.wait_for(read(body), 10)

    with pytest.raises(RelayError) as caught:
        asyncio.run(go())
    assert caught.value.code == "body_timeout"


def test_a_client_that_leaves_while_it_sends() -> None:
    body = ClientBody(receiving(piece(b"a", True), GONE), 0, lambda: None)
    with pytest.raises(ClientGone):
        asyncio.run(read(body))


async def relay(departure: Departure, seconds: float) -> str:
    """Wait as a relay would; tell how it ended."""
    try:
        departure.listen()
        departure.listen()
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        if not departure.absorb():
            raise
        return "gone"
    finally:
        departure.stop()
    await asyncio.sleep(0.01)  # a cancellation that came too late would show here
    return "complete"


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([GONE], "gone"),
        ([piece(b"rest", True), piece(b"", False), GONE], "gone"),
        ([], "complete"),
    ],
)
def test_a_departure_cancels_the_relay(messages: list[Message], expected: str) -> None:
    async def go() -> tuple[str, int]:
        ended = await relay(Departure(receiving(*messages)), 10 * PATIENCE)
        task = asyncio.current_task()
        assert task is not None
        return ended, task.cancelling()

    assert asyncio.run(go()) == (expected, 0)


def test_an_exchange_that_is_over_at_once_pays_for_no_task() -> None:
    async def go() -> int:
        await relay(Departure(receiving(GONE)), 0)
        return len(asyncio.all_tasks())

    assert asyncio.run(go()) == 1


def test_another_cancellation_is_not_absorbed() -> None:
    async def go() -> str:
        task = asyncio.create_task(relay(Departure(receiving()), 5))
        await asyncio.sleep(2 * PATIENCE)
        task.cancel()
        return await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(go())


@pytest.mark.parametrize(("last", "expected"), [([GONE], "gone"), ([], "complete")])
def test_a_departure_is_noticed_behind_a_rest_that_fails_its_check(
    last: list[Message], expected: str
) -> None:
    receive = receiving(piece(b"rest", True), piece(b"", False), *last)

    async def failing() -> Message:
        message = await receive()
        if message["type"] == "http.request":
            raise RelayError("invalid_multipart", "wrong")
        return message

    async def go() -> str:
        return await relay(Departure(failing), 10 * PATIENCE)

    assert asyncio.run(go()) == expected


def test_a_defect_ends_the_listening() -> None:
    async def broken() -> Message:
        raise KeyError("type")

    async def go() -> str:
        return await relay(Departure(broken), 3 * PATIENCE)

    assert asyncio.run(go()) == "complete"

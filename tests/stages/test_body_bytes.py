"""A body's bytes: bounded, read whole within its limits, and given again."""

import asyncio
import time
from typing import Any

import pytest

from gateway.errors import ClientGone, RelayError
from gateway.stages.body_bytes import check_length, limited, read_whole, replay


def giving(*messages: dict[str, Any], pause: float = 0.0) -> Any:
    """Make a `receive` that gives messages in turn, then waits as a quiet client does."""
    left = list(messages)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.Event().wait()
        await asyncio.sleep(pause)
        return left.pop(0)

    return receive


def chunk(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def refusal(work: Any) -> str:
    with pytest.raises(RelayError) as caught:
        asyncio.run(work)
    return caught.value.code


def test_pieces_are_joined() -> None:
    receive = giving(chunk(b"ab"), chunk(b""), {"type": "http.request", "body": b"c"})
    assert asyncio.run(read_whole(receive, 3, None)) == b"abc"


def test_one_piece_is_not_copied() -> None:
    body = b"x" * 100
    assert asyncio.run(read_whole(giving(chunk(body, more=False)), 100, 1.0)) is body


def test_what_passes_the_limit_is_refused_before_its_end() -> None:
    receive = giving(chunk(b"ab"), chunk(b"cd"))
    assert refusal(read_whole(receive, 3, None)) == "body_too_large"


def test_a_client_that_goes_away() -> None:
    with pytest.raises(ClientGone):
        asyncio.run(read_whole(giving(chunk(b"ab"), {"type": "http.disconnect"}), 3, 1.0))


def test_a_wait_that_is_too_long() -> None:
    assert refusal(read_whole(giving(chunk(b"ab")), 3, 0.05)) == "body_timeout"


def test_idle_limits_each_wait_and_not_their_sum() -> None:
    pieces = [chunk(b"x", more=index < 7) for index in range(8)]
    begun = time.monotonic()
    assert asyncio.run(read_whole(giving(*pieces, pause=0.05), 8, 0.2)) == b"x" * 8
    assert time.monotonic() - begun > 0.3


def test_no_timer_is_left() -> None:
    async def run() -> None:
        await read_whole(giving(chunk(b"a", more=False)), 3, 0.05)
        await asyncio.sleep(0.15)  # a timer that runs on would cancel this

    asyncio.run(run())


def test_a_body_is_given_once_more_and_then_what_follows() -> None:
    async def run() -> list[dict[str, Any]]:
        again = replay(b"abc", giving({"type": "http.disconnect"}))
        return [dict(await again()), dict(await again())]

    assert asyncio.run(run()) == [chunk(b"abc", more=False), {"type": "http.disconnect"}]


@pytest.mark.parametrize(("length", "refused"), [(b"3", False), (b"4", True), (b"x", False)])
def test_the_length_that_is_announced(length: bytes, refused: bool) -> None:
    fields = {b"content-length": length}
    if refused:
        with pytest.raises(RelayError):
            check_length(fields, 3)
    else:
        check_length(fields, 3)
        check_length({}, 3)
        check_length({b"content-length": b"4"}, None)


def test_what_passes_is_counted() -> None:
    async def run() -> None:
        counting = limited(giving(chunk(b"ab"), chunk(b"cd")), {}, 3)
        assert (await counting())["body"] == b"ab"
        await counting()

    assert refusal(run()) == "body_too_large"

import asyncio
from typing import Any

import pytest

from gateway.exchange import SCOPE_KEY, Exchange
from gateway.mcp.cancelling import CANCELLED, Running, call_id, with_client_id


def scope(key: str | None = "k1", client: bytes | None = b"c1") -> dict[str, Any]:
    headers = [(b"mcp-session-id", client)] if client is not None else []
    return {"headers": headers, SCOPE_KEY: Exchange("r", "POST", key_id=key)}


def cancelled(number: Any) -> dict[str, Any]:
    return {"method": CANCELLED, "params": {"requestId": number}}


@pytest.mark.parametrize(
    ("said_in", "number", "heeded"),
    [
        (scope(), 7, True),
        (scope(), "7", False),
        (scope(), True, False),
        (scope(), None, False),
        (scope(key="k2"), 7, False),
        (scope(client=b"c2"), 7, False),
        (scope(client=None), 7, False),
    ],
)
def test_only_its_own_client_cancels_a_call(said_in: Any, number: Any, heeded: bool) -> None:
    running, gone = Running(), asyncio.Event()
    with running.call(scope(), {"id": 7}, gone):
        running.heed(said_in, {"method": "ping", "params": {"requestId": 7}})
        assert not gone.is_set()
        running.heed(said_in, cancelled(number))
        assert gone.is_set() is heeded
    running.heed(scope(), cancelled(7))


def test_an_id_that_is_in_use_stays_the_first_one_s() -> None:
    running, first, second = Running(), asyncio.Event(), asyncio.Event()
    with running.call(scope(), {"id": 1}, first):
        with running.call(scope(), {"id": 1}, second):
            pass
        running.heed(scope(), cancelled(1))
    assert (first.is_set(), second.is_set()) == (True, False)


def test_ids_that_are_too_long_and_none() -> None:
    assert call_id(scope(client=b"x" * 129), 1) is None
    assert call_id(scope(client=b""), 1) is None
    assert call_id(scope(key=None), 1) == ("", b"c1", 1)


def test_each_client_has_an_id_of_its_own() -> None:
    start = {"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]}
    first, second = (dict(with_client_id(start)["headers"]) for _ in range(2))
    assert first[b"mcp-session-id"] != second[b"mcp-session-id"]
    assert start["headers"] == [(b"a", b"b")]

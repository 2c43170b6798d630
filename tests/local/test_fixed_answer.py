import asyncio
from typing import Any

import pytest

from gateway.local.fixed_answer import FixedAnswer, is_unchanged, send_json, strong_etag

ANSWER = FixedAnswer(b"content", b"text/plain")


def sent(coroutine_of: Any) -> tuple[int, dict[bytes, bytes], bytes]:
    messages: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(coroutine_of(send))
    start, body = messages
    return start["status"], dict(start["headers"]), body["body"]


def test_an_answer_has_a_validator_and_a_length() -> None:
    status, headers, body = sent(lambda send: ANSWER.send([], send))
    assert (status, body) == (200, b"content")
    assert headers[b"etag"] == strong_etag(b"content")
    assert headers[b"etag"].startswith(b'"')
    assert headers[b"cache-control"] == b"no-cache"
    assert headers[b"content-length"] == b"7"


def test_what_the_client_has_is_not_sent_again() -> None:
    asked = [(b"if-none-match", ANSWER.etag)]
    status, headers, body = sent(lambda send: ANSWER.send(asked, send))
    assert (status, body) == (304, b"")
    assert headers[b"etag"] == ANSWER.etag
    assert b"content-length" not in headers


# RFC 9110, section 13.1.2: weak comparison, lists and `*`.
@pytest.mark.parametrize(
    ("value", "unchanged"),
    [
        (b'"e"', True),
        (b'W/"e"', True),
        (b'"a", W/"b" ,"e"', True),
        (b"*", True),
        (b'"a"', False),
        (b"e", False),
        (b"", False),
    ],
)
def test_if_none_match(value: bytes, unchanged: bool) -> None:
    assert is_unchanged([(b"if-none-match", value)], b'"e"') is unchanged


def test_what_changes_is_not_kept() -> None:
    status, headers, body = sent(lambda send: send_json(send, 503, {"a": 1}))
    assert (status, body) == (503, b'{"a": 1}')
    assert headers[b"cache-control"] == b"no-store"

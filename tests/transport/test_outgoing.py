"""What goes out, made ready: targets, header fields, time limits, the kind of body."""

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.contract.model import Timeouts
from gateway.errors import RelayError
from gateway.transport.outgoing import (
    Targets,
    body_of,
    decoded,
    framing_of,
    spelled_alike,
    timeouts_of,
)


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("http://h", "h"),
        ("http://h:80/v1", "h"),
        ("https://h:443", "h"),
        ("https://h:8443/", "h:8443"),
        ("http://user:pass@h:9/x", "h:9"),
        ("http://[::1]:9", "[::1]:9"),
        ("http://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_the_host_is_the_base_urls(base: str, host: str) -> None:
    targets = Targets(base)
    assert targets.headers_of([])["Host"] == host
    assert targets.url(b"/a%7e?").raw_path_qs == "/a%7e?"
    assert targets.url(b"/x").raw_user is None


def test_a_host_that_is_given_stays_where_it_stands() -> None:
    headers = Targets("http://h").headers_of([(b"A", b"1"), (b"hOST", b"other"), (b"a", b"2")])
    assert list(headers.items()) == [("A", "1"), ("hOST", "other"), ("a", "2")]


def test_transfer_encoding_is_not_the_callers() -> None:
    headers = Targets("http://h").headers_of([(b"transfer-encoding", b"chunked"), (b"TE", b"x")])
    assert list(headers) == ["Host", "TE"]


@pytest.mark.parametrize(
    "field", [(b"X", b"\xff"), (b"\xff", b"x"), (b"X", b"a\nb"), (b"X\r", b"")]
)
def test_fields_that_cannot_be_written(field: tuple[bytes, bytes]) -> None:
    with pytest.raises(RelayError) as raised:
        decoded([(b"Good", b"1"), field])
    assert raised.value.code == "invalid_header"


def test_a_tab_is_no_control_character_in_a_value() -> None:
    assert decoded([(b"X", b"a\tb")]) == [("X", "a\tb")]


def test_repeats_are_spelled_alike() -> None:
    headers = spelled_alike([(b"X-a", b"1"), (b"B", b"2"), (b"x-A", b"3")])
    assert list(headers.items()) == [("X-a", "1"), ("B", "2"), ("X-a", "3")]


def test_limits_of_a_request() -> None:
    usual = Timeouts(connect=1, first_byte=2, idle=3, total=4)
    assert timeouts_of(None, usual) is usual
    assert timeouts_of({"connect": 9, "idle": None, "read": 5}, usual) == Timeouts(9, 2, 0, 4)


async def _stream() -> AsyncIterator[bytes]:
    yield b"x"


def test_the_kind_of_body() -> None:
    headers = Targets("http://h").headers_of([])
    assert body_of(httpx.ByteStream(b""), headers, None) is None
    assert framing_of(headers) is None
    assert body_of(_stream(), headers, None) is not None
    assert framing_of(headers) is None
    assert body_of(httpx.ByteStream(b"abc"), headers, None) is not None
    assert framing_of(headers) == {"Content-Length": "3"}

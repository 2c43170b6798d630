"""What goes out, made ready: targets, header fields, time limits, the kind of body."""

import tracemalloc
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.contract.model import Timeouts
from gateway.errors import RelayError
from gateway.transport.outgoing import Targets, body_of, decoded, spelled_alike, timeouts_of
from gateway.transport.raw import WholeBody


def head_of(
    fields: list[tuple[bytes, bytes]], body: object = b"", base: str = "http://h"
) -> tuple[list[bytes], int | None]:
    """Return the lines of a head, and how long the body is."""
    head, length = Targets(base).head("get", b"/x?", fields, body)  # type: ignore[arg-type]
    assert head.endswith(b"\r\n\r\n")
    line, *lines = head[:-4].split(b"\r\n")
    assert line == b"GET /x? HTTP/1.1"
    return lines, length


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("http://h", b"h"),
        ("http://h:80/v1", b"h"),
        ("https://h:443", b"h"),
        ("https://h:8443/", b"h:8443"),
        ("http://user:pass@h:9/x", b"h:9"),
        ("http://[::1]:9", b"[::1]:9"),
        ("http://bücher.example", b"xn--bcher-kva.example"),
    ],
)
def test_the_host_is_the_base_urls(base: str, host: bytes) -> None:
    assert head_of([], base=base) == ([b"Host: " + host], 0)
    targets = Targets(base)
    assert targets.url(b"/a%7e?").raw_path_qs == "/a%7e?"
    assert targets.url(b"/x").raw_user is None


def test_a_proxy_gets_the_whole_url() -> None:
    for base, origin in (
        ("http://user:pass@h:9/v1", b"http://h:9"),
        ("http://h:80", b"http://h"),
        ("http://[::1]:9/", b"http://[::1]:9"),
        ("http://bücher.example", b"http://xn--bcher-kva.example"),
    ):
        line = Targets(base, absolute=True).line("GET", b"/a%7e?b")
        assert line == b"GET " + origin + b"/a%7e?b HTTP/1.1\r\n"


@pytest.mark.parametrize("method", ["", "A B", "A\r\nB", "É"])
def test_a_method_that_is_no_token(method: str) -> None:
    with pytest.raises(RelayError):
        Targets("http://h").line(method, b"/")


def test_a_host_that_is_given_stays_where_it_stands() -> None:
    fields = [(b"A", b"1"), (b"hOST", b"other"), (b"a", b"2")]
    assert head_of(fields) == ([b"A: 1", b"hOST: other", b"a: 2"], 0)


def test_transfer_encoding_is_not_the_callers() -> None:
    fields = [(b"transfer-encoding", b"gzip"), (b"TE", b"x"), (b"Transfer-Encoding", b"chunked")]
    assert head_of(fields) == ([b"Host: h", b"TE: x"], 0)


@pytest.mark.parametrize(
    "field", [(b"X", b"\xff"), (b"\xff", b"x"), (b"X", b"a\nb"), (b"X\r", b"")]
)
def test_fields_that_cannot_be_written(field: tuple[bytes, bytes]) -> None:
    for write in (decoded, head_of):
        with pytest.raises(RelayError) as raised:
            write([(b"Good", b"1"), field])
        assert raised.value.code == "invalid_header"


@pytest.mark.parametrize("name", [b"", b"transfer-encoding ", b"a:b", b"a\tb", b"(a)"])
@pytest.mark.parametrize("others", [[], [(b"Good", b"1")]])
def test_a_name_that_is_no_token(name: bytes, others: list[tuple[bytes, bytes]]) -> None:
    for fields in ([*others, (name, b"x")], [(name, b"x"), *others]):
        with pytest.raises(RelayError) as raised:
            head_of(fields)
        assert raised.value.code == "invalid_header"


def test_a_tab_is_no_control_character_in_a_value() -> None:
    assert decoded([(b"X", b"a\tb")]) == [("X", "a\tb")]
    assert head_of([(b"X", b"a\tb")])[0] == [b"Host: h", b"X: a\tb"]


def test_repeats_are_spelled_alike() -> None:
    headers = spelled_alike([(b"X-a", b"1"), (b"B", b"2"), (b"x-A", b"3")])
    assert list(headers.items()) == [("X-a", "1"), ("B", "2"), ("X-a", "3")]


def test_limits_of_a_request() -> None:
    usual = Timeouts(connect=1, first_byte=2, idle=3, total=4)
    assert timeouts_of(None, usual) is usual
    assert timeouts_of({"connect": 9, "idle": None, "read": 5}, usual) == Timeouts(9, 2, 0, 4)


async def _stream() -> AsyncIterator[bytes]:
    yield b"x"


def test_the_framing_of_a_body() -> None:
    for stream in (httpx.ByteStream(b"abc"), WholeBody(b"abc")):
        assert head_of([], body_of(stream)) == ([b"Host: h", b"Content-Length: 3"], 3)
    assert head_of([], body_of(_stream())) == ([b"Host: h", b"Transfer-Encoding: chunked"], None)
    given = [(b"content-Length", b"7")]
    assert head_of(given, body_of(_stream())) == ([b"Host: h", b"content-Length: 7"], 7)


@pytest.mark.parametrize("second", [b"3", b"4"])
def test_two_lengths(second: bytes) -> None:
    with pytest.raises(RelayError):
        head_of([(b"Content-Length", b"3"), (b"content-length", second)], b"abc")


def test_targets_that_clients_make_up_are_not_held_in_memory() -> None:
    targets = Targets("http://h")
    made = [b"/%d?" % number + b"x" * 50_000 for number in range(100)]
    tracemalloc.start()
    try:
        for target in made:
            assert targets.line("GET", target).startswith(b"GET " + target)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20 * 50_000


@pytest.mark.parametrize("value", [b"", b"-1", b"1 ", b"0x1"])
def test_a_length_that_is_no_number(value: bytes) -> None:
    with pytest.raises(RelayError) as raised:
        head_of([(b"Content-Length", value)])
    assert raised.value.code == "invalid_header"

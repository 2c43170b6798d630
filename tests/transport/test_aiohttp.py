"""What goes out, byte by byte, on both event loops."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.errors import RelayError, UpstreamError
from tests.servers import RawUpstream, chunk, respond

TARGETS = [
    b"/a%7e",
    b"/a/%2e%2e/b",
    b"/a/../b",
    b"/x?y[]=1&y[]=2",
    b"//x",
    b"//evil.example/x",
    b"/a;b=c?d=%C3%A9&e",
    b"/?",
    b"/a?",
    b"/a??b",
    b"/%zz",
    b"/a#b",
    b"/a%20b+c%2Fd",
    b"/a?b=c%26d&&=&b",
    b"/'()*!$,:@|\\^`{}\"<>",
    b"/http://other.example:80/x?user:pass@host",
    b"/\xc3\xa9",
    b"/" + b"a" * 6000,
]


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


def test_targets_go_out_unchanged(run: Any, opened: Any, send: Any, read: Any) -> None:
    async def main(url: str) -> None:
        async with opened(url + "/v1/") as transport:
            for target in TARGETS * 2:  # the second time out of the cache
                await read(await send(transport, target=target))

    with RawUpstream() as upstream:
        run(main(upstream.url))
    assert [request.target for request in upstream.requests] == TARGETS * 2
    assert upstream.connections == 1


def test_more_targets_than_are_kept(run: Any, opened: Any, send: Any, read: Any) -> None:
    targets = [b"/%d" % number for number in range(1100)]

    async def main(url: str) -> None:
        async with opened(url) as transport:
            for target in targets:
                await read(await send(transport, target=target))

    with RawUpstream() as upstream:
        run(main(upstream.url))
    assert [request.target for request in upstream.requests] == targets


@pytest.mark.parametrize(
    "target", [b"x", b"*", b"/a b", b"/a\r\nX: 1", b"/a\x00", b"/\xff", b"http://x/"]
)
def test_a_target_that_would_break_the_request_line_is_refused(
    target: bytes, run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            with pytest.raises(RelayError) as raised:
                await send(transport, target=target)
            assert raised.value.code == "invalid_path"

    with RawUpstream() as upstream:
        run(main(upstream.url))
    assert upstream.connections == 0


def test_fields_keep_case_order_and_repeats_and_none_is_added(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    fields = [
        (b"X-b", b"1"),
        (b"x-A", b"2"),
        (b"X-B", b"3, 4"),
        (b"Cookie", b'a="b c"; d=e;f'),
        (b"Cookie", b"second=1"),
        (b"X-Utf8", "é€".encode()),
        (b"X-Empty", b""),
        (b"accept-ENCODING", b"br"),
    ]

    async def main(url: str) -> None:
        async with opened(url) as transport:
            await read(await send(transport, headers=fields))

    with RawUpstream() as upstream:
        run(main(upstream.url))
    (request,) = upstream.requests
    host = (b"Host", b"127.0.0.1:%d" % upstream.port)
    assert request.fields == [host, *fields]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PATCH", "QUERY"])
def test_no_body_no_framing(method: str, run: Any, opened: Any, send: Any, read: Any) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            await read(await send(transport, method))

    with RawUpstream(lambda request: respond()) as upstream:
        run(main(upstream.url))
    (request,) = upstream.requests
    assert [name for name, _ in request.fields] == [b"Host"]
    assert request.method == method.encode()


def test_framing_follows_the_request(run: Any, opened: Any, send: Any, read: Any) -> None:
    length = [(b"content-length", b"6")]

    async def main(url: str) -> None:
        async with opened(url) as transport:
            await read(await send(transport, "POST", headers=[(b"Content-Length", b"0")]))
            await read(await send(transport, "POST", body=b"abcdef"))
            await read(await send(transport, "POST", headers=length, body=b"abcdef"))
            pieces = _pieces(b"abc", b"", b"def")
            await read(await send(transport, "POST", headers=length, body=pieces))
            await read(await send(transport, "GET", body=_pieces(b"abc", b"", b"def")))
            await read(await send(transport, "POST", body=_pieces()))
            chunked = [(b"Transfer-Encoding", b"chunked")]
            await read(await send(transport, "PUT", headers=chunked, body=_pieces(b"x")))

    with RawUpstream() as upstream:
        run(main(upstream.url))
    framing = [[f for f in request.fields if f[0] != b"Host"] for request in upstream.requests]
    chunks = [(b"Transfer-Encoding", b"chunked")]
    upper = [(b"Content-Length", b"6")]
    none = [(b"Content-Length", b"0")]
    assert framing == [none, upper, length, length, chunks, chunks, chunks]
    bodies = [request.raw_body for request in upstream.requests]
    split = chunk(b"abc") + chunk(b"def") + chunk(b"")
    assert bodies == [b"", *[b"abcdef"] * 3, split, chunk(b""), chunk(b"x") + chunk(b"")]
    assert upstream.connections == 1


@pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_000])
@pytest.mark.parametrize("kind", ["bytes", "length", "chunks"])
def test_bodies_of_any_size_arrive_whole(
    size: int, kind: str, run: Any, opened: Any, send: Any, read: Any
) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    headers = [(b"Content-Length", b"%d" % size)] if kind == "length" else []

    async def main(url: str) -> None:
        async with opened(url) as transport:
            for _ in range(2):
                body = data if kind == "bytes" else _pieces(data[:7], data[7:])
                await read(await send(transport, "POST", headers=headers, body=body))

    with RawUpstream() as upstream:
        run(main(upstream.url))
    assert [request.body == data for request in upstream.requests] == [True, True]
    assert upstream.connections == 1


@pytest.mark.parametrize("value", [b"a\x00b", b"a\r\nX: 1", b"\xff\xfe", b"a\x7f"])
def test_a_field_that_cannot_go_out_is_refused(
    value: bytes, run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def main(url: str) -> None:
        async with opened(url) as transport:
            with pytest.raises(RelayError) as raised:
                await send(transport, headers=[(b"X-Odd", value)])
            assert raised.value.code == "invalid_header"

    with RawUpstream() as upstream:
        run(main(upstream.url))
    assert upstream.requests == []


def test_a_switch_of_protocols_that_nobody_asked_for(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    fields = [("Upgrade", "h2c"), ("Connection", "Upgrade")]

    async def main(url: str) -> None:
        async with opened(url) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport)
            assert raised.value.code == "upstream_protocol_error"

    with RawUpstream(
        lambda request: respond(status="101 Switching Protocols", headers=fields, length=False)
    ) as upstream:
        run(main(upstream.url))

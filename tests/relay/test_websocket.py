"""WebSockets through the relay: real servers and clients on both sides."""

import socket
from typing import Any

import pytest
import websockets
from websockets.sync.client import connect

from tests.servers import Act, RawUpstream, respond
from tests.websocket_servers import echo, relaying, upstream


def test_messages_both_ways() -> None:
    messages = ["text", "", "é€\U0001f600", b"", b"\x00\xff", b"x" * 5_000_000, "y" * 200_000]
    with upstream(echo, max_size=None) as origin, relaying(origin) as (app, url):
        with connect(url + "/v1/realtime?model=x", max_size=None) as client:
            for message in messages:
                client.send(message)
                assert client.recv(5) == message
        relayed = app.result()
    size = sum(len(m.encode() if isinstance(m, str) else m) for m in messages)
    assert (relayed.messages_in, relayed.messages_out) == (7, 7)
    assert (relayed.bytes_in, relayed.bytes_out) == (size, size)
    assert (relayed.status, relayed.close_code, relayed.outcome) == (101, 1000, "complete")


def test_fragments_arrive_as_one_message() -> None:
    with upstream(echo) as origin, relaying(origin) as (_, url), connect(url) as client:
        client.send(iter(["a", "b", "c"]))
        assert client.recv(5) == "abc"


@pytest.mark.parametrize("client_side", ["deflate", None])
@pytest.mark.parametrize("upstream_side", ["deflate", None])
def test_compression_is_each_hops_own(client_side: Any, upstream_side: Any) -> None:
    with (
        upstream(echo, compression=upstream_side) as origin,
        relaying(origin) as (_, url),
        connect(url, compression=client_side) as client,
    ):
        for _ in range(3):
            client.send("abc" * 10_000)
            assert client.recv(5) == "abc" * 10_000


def test_the_subprotocol_that_the_upstream_chooses() -> None:
    with (
        upstream(echo, subprotocols=["two", "one"]) as origin,
        relaying(origin) as (_, url),
        connect(url, subprotocols=["one", "two"]) as client,  # type: ignore[list-item]
    ):
        assert client.subprotocol in ("one", "two")


def test_the_handshake_goes_out_as_it_is_given() -> None:
    answer = respond(b'{"error": 1}', "401 Unauthorized", [("X-Request-Id", "r1")])
    with RawUpstream(lambda request: answer) as raw, relaying(raw.url) as (app, url):
        with pytest.raises(websockets.InvalidStatus) as raised:
            connect(
                url + "/v1/real%74ime/%2e?model=a%20b&x[]=1",
                additional_headers=[("X-a", "1"), ("X-A", "2"), ("Cookie", "a=b; c=d")],
                subprotocols=["realtime", "beta.v1"],  # type: ignore[list-item]
                user_agent_header=None,
            )
        response = raised.value.response
        assert (response.status_code, response.body) == (401, b'{"error": 1}')
        assert response.headers["x-request-id"] == "r1"
        assert app.result().status == 401
    (request,) = raw.requests
    assert request.target == b"/v1/real%74ime/%2e?model=a%20b&x[]=1"
    assert [value for name, value in request.fields if name.lower() == b"x-a"] == [b"1", b"2"]
    assert request.values(b"Cookie") == [b"a=b; c=d"]
    assert request.value(b"Sec-WebSocket-Protocol") == b"realtime,beta.v1"
    names = {name.lower() for name, _ in request.fields}
    assert not names & {b"user-agent", b"accept", b"accept-encoding", b"content-type"}


def test_an_upstream_that_is_not_there_is_an_http_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with relaying(f"http://127.0.0.1:{port}") as (app, url):
        with pytest.raises(websockets.InvalidStatus) as raised:
            connect(url)
        assert raised.value.response.status_code == 502
        assert raised.value.response.body == b"upstream_unreachable"
    assert not app.errors[0].sent


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: wrong\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_a_broken_handshake(answer: bytes) -> None:
    with RawUpstream(lambda request: answer) as raw, relaying(raw.url) as (_, url):
        with pytest.raises(websockets.InvalidStatus) as raised:
            connect(url)
        assert raised.value.response.body == b"upstream_protocol_error"
    assert len(raw.requests) == 1


def test_a_handshake_is_never_repeated() -> None:
    with (
        RawUpstream(lambda request: Act.CLOSE) as raw,
        relaying(raw.url) as (app, url),
        pytest.raises(websockets.InvalidStatus),
    ):
        connect(url)
    assert len(raw.requests) == 1
    assert app.errors[0].sent


def test_a_client_that_leaves_before_the_upstream_has_answered() -> None:
    with RawUpstream(lambda request: Act.HOLD) as raw, relaying(raw.url) as (app, url):
        with pytest.raises(TimeoutError):
            connect(url, open_timeout=0.2)
        assert raw.wait(lambda u: u.gone == [0], 1)
        assert app.result().outcome == "client-gone"

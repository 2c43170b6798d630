"""An upstream that fails before its response begins: the answer says what, and how to retry."""

import socket
import threading
import time
from typing import Any

import pytest

from tests.rawhttp import RawRequest, respond
from tests.relay.gateways import Gateway, compiled, gateway_to, relaying, taking
from tests.servers import Act, Answer, RawUpstream

RETRY = b"x-should-retry"


def operations(retry: str, **timeouts: str) -> dict[str, Any]:
    policy = {"retry": retry, "timeouts": timeouts}
    methods = {"get": {}, "post": taking("application/json"), "put": taking("application/json")}
    return {"/x": {name: {**value, "x-gateway": policy} for name, value in methods.items()}}


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def failure(gateway: Gateway, method: str = "GET") -> tuple[int, str, list[bytes]]:
    """Call, and return status, code and `x-should-retry`."""
    body = None if method == "GET" else b"{}"
    lines = ["Content-Type: application/json"] if body else []
    reply = gateway.ask(method, "/x", lines, body)
    assert reply.complete
    assert reply.error["code"] == gateway.line()["code"]
    return reply.status, reply.error["code"], reply.values(RETRY)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_an_upstream_that_is_not_there(host: str) -> None:
    contract = compiled(operations("never"))
    with gateway_to(contract, f"http://{host}:{closed_port()}") as gateway:
        for method in ("GET", "POST"):
            assert failure(gateway, method) == (502, "upstream_unreachable", [])
            assert gateway.line()["outcome"] == "failed"


@pytest.mark.parametrize("act", [Act.CLOSE, Act.RESET])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_upstream_that_closes_after_reading(act: Act, method: str) -> None:
    with relaying(operations("connect"), lambda request: act) as (gateway, upstream):
        assert failure(gateway, method) == (502, "upstream_disconnected", [b"false"])
        assert len(upstream.requests) == 1


def test_an_upstream_that_closes_before_reading() -> None:
    paths = {"/x": {"post": taking("application/octet-stream", None)}}
    with relaying(paths, early=lambda request: Act.RESET) as (gateway, _):
        lines = ["Content-Type: application/octet-stream"]
        reply = gateway.ask("POST", "/x", lines, bytes(20_000_000))
        assert (reply.status, reply.error["code"]) == (502, "upstream_disconnected")
        assert reply.values(RETRY) == [b"false"]


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok",
    ],
    ids=["garbage", "status", "ssh", "length", "upgrade", "large", "600", "999"],
)
def test_an_answer_that_is_no_http(answer: bytes) -> None:
    async def answered(data: bytes):
        yield data
        yield Act.CLOSE

    with relaying(operations("connect"), lambda request: answered(answer)) as (gateway, _):
        status, code, retry = failure(gateway)
        assert (status, retry) == (502, [b"false"])
        assert code in ("upstream_protocol_error", "upstream_disconnected")


def test_an_upstream_that_does_not_answer_in_time() -> None:
    paths = operations("connect", **{"first-byte": "200ms"})
    with relaying(paths, lambda request: None) as (gateway, upstream):
        begun = time.monotonic()
        assert failure(gateway, "POST") == (504, "upstream_timeout", [b"false"])
        assert 0.15 < time.monotonic() - begun < 2
        assert gateway.line()["outcome"] == "timeout"
        assert upstream.wait(lambda it: it.gone)


def test_the_first_byte_is_waited_for_from_the_bodys_end_on() -> None:
    paths = {
        "/x": {
            "post": {
                **taking("application/octet-stream", None),
                "x-gateway": {"timeouts": {"first-byte": "300ms"}},
            }
        }
    }
    with relaying(paths) as (gateway, _), gateway.connect() as connection:
        connection.sendall(
            b"POST /x HTTP/1.1\r\nHost: a\r\nX-Relay-Key: a-relay-key-of-the-tests\r\n"
            b"Content-Type: application/octet-stream\r\nContent-Length: 5\r\n\r\n"
        )
        for _ in range(5):
            time.sleep(0.15)
            connection.sendall(b"x")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_the_total_binds_the_wait_too() -> None:
    paths = operations("connect", total="200ms", **{"first-byte": "10s"})
    with relaying(paths, lambda request: None) as (gateway, _):
        assert failure(gateway) == (504, "upstream_timeout", [b"false"])


@pytest.mark.parametrize(
    ("retry", "method", "attempts"),
    [
        *(("never", "GET", 1), ("never", "POST", 1)),
        *(("connect", "GET", 1), ("connect", "PUT", 1), ("connect", "POST", 1)),
        *(("idempotent", "GET", 3), ("idempotent", "PUT", 3), ("idempotent", "POST", 1)),
    ],
)
def test_what_was_sent_is_sent_again_only_where_that_changes_nothing(
    retry: str, method: str, attempts: int
) -> None:
    with relaying(operations(retry), lambda request: Act.CLOSE) as (gateway, upstream):
        assert failure(gateway, method)[1] == "upstream_disconnected"
        assert len(upstream.requests) == attempts


def test_an_idempotent_request_succeeds_at_its_second_attempt() -> None:
    answers: list[Answer] = [Act.RESET, respond(b"second")]

    def answer(request: RawRequest) -> Answer:
        return answers.pop(0)

    with relaying(operations("idempotent"), answer) as (gateway, upstream):
        lines = ["Content-Type: application/json"]
        reply = gateway.ask("PUT", "/x", lines, b'{"a" : 1}')
        assert (reply.status, reply.body) == (200, b"second")
        assert [request.body for request in upstream.requests] == [b'{"a" : 1}'] * 2
        assert gateway.line()["outcome"] == "complete"


@pytest.mark.parametrize(("retry", "status"), [("connect", 200), ("never", 502)])
def test_a_connection_that_was_refused_is_tried_again(retry: str, status: int) -> None:
    port = closed_port()
    contract = compiled(operations(retry))
    with gateway_to(contract, f"http://127.0.0.1:{port}") as gateway:
        with gateway.connect() as connection:
            connection.sendall(
                b"POST /x HTTP/1.1\r\nHost: a\r\nX-Relay-Key: a-relay-key-of-the-tests\r\n"
                b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
            )
            time.sleep(0.05)
            with LateUpstream(port):
                reply = connection.recv(65536)
        assert reply.startswith(b"HTTP/1.1 %d" % status)


class LateUpstream:
    """Answers one request on a port that was closed so far."""

    def __init__(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(1)

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __exit__(self, *exc: object) -> None:
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            connection.sendall(respond(b"late"))


def test_a_kept_connection_that_the_upstream_closed_is_no_fault() -> None:
    with (
        RawUpstream(drop_idle=0.05) as upstream,
        gateway_to(compiled(operations("connect")), upstream.url) as gateway,
    ):
        for _ in range(3):
            lines = ["Content-Type: application/json"]
            assert gateway.ask("POST", "/x", lines, b"{}").status == 200
            time.sleep(0.2)
        assert len(upstream.requests) == 3


def test_an_upstream_that_stops_reading() -> None:
    policy = {"x-gateway": {"timeouts": {"idle": "300ms"}}}
    paths = {"/x": {"post": taking("application/octet-stream", None, **policy)}}
    with relaying(paths, early=lambda request: Act.DEAF) as (gateway, upstream):
        lines = ["Content-Type: application/octet-stream"]
        reply = gateway.ask("POST", "/x", lines, bytes(30_000_000))
        assert (reply.status, reply.error["code"]) == (504, "upstream_timeout")
        assert reply.values(RETRY) == [b"false"]
        assert gateway.line()["outcome"] == "timeout"
        assert upstream.wait(lambda it: it.hung_up(0))

"""What a raw upstream answers is what a raw client gets: statuses, header fields, bodies."""

import gzip
from collections.abc import Iterator

import pytest

from tests.rawhttp import RawRequest, chunk, respond
from tests.relay.gateways import Gateway, Reply, relaying
from tests.servers import Act, Answer

OURS = (b"server-timing", b"x-request-id", b"x-relay-request-id")


class Script:
    """Answers what the test last said."""

    def __init__(self) -> None:
        self.next: Answer = b""

    def __call__(self, request: RawRequest) -> Answer:
        return self.next


Scripted = tuple[Gateway, Script]


@pytest.fixture(scope="module")
def scripted() -> Iterator[Scripted]:
    script = Script()
    operations = {method: {} for method in ("get", "head", "delete")}
    with relaying({"/x": operations}, script) as (gateway, _):
        yield gateway, script


def got(scripted: Scripted, answer: Answer, method: str = "GET") -> Reply:
    gateway, script = scripted
    script.next = answer
    return gateway.ask(method, "/x")


def theirs(reply: Reply) -> list[tuple[bytes, bytes]]:
    return [pair for pair in reply.headers if pair[0] not in OURS]


@pytest.mark.parametrize(
    "status",
    [
        *(200, 201, 202, 203, 205, 206, 207, 226, 300, 301, 302, 303, 307, 308),
        *(400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 416, 418, 422, 425, 429, 451, 499),
        *(500, 501, 502, 503, 504, 511, 529, 599),
    ],
)
def test_statuses(scripted: Scripted, status: int) -> None:
    reply = got(scripted, respond(b"body", f"{status} Odd"))
    assert (reply.status, reply.body, reply.complete) == (status, b"body", True)


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("headers", [[], [("ETag", '"1"')], [("Content-Length", "1234")]])
def test_statuses_without_a_body(
    scripted: Scripted, status: int, headers: list[tuple[str, str]]
) -> None:
    if status == 204 and headers and headers[0][0] == "Content-Length":
        headers = [("Content-Length", "0")]
    reply = got(scripted, respond(b"", f"{status} No", headers, length=False))
    assert (reply.status, reply.body) == (status, b"")
    expected = [(n.lower().encode(), v.encode()) for n, v in headers if n != "Content-Length"]
    assert theirs(reply) == expected


def test_repeats_order_and_odd_values_stay(scripted: Scripted) -> None:
    headers = [
        *(("X-B", "1"), ("x-a", "2"), ("X-B", "3"), ("Vary", "A"), ("Vary", "B"), ("Empty", "")),
        *(("Server", "odd/1"), ("Date", "never"), ("WWW-Authenticate", 'A b="c"')),
        *(("WWW-Authenticate", "D"), ("X-Utf", "é€"), ("Link", "<a>; rel=b, <c>")),
        *(("Content-Type", "Text/Plain; Charset=X"), ("Cache-Control", "no-store")),
        *(("Retry-After", "7"), ("X-RateLimit-Remaining", "0"), ("OpenAI-Version", "2020-10-01")),
    ]
    reply = got(scripted, respond(b"ok", headers=headers))
    expected = [(name.lower().encode(), value.encode()) for name, value in headers]
    assert theirs(reply) == [*expected, (b"content-length", b"2")]


def test_fields_of_a_hop_and_of_the_origin_are_left_out(scripted: Scripted) -> None:
    headers = [
        *(("Connection", "X-Mine, close"), ("X-Mine", "1"), ("Keep-Alive", "timeout=5")),
        *(("Proxy-Authenticate", "Basic"), ("Upgrade", "h2c"), ("Trailer", "X-T"), ("TE", "x")),
        *(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Alt-Svc", 'h3=":443"')),
        *(("Strict-Transport-Security", "max-age=1"), ("Access-Control-Allow-Origin", "*")),
        *(("access-control-expose-headers", "x"), ("X-Relay-Request-ID", "theirs"), ("X-Y", "1")),
    ]
    reply = got(scripted, respond(b"ok", headers=headers))
    assert theirs(reply) == [(b"x-y", b"1"), (b"content-length", b"2")]
    assert reply.values(b"x-relay-request-id") != [b"theirs"]


def test_connection_does_not_strip_what_tells_of_the_content(scripted: Scripted) -> None:
    headers = [("Connection", "content-type, Content-Encoding"), ("Content-Type", "a/b")]
    reply = got(scripted, respond(b"ok", headers=[*headers, ("Content-Encoding", "gzip")]))
    assert reply.values(b"content-type") == [b"a/b"]
    assert reply.values(b"content-encoding") == [b"gzip"]


def test_request_ids(scripted: Scripted) -> None:
    reply = got(scripted, respond(b"ok", headers=[("X-Request-Id", "theirs")]))
    assert reply.values(b"x-request-id") == [b"theirs"]
    (ours,) = reply.values(b"x-relay-request-id")
    assert ours.startswith(b"req_")
    line = scripted[0].line()
    assert (line["upstream_id"], line["request_id"]) == ("theirs", ours.decode())
    bare = got(scripted, respond(b"ok"))
    assert bare.values(b"x-request-id") == bare.values(b"x-relay-request-id") != [ours]


def test_server_timing_stands_beside_the_upstreams(scripted: Scripted) -> None:
    reply = got(scripted, respond(b"ok", headers=[("Server-Timing", "db;dur=1")]))
    theirs_, ours = reply.values(b"server-timing")
    assert theirs_ == b"db;dur=1"
    assert ours.startswith(b"upstream;dur=")
    assert b", relay;dur=" in ours


BODY = bytes(range(256)) * 40


def test_content_length_stays(scripted: Scripted) -> None:
    reply = got(scripted, respond(BODY))
    assert (reply.body, reply.values(b"content-length")) == (BODY, [b"%d" % len(BODY)])


def test_an_empty_body_has_its_length(scripted: Scripted) -> None:
    reply = got(scripted, respond(b""))
    assert (reply.body, reply.values(b"content-length")) == (b"", [b"0"])


@pytest.mark.parametrize("extra", [[], [("Content-Length", "3")]])
def test_chunked_stays_chunked(scripted: Scripted, extra: list[tuple[str, str]]) -> None:
    head = respond(b"", headers=[("Transfer-Encoding", "chunked"), *extra], length=False)
    reply = got(scripted, head + chunk(BODY) + chunk(b"x") + chunk(b""))
    if reply.status == 502:  # two framings at once: the transport may refuse them
        assert extra
        return
    assert (reply.body, reply.values(b"transfer-encoding")) == (BODY + b"x", [b"chunked"])
    assert reply.values(b"content-length") == []


def test_a_body_that_ends_with_the_connection_ends_well(scripted: Scripted) -> None:
    async def answer():
        yield respond(b"", length=False)
        yield BODY
        yield Act.CLOSE

    reply = got(scripted, answer())
    assert (reply.body, reply.complete) == (BODY, True)


def test_a_coding_stays(scripted: Scripted) -> None:
    body = gzip.compress(BODY)
    reply = got(scripted, respond(body, headers=[("Content-Encoding", "gzip")]))
    assert (reply.body, reply.values(b"content-encoding")) == (body, [b"gzip"])


def test_a_coding_that_is_none_of_the_body_stays(scripted: Scripted) -> None:
    reply = got(scripted, respond(b"plain", headers=[("Content-Encoding", "gzip")]))
    assert reply.body == b"plain"


def test_a_part_of_a_file(scripted: Scripted) -> None:
    headers = [("Content-Range", "bytes 0-1/9"), ("Accept-Ranges", "bytes")]
    reply = got(scripted, respond(b"ab", "206 Partial Content", headers))
    assert reply.status == 206
    assert reply.values(b"content-range") == [b"bytes 0-1/9"]


def test_head_keeps_the_length_of_what_is_not_sent(scripted: Scripted) -> None:
    head = respond(b"", headers=[("Content-Length", "4321"), ("ETag", '"e"')], length=False)
    reply = got(scripted, head, "HEAD")
    assert reply.values(b"content-length") == [b"4321"]
    again = got(scripted, head, "HEAD")  # the connections of both sides are still in step
    assert again.status == 200


@pytest.mark.parametrize("field", [b"X\x00Y: 1", b"X: \x01", b"X(y): 1", b"X Y: 1", b": 1"])
def test_a_field_that_cannot_be_written_is_a_502(scripted: Scripted, field: bytes) -> None:
    reply = got(scripted, b"HTTP/1.1 200 OK\r\n" + field + b"\r\nContent-Length: 2\r\n\r\nok")
    assert reply.status == 502
    assert reply.error["code"] == "upstream_protocol_error"


def test_interim_answers_are_not_relayed(scripted: Scripted) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </s>; rel=preload\r\n\r\n"
    reply = got(scripted, interim + respond(b"ok"))
    assert (reply.status, reply.body) == (200, b"ok")

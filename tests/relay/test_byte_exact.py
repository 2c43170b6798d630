"""What a raw client sends is what a raw upstream gets: targets, header fields, bodies."""

import gzip
from collections.abc import Iterator

import pytest

from tests.rawhttp import RawRequest, chunk
from tests.relay.gateways import Gateway, relaying, request_bytes, taking
from tests.servers import RawUpstream

Pair = tuple[Gateway, RawUpstream]
PATHS = {
    "/a/{x}": {"get": {}},
    "/b//c": {"get": {}},
    "/raw/{x}": {"get": {"x-gateway": {"raw-path": True}}},
    "/json": {"post": taking("application/json")},
    "/form": {"post": taking("application/x-www-form-urlencoded")},
    "/octets": {"post": taking("application/octet-stream", None)},
}


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with relaying(PATHS) as pair:
        yield pair


def sent(pair: Pair, data: bytes) -> RawRequest:
    """Send a request; return it as the upstream got it."""
    gateway, upstream = pair
    seen = len(upstream.requests)
    assert gateway.send(data).status == 200
    assert len(upstream.requests) == seen + 1
    return upstream.requests[-1]


@pytest.mark.parametrize(
    "target",
    [
        b"/a/%7e",
        b"/a/~",
        b"/a/x?y[]=1&y[]=2",
        b"/a/x?y%5B%5D=1",
        b"/a/x;v=1;w",
        b"/a/x?a;b=c",
        b"/b//c?q=//",
        b"/a/x?empty=&bare&=nameless",
        b"/a/x?&&a=1&&",
        b"/a/x+y?q=1+2%2B3",
        b"/a/x%20y?q=%20",
        b"/a/%C3%A9%E2%82%AC?q=%c3%a9",
        b"/a/%e2%82%ac",
        b"/a/x?b=2&a=1&b=2&a=1",
        b"/a/x?q=%00%0d%0a",
        b"/a/!$&'()*+,=:@",
        b"/a/x?q='()*!:@/?$,",
        b'/a/x?q="<>`{}|^',
        b"/a/%41%42",
        b"/raw/a%2Fb",
        b"/raw/%2e%2e",
        b"/raw/..",
        b"/raw/a%5cb",
        b"/raw/%zz",
        b"/raw/%ff",
        b"/a/" + b"x" * 8000,
    ],
)
def test_targets(pair: Pair, target: bytes) -> None:
    assert sent(pair, request_bytes("GET", target)).target == target


@pytest.mark.parametrize(
    "target", [b"/a/..", b"/a/%2e%2E", b"/a/.", b"/a/a%2Fb", b"/a/a%5cb", b"/a/%00", b"/a/%zz"]
)
def test_targets_that_could_mean_another_path_are_refused(pair: Pair, target: bytes) -> None:
    gateway, upstream = pair
    seen = len(upstream.requests)
    reply = gateway.ask("GET", target)
    assert (reply.status, reply.error["code"]) == (400, "invalid_path")
    assert len(upstream.requests) == seen


def test_absolute_form_is_relayed_in_origin_form(pair: Pair) -> None:
    data = request_bytes("GET", "http://somewhere.example/a/%7e?x=1")
    assert sent(pair, data).target == b"/a/%7e?x=1"


def test_names_are_lower_case_order_and_repeats_stay(pair: Pair) -> None:
    lines = [
        *("X-B: 1", "x-a: 2", "X-b: 3", "Accept: text/html, */*;q=0.1", "X-B: 1"),
        *("User-Agent: odd (agent) \t/1", "Accept-Encoding: br;q=0, x", "X-Empty:", "x_under: 1"),
        *("TRACEPARENT: 00-1-2-03", "Authorize: nothing", "X-Utf: é€", 'If-None-Match: W/"é"'),
    ]
    got = sent(pair, request_bytes("GET", "/a/1", lines))
    expected = [line.encode().split(b":", 1) for line in lines]
    assert [f for f in got.fields if f[0] != b"Host"] == [
        (name.lower(), value.strip(b" \t")) for name, value in expected
    ]


def test_nothing_is_added(pair: Pair) -> None:
    _, upstream = pair
    got = sent(pair, request_bytes("GET", "/a/1"))
    assert got.header_lines == (b"Host: 127.0.0.1:%d" % upstream.port,)


@pytest.mark.parametrize("value", [b"caf\xe9", b"\xff", b"\xc3("])
def test_a_value_that_is_not_utf_8_is_refused(pair: Pair, value: bytes) -> None:
    reply = pair[0].ask("GET", "/a/1", [b"X-Odd: " + value])
    assert (reply.status, reply.error["code"]) == (400, "invalid_header")
    assert value not in reply.body


@pytest.mark.parametrize("field", ["Content-Type: application/json", "Content-Encoding: gzip"])
def test_a_field_that_must_stand_once_is_refused_twice(pair: Pair, field: str) -> None:
    reply = pair[0].ask("POST", "/json", ["Content-Type: application/json", field, field], b"{}")
    assert (reply.status, reply.error["code"]) == (400, "invalid_header")


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/json", "application/json", b' {\r\n\t"a" : 1.0e+2 ,"b":-0, "\\u0061b":"\\/" } \n'),
        ("/json", "application/json; charset=UTF-8", b"123456789012345678901234567890"),
        ("/json", "Application/JSON", '"é \\u00e9 \U0001f600"'.encode()),
        ("/form", "application/x-www-form-urlencoded", b"b=1&a=%7e+&b=&&c"),
        ("/octets", "application/octet-stream", bytes(range(256)) * 300),
        ("/octets", "application/octet-stream", b"\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies(pair: Pair, path: str, kind: str, body: bytes, chunked: bool) -> None:
    if chunked:
        lines = [f"Content-Type: {kind}", "Transfer-Encoding: chunked"]
        cut = len(body) // 3 or 1
        framed = b"".join(chunk(part) for part in (body[:1], body[1:cut], body[cut:], b"") if part)
        got = sent(pair, request_bytes("POST", path, lines) + framed + chunk(b""))
        assert got.value(b"transfer-encoding") == b"chunked"
        assert got.value(b"content-length") is None
    else:
        got = sent(pair, request_bytes("POST", path, [f"Content-Type: {kind}"], body))
        assert got.value(b"content-length") == b"%d" % len(body)
        assert got.value(b"transfer-encoding") is None
    assert got.body == body
    assert got.values(b"content-type") == [kind.encode()]


def test_a_gzip_body_goes_on_as_it_was_sent(pair: Pair) -> None:
    body = gzip.compress(b'{"a": 1}') + gzip.compress(b" ")
    lines = ["Content-Type: application/json", "Content-Encoding: GZIP"]
    got = sent(pair, request_bytes("POST", "/json", lines, body))
    assert got.body == body
    assert got.value(b"content-encoding") == b"GZIP"


def test_a_coding_of_a_body_that_is_not_read_goes_on(pair: Pair) -> None:
    lines = ["Content-Type: application/octet-stream", "Content-Encoding: br"]
    got = sent(pair, request_bytes("POST", "/octets", lines, b"not br"))
    assert (got.body, got.value(b"content-encoding")) == (b"not br", b"br")


@pytest.mark.parametrize("size", [0, 1])
def test_two_framings_at_once_are_refused(pair: Pair, size: int) -> None:
    lines = ["Content-Type: application/json", "Transfer-Encoding: chunked"]
    _, upstream = pair
    seen = len(upstream.requests)
    data = request_bytes("POST", "/json", [*lines, f"Content-Length: {size}"]) + chunk(b"")
    assert pair[0].send(data).status == 400
    assert len(upstream.requests) == seen


def test_requests_of_one_connection_are_answered_in_order(pair: Pair) -> None:
    gateway, upstream = pair
    with gateway.connect() as connection:
        connection.sendall(request_bytes("GET", "/a/1") + request_bytes("GET", "/a/2"))
        received = b""
        while received.count(b"ok") < 2:
            received += connection.recv(65536)
    assert [request.target for request in upstream.requests[-2:]] == [b"/a/1", b"/a/2"]

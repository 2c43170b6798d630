"""Header rules as pure functions; the sockets' side of them is in `test_outgoing.py`."""

import tracemalloc

import pytest

from gateway.errors import RelayError, UpstreamError
from gateway.relay.headers import (
    RequestHeaders,
    added_headers,
    check_request_headers,
    connection_options,
    expects_body,
    first_values,
    header,
    response_headers,
)
from tests.relay.gateways import compiled


def test_connection_options_of_all_fields_in_lower_case() -> None:
    pairs = [(b"connection", b"A, b"), (b"x", b"c"), (b"connection", b" D ,")]
    assert connection_options(pairs) >= {b"a", b"b", b"d"}
    assert b"c" not in connection_options(pairs)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], False),
        ([(b"content-length", b"0")], False),
        ([(b"content-length", b"1")], True),
        ([(b"transfer-encoding", b"chunked")], True),
        ([(b"content-type", b"a/b")], False),
    ],
)
def test_expects_body(pairs: list[tuple[bytes, bytes]], expected: bool) -> None:
    assert expects_body(dict(pairs)) is expected


def test_header_is_the_first_value() -> None:
    assert header([(b"a", b"1"), (b"a", b"2")], b"a") == b"1"
    assert header([], b"a") is None


def checked(pairs: list[tuple[bytes, bytes]]) -> None:
    check_request_headers(pairs, first_values(pairs))


@pytest.mark.parametrize("name", [b"content-type", b"content-encoding", b"content-length", b"host"])
def test_fields_that_must_stand_once(name: bytes) -> None:
    with pytest.raises(RelayError, match="stands twice"):
        checked([(name, b"1"), (name, b"1")])
    checked([(b"x", b"1"), (b"x", b"2"), (name, b"1")])


@pytest.mark.parametrize("value", [b"gzip, chunked", b"gzip", b"chunked, chunked", b""])
def test_a_body_has_no_transfer_coding_but_chunked(value: bytes) -> None:
    checked([(b"transfer-encoding", b"Chunked")])
    with pytest.raises(RelayError, match="transfer coding"):
        checked([(b"x", b"1"), (b"transfer-encoding", value)])


def test_values_are_utf_8() -> None:
    checked([(b"x", "é".encode())])
    with pytest.raises(RelayError, match="x is not UTF-8"):
        checked([(b"x", b"\xe9")])


def test_order_and_repeats_stay() -> None:
    operation = compiled({"/x": {"get": {}}}).operations["get_x"]
    pairs = [(b"b", b"1"), (b"a", b"2"), (b"b", b"3"), (b"te", b"x"), (b"b", b"1")]
    kept = [pair for pair in pairs if pair[0] != b"te"]
    assert RequestHeaders(operation).select(pairs, dict(pairs)) == kept


def test_a_websocket_has_no_handshake_fields() -> None:
    paths = {"/x": {"get": {"responses": {"101": {"description": "s"}}}}}
    select = RequestHeaders(compiled(paths).operations["get_x"]).select
    pairs = [(b"sec-websocket-key", b"x"), (b"origin", b"o")]
    assert select(pairs, dict(pairs)) == [(b"origin", b"o")]


def test_added_headers_leave_what_is_there() -> None:
    added = [(b"a", b"1"), (b"b", b"2")]
    assert added_headers([(b"a", b"")], added) == [(b"b", b"2")]
    assert added_headers([(b"a", b"")], ()) == []


def test_response_names_are_lower_case() -> None:
    assert response_headers([(b"X-A", b"1"), (b"x-A", b"2")]) == [(b"x-a", b"1"), (b"x-a", b"2")]


def test_a_length_beside_chunks_is_dropped() -> None:
    pairs = [(b"Content-Length", b"3"), (b"Transfer-Encoding", b"chunked")]
    assert response_headers(pairs) == []
    assert response_headers(pairs[:1]) == [(b"content-length", b"3")]
    assert response_headers(pairs[:1], bodiless=True) == []


@pytest.mark.parametrize("pair", [(b"a b", b"1"), (b"a", b"1\r\nb: 2"), (b"a", b"\x00")])
def test_what_cannot_be_written_is_an_upstream_error(pair: tuple[bytes, bytes]) -> None:
    with pytest.raises(UpstreamError, match="malformed header"):
        response_headers([pair])


@pytest.mark.parametrize("value", [b"gzip", b"gzip, chunked", b"chunked, gzip", b"identity", b""])
def test_a_coded_transfer_that_nobody_decodes(value: bytes) -> None:
    with pytest.raises(UpstreamError, match="malformed header"):
        response_headers([(b"Transfer-Encoding", value)])
    twice = [(b"transfer-encoding", b"Chunked"), (b"Transfer-Encoding", value)]
    with pytest.raises(UpstreamError, match="malformed header"):
        response_headers(twice)
    assert response_headers(twice[:1]) == []


def test_an_answer_of_two_lengths() -> None:
    with pytest.raises(UpstreamError, match="malformed header"):
        response_headers([(b"Content-Length", b"1"), (b"content-length", b"2")])


def test_names_that_an_upstream_makes_up_are_not_held_in_memory() -> None:
    made = [[(b"x-%d-" % number + b"x" * 50_000, b"1")] for number in range(100)]
    tracemalloc.start()
    try:
        for pairs in made:
            assert response_headers(pairs) == pairs
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20 * 50_000

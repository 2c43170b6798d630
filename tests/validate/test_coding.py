"""Content-Encoding: gzip decoded within limits, all else refused."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RelayError
from gateway.validate.coding import (
    CHUNK,
    MAX_MEMBERS,
    coding_of,
    decoded_body,
    gunzip,
    refuse_coding,
)

LIMIT = 1 << 20


def code_of(*arguments):
    with pytest.raises(RelayError) as caught:
        decoded_body(*arguments)
    return caught.value.code


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=5))
def test_members_are_joined(pieces):
    data = b"".join(gzip.compress(piece) for piece in pieces)
    assert gunzip(data, LIMIT) == b"".join(pieces)


def test_members_longer_than_a_chunk_are_joined():
    noise = zlib.compress(bytes(range(256)) * 10) * 3000
    data = gzip.compress(noise, 0) + gzip.compress(noise, 0)
    assert len(data) > 4 * CHUNK
    assert gunzip(data, len(data)) == noise * 2


@pytest.mark.parametrize("coding", [None, b"", b"identity", b"Identity , identity"])
def test_no_coding_leaves_the_body(coding):
    assert decoded_body(b"abc", coding, LIMIT) == b"abc"


@pytest.mark.parametrize("coding", [b"gzip", b"GZIP", b"x-gzip", b"identity, gzip"])
def test_gzip_by_all_its_names(coding):
    assert decoded_body(gzip.compress(b"abc"), coding, LIMIT) == b"abc"


@pytest.mark.parametrize("coding", [b"br", b"deflate", b"gzip, gzip", b"zstd", b"\xff"])
def test_another_coding_is_not_taken(coding):
    assert code_of(b"abc", coding, LIMIT) == "unsupported_media_type"


def test_the_limit_holds_before_decoding():
    assert code_of(gzip.compress(b"a"), b"gzip", 5) == "body_too_large"
    assert code_of(b"abcdef", None, 5) == "body_too_large"


def test_the_limit_holds_while_decoding():
    bomb = gzip.compress(bytes(100 << 20))
    assert code_of(bomb, b"gzip", LIMIT) == "body_too_large"
    assert code_of(gzip.compress(bytes(600_000)) * 2, b"gzip", LIMIT) == "body_too_large"
    assert decoded_body(gzip.compress(bytes(LIMIT)), b"gzip", LIMIT) == bytes(LIMIT)


def _flipped(data, at):
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


# Without a time in it, so that tests made of it have the same names at every collection.
GOOD = gzip.compress(b"some text, long enough to be worth it" * 9, mtime=0)


@pytest.mark.parametrize(
    "data",
    [
        *(GOOD[:cut] for cut in (1, 9, 20, len(GOOD) - 8, len(GOOD) - 1)),
        GOOD + b"rest",
        GOOD + bytes(8),
        _flipped(GOOD, len(GOOD) - 6),
        _flipped(GOOD, 0),
        b"plain",
        zlib.compress(b"zlib"),
        gzip.compress(b"", mtime=0) * (MAX_MEMBERS + 1),
    ],
)
def test_broken_gzip_is_an_error_of_the_client(data):
    assert code_of(data, b"gzip", LIMIT) == "invalid_encoding"


def test_an_empty_body_is_no_gzip():
    assert code_of(b"", b"gzip", LIMIT) == "invalid_encoding"


def test_multipart_bodies_have_no_coding():
    refuse_coding(None)
    refuse_coding(b"identity")
    with pytest.raises(RelayError) as caught:
        refuse_coding(b"gzip")
    assert caught.value.code == "unsupported_media_type"
    assert coding_of(b"gzip") == "gzip"

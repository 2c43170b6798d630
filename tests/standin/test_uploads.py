import asyncio
import gzip
import hashlib
import json

import pytest

from gateway.standin.uploads import KEPT, read_upload

BOUNDARY = b"multipart/form-data; boundary=b"


def read(pieces, kind=b"application/json", *more, disconnect=False):
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"} if disconnect else {"type": "http.request"})

    async def receive():
        return messages.pop(0)

    return asyncio.run(read_upload(receive, [(b"Content-Type", kind), *more]))


def part(name, value, file=False):
    extra = b'; filename="f"' if file else b""
    disposition = b'Content-Disposition: form-data; name="%s"%s' % (name, extra)
    return b"--b\r\n" + disposition + b"\r\n\r\n" + value + b"\r\n"


def test_counts_and_hashes():
    upload = read([b"ab", b"", b"c"], b"text/plain")
    assert (upload.size, upload.body, upload.whole) == (3, b"abc", True)
    assert upload.sha256 == hashlib.sha256(b"abc").hexdigest()


def test_a_long_body_is_not_kept():
    upload = read([b"x" * KEPT, b"y"], b"text/plain")
    assert (upload.size, upload.body) == (KEPT + 1, None)


def test_a_body_that_does_not_end():
    upload = read([b"ab"], disconnect=True)
    assert (upload.size, upload.body, upload.whole) == (2, None, False)


@pytest.mark.parametrize(
    ("body", "members"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"[1]", {}),
        (b"{", {}),
        (b"[" * 200_000, {}),
        (b"\xff", {}),
    ],
)
def test_json_members(body, members):
    assert read([body]).members == members


def test_gzip_json():
    coding = (b"content-encoding", b"gzip")
    body = gzip.compress(json.dumps({"a": 1}).encode())
    assert read([body], b"application/json", coding).members == {"a": 1}
    assert read([b"not gzip"], b"application/json", coding).members == {}


def test_form_members():
    assert read([b"a=1&b=%20"], b"application/x-www-form-urlencoded").members == {
        "a": "1",
        "b": " ",
    }


def test_multipart_fields_whatever_the_chunks():
    body = (
        part(b"file", b"x" * 3000, file=True)
        + part(b"a", b"1")
        + part(b"b", b"\xc3\xa9")
        + b"--b--"
    )
    for size in (1, 7, 4096):
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        assert read(pieces, BOUNDARY).members == {"a": "1", "b": "é"}


def test_a_long_field_is_left_out():
    body = part(b"long", b"x" * 9000) + part(b"a", b"1") + b"--b--"
    assert read([body], BOUNDARY).members == {"a": "1"}


@pytest.mark.parametrize("kind", [b"multipart/form-data", b"nonsense", b'a/b; c="', BOUNDARY])
def test_what_is_malformed_is_counted_all_the_same(kind):
    assert read([b"not multipart"], kind).size == 13

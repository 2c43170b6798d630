"""Content-Type, and the declared type that it meets."""

import pytest

from gateway.contract.model import BodyType, Operation, Policy, RequestBody
from gateway.errors import RelayError
from gateway.validate.media_types import (
    MediaType,
    choose_type,
    kind_of,
    parse_media_type,
    single_field,
)


class Anything:
    def is_valid(self, value):
        return True

    def findings(self, value, prefix=""):
        return []


def operation(*names):
    types = tuple(BodyType(name, kind_of(name), {}, Anything()) for name in names)
    return Operation(
        id="create",
        method="post",
        path="/x",
        key="/x",
        fixed_query=(),
        server="",
        server_path="",
        tag="",
        summary="",
        description="",
        parameters=(),
        body=RequestBody(True, types) if types else None,
        answers=(),
        security=((),),
        policy=Policy(),
        websocket=False,
        pointer="/paths/~1x/post",
        document={},
    )


def refusal(call, *arguments):
    with pytest.raises(RelayError) as caught:
        call(*arguments)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "parsed"),
    [
        (b"application/json", MediaType("application/json")),
        (b" Application/JSON ;Charset=UTF-8", MediaType("application/json", {"charset": "UTF-8"})),
        (b'a/b; x="1;\\"2" ; y=z;', MediaType("a/b", {"x": '1;"2', "y": "z"})),
        (b"a/b;;", MediaType("a/b")),
        (b'a/b;x=""', MediaType("a/b", {"x": ""})),
    ],
)
def test_types_and_parameters_are_read(raw, parsed):
    assert parse_media_type(raw) == parsed


@pytest.mark.parametrize(
    "raw",
    [
        b"json",
        b"a/b/c",
        b"a /b",
        b"a/b, a/c",
        b"a/b;x",
        b"a/b;x=",
        b"a/b;x =1",
        b'a/b;x="1',
        b"a/b x=1",
        b"multipart/form-data; boundary=a; BOUNDARY=b",
        b"application/json; charset=utf-8; charset=utf-7",
    ],
)
def test_malformed_and_repeated_ones_are_refused(raw):
    assert refusal(parse_media_type, raw).code == "invalid_header"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("application/json", "json"),
        ("Application/Problem+JSON; charset=utf-8", "json"),
        ("application/x-www-form-urlencoded", "form"),
        ("multipart/form-data", "multipart"),
        ("multipart/mixed", "raw"),
        ("application/xml", "raw"),
        ("application/soap+xml", "raw"),
        ("text/plain", "raw"),
        ("application/jsonl", "raw"),
        ("*/*", "raw"),
    ],
)
def test_kinds(name, kind):
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("said", "met"),
    [
        (b"image/png", "image/png"),
        (b"IMAGE/PNG; q=1", "image/png"),
        (b"image/gif", "image/*"),
        (b"text/plain", "*/*"),
    ],
)
def test_an_exact_type_beats_a_range(said, met):
    assert choose_type(operation("*/*", "image/*", "image/png"), said).media_type == met


@pytest.mark.parametrize("said", [None, b"", b"  "])
def test_a_missing_type_counts_as_the_only_declared_one(said):
    assert choose_type(operation("application/json"), said).media_type == "application/json"
    error = refusal(choose_type, operation("application/json", "text/plain"), said)
    assert (error.code, error.status) == ("unsupported_media_type", 415)
    assert "application/json, text/plain" in error.message


def test_an_unknown_type_is_told_what_is_accepted():
    error = refusal(choose_type, operation("application/json"), b"secret/type")
    assert error.code == "unsupported_media_type"
    assert "application/json" in error.message
    assert "secret" not in error.message


def test_a_body_where_none_is_declared():
    assert refusal(choose_type, operation(), b"text/plain").code == "unsupported_media_type"
    assert refusal(choose_type, operation(), None).code == "unsupported_media_type"


@pytest.mark.parametrize("charset", [b"UTF-8", b'"utf-8"', b"us-ascii"])
def test_the_charsets_that_are_utf_8(charset):
    assert choose_type(operation("application/json"), b"application/json; charset=" + charset)


@pytest.mark.parametrize(
    "said", ["application/json", "application/x-www-form-urlencoded", "text/plain"]
)
def test_any_other_charset_is_refused(said):
    error = refusal(choose_type, operation(said), said.encode() + b"; charset=utf-7")
    assert error.code == "invalid_header"


def test_a_field_that_must_stand_once():
    headers = [(b"content-type", b"a/b"), (b"x", b"1"), (b"x", b"2")]
    assert single_field(headers, b"content-type") == b"a/b"
    assert single_field(headers, b"content-encoding") is None
    error = refusal(single_field, [*headers, (b"Content-Type", b"a/b")], b"content-type")
    assert (error.code, error.status) == ("invalid_header", 400)
    assert "Content-Type" in error.message

"""A body that is read whole, from its bytes to its findings."""

import gzip

import pytest

from gateway.contract.model import BodyType, Operation, Policy, RequestBody
from gateway.errors import RelayError
from gateway.validate.body import check_body
from gateway.validate.schemas import SchemaChecks

SCHEMA = {
    "type": "object",
    "required": ["n"],
    "properties": {"n": {"type": "integer"}, "s": {"type": "string"}},
}
CHECKS = SchemaChecks({}, one_of="any")
OBJECT = CHECKS.check(SCHEMA, "")
JSON = BodyType("application/json", "json", SCHEMA, OBJECT)
FORM = BodyType(
    "application/x-www-form-urlencoded", "form", SCHEMA, OBJECT, properties=SCHEMA["properties"]
)
TEXT = BodyType("text/plain", "raw", {}, CHECKS.check({"type": "string", "maxLength": 3}, ""))
RAW = BodyType("application/octet-stream", "raw", {"type": "string"}, None)
LOOSE = BodyType("application/ld+json", "json", None, None)


def operation(*types, required=True, max_body=None):
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
        body=RequestBody(required, types) if types else None,
        answers=(),
        security=((),),
        policy=Policy(max_body=max_body),
        websocket=False,
        pointer="/paths/~1x/post",
        document={},
    )


ALL = operation(JSON, FORM, TEXT, RAW, LOOSE)


def refusal(said, data, *, of=ALL, coding=None):
    with pytest.raises(RelayError) as caught:
        check_body(of, said, coding, data)
    return caught.value.code


@pytest.mark.parametrize(
    ("said", "data", "params"),
    [
        (b"application/json", b'{"n":1}', []),
        (b"Application/JSON; charset=utf-8", b'{"n":"x","s":1}', ["/n", "/s"]),
        (b"application/x-www-form-urlencoded", b"n=1&s=2", []),
        (b"application/x-www-form-urlencoded", b"s=1", ["/n"]),
        (b"text/plain", b"abc", []),
        (b"text/plain; charset=UTF-8", "äöüß".encode(), [""]),
        (b"application/octet-stream", b"\xff\x00", []),
        (b"application/ld+json", b"[1]", []),
    ],
)
def test_each_kind_is_checked(said, data, params):
    assert [finding.param for finding in check_body(ALL, said, None, data)] == params


def test_a_missing_type_counts_as_the_only_one():
    assert check_body(operation(JSON), None, None, b'{"n":1}') == []
    assert refusal(None, b'{"n":1}') == "unsupported_media_type"


@pytest.mark.parametrize("said", [None, b"application/json", b"no type"])
def test_an_empty_body_is_none(said):
    assert refusal(said, b"") == "missing_body"
    assert check_body(operation(JSON, required=False), said, None, b"") == []
    assert check_body(operation(), said, None, b"") == []


@pytest.mark.parametrize(
    ("said", "data", "code"),
    [
        (b"application/json", b'{"n":1,"n":2}', "invalid_json"),
        (b"application/ld+json", b"{", "invalid_json"),
        (b"application/json; charset=latin-1", b"{}", "invalid_header"),
        (b"application/xml", b"<a/>", "unsupported_media_type"),
        (b"application/x-www-form-urlencoded", b"n=%", "invalid_form"),
        (b"text/plain", b"\xff", "invalid_body"),
        (b"json", b"{}", "invalid_header"),
    ],
)
def test_what_is_no_matter_of_the_schema(said, data, code):
    assert refusal(said, data) == code


def test_a_body_where_none_is_declared():
    assert refusal(b"application/json", b"{}", of=operation()) == "unsupported_media_type"


def test_gzip_is_decoded_for_json_and_forms():
    data = gzip.compress(b'{"n":"x"}')
    [finding] = check_body(ALL, b"application/json", b"gzip", data)
    assert finding.param == "/n"
    form = gzip.compress(b"n=1")
    assert check_body(ALL, b"application/x-www-form-urlencoded", b"gzip", form) == []
    assert refusal(b"application/json", b"{}", coding=b"gzip") == "invalid_encoding"
    assert refusal(b"application/json", b"{}", coding=b"br") == "unsupported_media_type"


def test_the_limit_of_the_operation_holds_after_decoding():
    data = gzip.compress(b'{"n":1,"s":"%s"}' % (b"x" * 5000))
    small = operation(JSON, max_body=1000)
    assert len(data) < 1000
    assert refusal(b"application/json", data, of=small, coding=b"gzip") == "body_too_large"
    assert check_body(ALL, b"application/json", b"gzip", data) == []


def test_raw_bodies_are_not_decoded():
    assert check_body(ALL, b"application/octet-stream", b"br", b"\xff") == []

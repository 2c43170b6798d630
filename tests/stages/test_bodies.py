"""How a body is read and checked: enforced, reported or not at all, and how large it may be."""

from typing import Any

import pytest

from tests.rawhttp import chunk
from tests.relay.gateways import relaying, request_bytes, taking

OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
JSON = "Content-Type: application/json"
FORM = "Content-Type: multipart/form-data; boundary=b"
CHUNKED = "Transfer-Encoding: chunked"


def policed(media_type: str, schema: Any, **policy: Any) -> dict[str, Any]:
    operation = taking(media_type, schema)
    return {"/x": {"post": {**operation, "x-gateway": policy}}}


@pytest.mark.parametrize(
    ("body", "findings"),
    [(b'{"a": "no"}', 1), (b"{", 1), (b"", 1), (None, 1), (b'{"a": 1}', 0)],
)
def test_report_passes_everything_and_notes_what_is_wrong(body: bytes, findings: int) -> None:
    with relaying(policed("application/json", OBJECT, request="report")) as (gateway, upstream):
        assert gateway.ask("POST", "/x", [JSON], body).status == 200
        assert upstream.requests[0].body == (body or b"")
        assert len(gateway.line().get("findings", [])) == findings


def test_report_passes_a_type_that_is_not_declared() -> None:
    with relaying(policed("application/json", OBJECT, request="report")) as (gateway, upstream):
        assert gateway.ask("POST", "/x", ["Content-Type: a/b"], b"x").status == 200
        assert upstream.requests[0].body == b"x"
        assert gateway.line()["findings"] == ["unsupported_media_type"]


PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, PART + b"no number\r\n--b--\r\n"),
        (FORM, PART + b"1\r\n--b"),
        (FORM, b"none at all"),
        ("Content-Type: multipart/form-data", b"--b--"),
    ],
)
def test_report_passes_multipart_byte_for_byte(kind: str, body: bytes) -> None:
    with relaying(policed("multipart/form-data", OBJECT, request="report")) as (gateway, upstream):
        assert gateway.ask("POST", "/x", [kind], body).status == 200
        assert upstream.requests[0].body == body
        assert gateway.line()["findings"]


def test_off_passes_everything_and_notes_nothing() -> None:
    with relaying(policed("application/json", OBJECT, request="off")) as (gateway, upstream):
        for body in (b"{", b"", None):
            assert gateway.ask("POST", "/x", ["Content-Type: a/b"], body).status == 200
            assert upstream.requests[-1].body == (body or b"")
            assert "findings" not in gateway.line()


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream", "text/plain"])
def test_a_body_that_is_needed(kind: str) -> None:
    schema = None if kind.endswith("stream") else True
    with relaying(policed(kind, schema)) as (gateway, upstream):
        lines = [f"Content-Type: {kind}"]
        replies = [
            gateway.ask("POST", "/x", lines),
            gateway.ask("POST", "/x", lines, b""),
            gateway.send(request_bytes("POST", "/x", [*lines, CHUNKED]) + chunk(b"")),
        ]
        for reply in replies:
            assert (reply.status, reply.error["code"]) == (400, "missing_body")
        assert upstream.requests == []


@pytest.mark.parametrize("request_mode", ["enforce", "off"])
@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"])
@pytest.mark.parametrize("chunked", [False, True])
def test_max_body(kind: str, request_mode: str, chunked: bool) -> None:
    schema = None if kind.endswith("stream") else True
    paths = policed(kind, schema, request=request_mode, **{"max-body": "1KiB"})
    with relaying(paths) as (gateway, upstream):
        for size, status in ((1024, 200), (1025, 413)):
            body = b'"' + b"x" * (size - 2) + b'"'
            lines = [f"Content-Type: {kind}"]
            if chunked:
                head = request_bytes("POST", "/x", [*lines, CHUNKED])
                reply = gateway.send(head + chunk(body) + chunk(b""))
            else:
                reply = gateway.ask("POST", "/x", lines, body)
            assert reply.status == status
        assert [request.size for request in upstream.requests] == [1024]


def test_a_streamed_body_is_unbounded_by_default() -> None:
    with relaying(policed("application/octet-stream", None)) as (gateway, upstream):
        lines = ["Content-Type: application/octet-stream"]
        assert gateway.ask("POST", "/x", lines, bytes(40 << 20)).status == 200
        assert upstream.requests[0].size == 40 << 20


def test_a_body_that_is_read_whole_is_bound_by_default() -> None:
    with relaying(policed("application/json", True)) as (gateway, _):
        reply = gateway.ask("POST", "/x", [JSON], b" " * ((32 << 20) + 1))
        assert (reply.status, reply.error["code"]) == (413, "body_too_large")


def test_multipart_goes_on_byte_for_byte() -> None:
    body = PART + b"1\r\n--b\r\n" + PART[5:].replace(b'"a"', b'"z"') + b"\r\n\r\n--b--\r\nend"
    with relaying(policed("multipart/form-data", OBJECT)) as (gateway, upstream):
        reply = gateway.ask("POST", "/x", [FORM], body)
        assert reply.status == 200, reply.body
        assert upstream.requests[0].body == body
        assert gateway.ask("POST", "/x", [FORM], b"--b--\r\n").error["code"] == "invalid_multipart"

"""Each kind of invalid call is refused with its pointer, as a problem, and never goes upstream."""

import json
from typing import Any

import httpx
import pytest

from tests.second.harbour import KEY, Relay, http, status_of
from tests.second.test_valid_calls import FORM, SENDER

JSON = "Content-Type: application/json"

PARAMETERS = [
    ("limit=0", "limit"),
    ("limit=1.5", "limit"),
    ("limit=", "limit"),
    ("limit=1&limit=2", "limit"),
    ("limit=101", "limit"),
    ("limit=%zz", "limit"),
    ("filter[status]=sunk", "filter/status"),
    ("filter[heavier]=0", "filter/heavier"),
    ("filter[fragile]=1", "filter/fragile"),
    ("filter[other]=1", "filter/other"),
    ("filter[status][x]=1", "filter/status"),
    ("ids=1,x", "ids/1"),
    ("ids=", "ids"),
    ("tag=a&tag=b&tag=c", "tag"),
    ("tag=", "tag/0"),
    ("berths=north|west", "berths/1"),
    ("decks=1%20b", "decks/1"),
    ("window=1", "window"),
    ("window=%7B%7D", "window/from"),
    ("window=%7B%22from%22:1,%22from%22:2%7D", "window"),
    ("window=nothing", "window"),
]

HEADERS = [
    ("X-Trace: 1,b", "X-Trace/1"),
    ("X-Trace: 1,2,3,4", "X-Trace"),
    ("X-Options: depth=x", "X-Options/depth"),
    ("Cookie: lane=-1", "lane"),
    ("Cookie: lane=x", "lane"),
    ("Cookie: lane=1; lane=2", "lane"),
    ("Cookie: pref=fast,slow", "pref/1"),
]

PATHS = [
    ("GET /v2/shipments/UPPER", "shipment_id"),
    ("GET /v2/Accounts/AC00.json", "Sid"),
    ("GET /v2/cranes/x/.red/;x=1;y=2", "ids/0"),
    ("GET /v2/cranes/1/red/;x=1;y=2", "marks"),
    ("GET /v2/cranes/1/.pink/;x=1;y=2", "marks/0"),
    ("GET /v2/cranes/1/.red/;x=1", "spot/y"),
    ("GET /v2/cranes/1/.red/;x=1;y=2;z=3", "spot/z"),
    ("GET /v2/cranes/1/.red/;x=1;y=b", "spot/y"),
    ("GET /v2/reports", "year"),
]

FORMS = [
    (b"sender[name]=A&sender[city]=B", "/recipient"),
    (SENDER + b"&sender[name]=again", "/sender/name"),
    (SENDER + b"&sender[street]=x", "/sender/street"),
    (SENDER + b"&sender[post_code]=1", "/sender/post_code"),
    (SENDER + b"&insured=-1", "/insured"),
    (SENDER + b"&insured=1e3", "/insured"),
    (SENDER + b"&express=yes", "/express"),
    (SENDER + b"&reference=longer-than-ten", "/reference"),
    (SENDER + b"&metadata[a]=longer%20than%20twenty%20signs", "/metadata/a"),
    (SENDER + b"&parcels[0][label]=x", "/parcels/0/weight"),
    (SENDER + b"&parcels[0][weight]=heavy", "/parcels/0/weight"),
    (SENDER + b"&parcels[0][weight]=1&parcels[0][inside][weight]=0", "/parcels/0/inside/weight"),
    (SENDER + b"&sender=flat", "/sender"),
    (SENDER + b"&recipient[lines][]=a" * 4, "/recipient/lines"),
    (SENDER.replace(b"Ada", b""), "/sender/name"),
]

TREES = [
    (b"{}", "/name"),
    (b'{"name":""}', "/name"),
    (b'{"name":null}', "/name"),
    (
        b'{"name":"a","children":[{"name":"b","children":[{"name":1}]}]}',
        "/children/0/children/0/name",
    ),
    (b'{"name":"a","children":[{"label":"b","name":"c"}]}', "/children/0/label"),
    (b'{"name":"a","leaf":{"kind":"apple","red":1}}', "/leaf/red"),
    (b'{"name":"a","leaf":{"kind":"plum"}}', "/leaf/kind"),
    (b'{"name":"a","note":7}', "/note"),
    (b"[]", ""),
]

TEXTS = [
    (b'{"name":"a","name":"b"}', "invalid_json"),
    (b'{"name":NaN}', "invalid_json"),
    (b'{"name":"a"', "invalid_json"),
    (b"\xff", "invalid_json"),
    (b"[" * 200_000, "invalid_json"),
]

PARTS: dict[str, tuple[Any, ...]] = {
    "kind": (None, b"invoice"),
    "scan": ("a.pdf", b"%PDF", "application/pdf"),
    "details": (None, b'{"pages":1}', "application/json"),
}

MULTIPARTS = [
    ({"kind": (None, b"letter")}, "/kind"),
    ({"kind": None}, "/kind"),
    ({"scan": None}, "/scan"),
    ({"scan": ("a.gif", b"GIF", "image/gif")}, "/scan"),
    ({"copies": (None, b"0")}, "/copies"),
    ({"copies": (None, b"two")}, "/copies"),
    ({"details": (None, b'{"pages":0}', "application/json")}, "/details/pages"),
    ({"details": (None, b'{"pages":1,"parent":{}}', "application/json")}, "/details/parent/pages"),
    ({"details": (None, b"{", "application/json")}, "/details"),
    ({"annexes": [("a", b"1"), ("b", b"2"), ("c", b"3")]}, "/annexes"),
]


def problem(answer: bytes, status: int, code: str) -> dict[str, Any]:
    """Check the shape of RFC 9457 with our members; return it."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status_of(answer) == status, answer
    assert b"content-type: application/problem+json" in head.lower()
    said: dict[str, Any] = json.loads(body)
    members = {"type", "title", "status", "detail", "param", "code", "request_id", "errors"}
    assert said.keys() == members
    assert (said["status"], said["code"]) == (status, code)
    assert said["request_id"].encode() in head
    assert KEY not in body.decode()
    return said


def refused(relay: Relay, data: bytes, status: int, code: str) -> dict[str, Any]:
    target, partial = data.split(b" ", 2)[1], relay.upstream.partial
    before = len(relay.upstream.requests), [each.target for each in partial].count(target)
    said = problem(relay.send(data), status, code)
    # Of other targets one that was cut short before may be noticed only now.
    after = len(relay.upstream.requests), [each.target for each in partial].count(target)
    assert after == before
    return said


@pytest.mark.parametrize(("query", "param"), PARAMETERS)
def test_a_query_parameter(relay: Relay, query: str, param: str) -> None:
    said = refused(relay, http(f"GET /v2/shipments?{query}"), 400, "invalid_parameter")
    assert said["param"] == param
    assert said["errors"][0]["param"] == param


@pytest.mark.parametrize(("line", "param"), HEADERS)
def test_a_header_or_cookie(relay: Relay, line: str, param: str) -> None:
    said = refused(relay, http("GET /v2/shipments", [line]), 400, "invalid_parameter")
    assert said["param"] == param


@pytest.mark.parametrize(("line", "param"), PATHS)
def test_a_path_parameter(relay: Relay, line: str, param: str) -> None:
    assert refused(relay, http(line), 400, "invalid_parameter")["param"] == param


def test_all_findings_come_at_once(relay: Relay) -> None:
    target = "/v2/shipments?limit=0&ids=x&tag=&filter[status]=y"
    said = refused(relay, http(f"GET {target}", ["Cookie: lane=z"]), 400, "invalid_parameter")
    params = {error["param"] for error in said["errors"]}
    assert params == {"limit", "ids/0", "tag/0", "filter/status", "lane"}


@pytest.mark.parametrize(("form", "param"), FORMS)
def test_a_form(relay: Relay, form: bytes, param: str) -> None:
    said = refused(relay, http("POST /v2/shipments", [FORM], form), 400, "invalid_body")
    assert said["param"] == param


@pytest.mark.parametrize(("tree", "param"), TREES)
def test_a_json_body(relay: Relay, tree: bytes, param: str) -> None:
    said = refused(relay, http("POST /v2/trees", [JSON], tree), 400, "invalid_body")
    assert said["param"] == param


@pytest.mark.parametrize(("text", "code"), TEXTS)
def test_what_is_no_json(relay: Relay, text: bytes, code: str) -> None:
    refused(relay, http("POST /v2/trees", [JSON], text), 400, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"x", "invalid_body"), (b"x" * 41, "invalid_body"), (b"\xff\xfe", "invalid_body")],
)
def test_a_text(relay: Relay, body: bytes, code: str) -> None:
    refused(relay, http("POST /v2/notes", ["Content-Type: text/plain"], body), 400, code)


@pytest.mark.parametrize(("changed", "param"), MULTIPARTS)
def test_a_multipart_body(relay: Relay, changed: dict[str, Any], param: str) -> None:
    complete = len(relay.upstream.requests)
    parts = {**PARTS, **changed}
    files = [
        (name, part)
        for name, value in parts.items()
        if value is not None
        for part in (value if isinstance(value, list) else [value])
    ]
    answer = relay.client.post("/store/v1/papers", files=files)
    assert answer.status_code == 400, answer.text
    assert (answer.json()["code"], answer.json()["param"]) == ("invalid_multipart", param)
    assert len(relay.upstream.requests) == complete  # what it saw, if anything, never ended


@pytest.mark.parametrize(
    ("line", "headers", "body", "status", "code"),
    [
        ("POST /v2/shipments", [], b"", 400, "missing_body"),
        ("POST /v2/shipments", [JSON], b"{}", 415, "unsupported_media_type"),
        ("POST /v2/notes", ["Content-Type: text/html"], b"abc", 415, "unsupported_media_type"),
        ("PATCH /v2/shipments/1", [], b"{}", 415, "unsupported_media_type"),
        ("GET /v2/shipments", [JSON], b"{}", 415, "unsupported_media_type"),
        ("GET /v2/nothing", [], b"", 404, "not_found"),
        ("GET /shipments", [], b"", 404, "not_found"),
        ("GET /v2/papers/1/content", [], b"", 404, "not_found"),
        ("GET /v2/Accounts/AC0000", [], b"", 404, "not_found"),
        ("GET /v2/shipments/", [], b"", 404, "not_found"),
        ("PUT /v2/shipments", [], b"", 405, "method_not_allowed"),
        ("HEAD /v2/shipments", [], b"", 405, "method_not_allowed"),
        ("GET /v2/shipments/a%2Fb", [], b"", 400, "invalid_path"),
        ("GET /v2/shipments/..", [], b"", 400, "invalid_path"),
        ("GET /v2/live?channel=1", [], b"", 426, "upgrade_required"),
    ],
)
def test_other_refusals(
    relay: Relay, line: str, headers: list[str], body: bytes, status: int, code: str
) -> None:
    data = http(line, headers, body)
    if line.startswith("HEAD"):
        assert status_of(relay.send(data)) == status
        return
    refused(relay, data, status, code)


def test_a_chunked_form_is_checked_too(relay: Relay) -> None:
    data = http("POST /v2/shipments", [FORM, "Transfer-Encoding: chunked"])
    said = refused(relay, data + b"8\r\ninsured=\r\n0\r\n\r\n", 400, "invalid_body")
    assert {"/sender", "/recipient"} <= {error["param"] for error in said["errors"]}


def test_405_names_what_is_allowed(relay: Relay) -> None:
    answer: httpx.Response = relay.client.put("/v2/shipments")
    assert {name.strip() for name in answer.headers["allow"].split(",")} >= {"GET", "POST"}

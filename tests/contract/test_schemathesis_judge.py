"""The independent judge refuses what is wrong, so that its silence means something."""

from pathlib import Path

import pytest

from gateway.contract.compile import load_contract
from gateway.standin.record import Recorded
from tests.contract.schemathesis_judge import Judge, refusal_faults

DOCUMENT = Path(__file__).parent.parent / "documents" / "harbour.yaml"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PLACES = b"sender[name]=a&sender[city]=b&recipient[name]=c&recipient[city]=d"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
PARTS = PART % (b"kind", b"invoice") + PART % (b"scan", b"%PDF")
PAPERS = "POST /store/v1/papers"

CASES = [
    ("listShipments", "GET /v2/shipments?limit=5&ids=1,2&filter[heavier]=1.5", "", b"", None),
    ("listShipments", "GET /v2/shipments?limit=0", "", b"", "limit"),
    ("listShipments", "GET /v2/shipments?limit=x", "", b"", "limit"),
    ("listShipments", "GET /v2/shipments?ids=1,x", "", b"", "ids"),
    ("listShipments", "GET /v2/shipments?filter[status]=x", "", b"", "filter"),
    ("listShipments", "GET /v2/shipments?berths=west", "", b"", "berths"),
    ("listShipments", "GET /v2/shipments?window=%7B%7D", "", b"", "window"),
    ("listReports", "GET /v2/reports", "", b"", "year is missing"),
    ("getAccount", "GET /v2/Accounts/AC0.json", "", b"", "Sid"),
    ("moveCranes", "GET /v2/cranes/1,2/.red.blue/;x=1;y=2", "", b"", None),
    ("moveCranes", "GET /v2/cranes/1,2/.red.pink/;x=1;y=2", "", b"", "marks"),
    ("moveCranes", "GET /v2/cranes/1,2/.red/;x=1", "", b"", "spot"),
    ("plantTree", "POST /v2/trees", JSON, b'{"name":"a"}', None),
    ("plantTree", "POST /v2/trees", JSON, b'{"children":[{"name":""}]}', "body"),
    ("plantTree", "POST /v2/trees", JSON, b"", "missing"),
    ("plantTree", "POST /v2/trees", "text/plain", b"x", "media type"),
    ("dropShipment", "DELETE /v2/shipments/1", JSON, b"{}", "not declared"),
    ("createShipment", "POST /v2/shipments", FORM, PLACES + b"&parcels[0][weight]=1", None),
    ("createShipment", "POST /v2/shipments", FORM, PLACES + b"&parcels[0][weight]=0", "form"),
    ("createShipment", "POST /v2/shipments", FORM, b"insured=1", "form"),
    ("addNote", "POST /v2/notes", "text/plain", b"x", "text"),
    ("uploadPapers", PAPERS, "multipart/form-data; boundary=x", PARTS + b"--x--", "multipart"),
    (
        "uploadPapers",
        PAPERS,
        "multipart/form-data; boundary=x",
        PARTS + PART % (b"details", b'{"pages":1}') + b"--x--",
        None,
    ),
]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_contract(DOCUMENT))


@pytest.mark.parametrize(("operation", "line", "kind", "body", "fault"), CASES)
def test_requests(
    judge: Judge, operation: str, line: str, kind: str, body: bytes, fault: str | None
) -> None:
    method, target = line.split(" ")
    headers = ((b"content-type", kind.encode()),) if kind else ()
    entry = Recorded("1", method, target.encode(), headers, operation, body)
    faults = judge.faults(entry)
    if fault is None:
        assert faults == []
    else:
        assert any(fault in said for said in faults), faults


def test_answers(judge: Judge) -> None:
    account = judge.contract.operations["getAccount"]
    assert judge.answer_faults(account, 200, JSON, b'{"sid":"1","parent":null}') == []
    assert judge.answer_faults(account, 200, JSON, b'{"sid":1}')
    assert judge.answer_faults(account, 201, JSON, b'{"sid":"1"}')
    assert judge.answer_faults(account, 200, "text/html", b"")
    events = judge.contract.operations["followEvents"]
    stream = b'event: x\ndata: {"type":"arrival","ship":"A"}\n\ndata: [DONE]\n\n'
    assert judge.answer_faults(events, 200, "text/event-stream", stream) == []
    assert judge.answer_faults(events, 200, "text/event-stream", stream.replace(b"ship", b"s"))


UNREADABLE = [
    (JSON, b"\x00"),
    (JSON, b'{"name":NaN}'),
    (JSON, '{"name":"a"}'.encode("utf-16")),
    (JSON, b"[" * 100_000),
]


@pytest.mark.parametrize(("kind", "body"), UNREADABLE)
def test_what_cannot_be_read_is_a_fault(judge: Judge, kind: str, body: bytes) -> None:
    fields = ((b"content-type", kind.encode()),)
    entry = Recorded("1", "POST", b"/v2/trees", fields, "plantTree", body)
    assert ["plantTree: the body cannot be read" in said for said in judge.faults(entry)] == [True]
    account = judge.contract.operations["getAccount"]
    assert judge.answer_faults(account, 200, kind, body) == ["getAccount: answer: it is not JSON"]


UNREADABLE_FORMS = [
    ("uploadPapers", b"/store/v1/papers", "multipart/form-data; boundary=x", b"no parts"),
    ("createShipment", b"/v2/shipments", FORM, b"\xff"),
]


@pytest.mark.parametrize(("name", "target", "kind", "body"), UNREADABLE_FORMS)
def test_forms_that_cannot_be_read(
    judge: Judge, name: str, target: bytes, kind: str, body: bytes
) -> None:
    entry = Recorded("1", "POST", target, ((b"content-type", kind.encode()),), name, body)
    assert any("cannot be read" in said for said in judge.faults(entry))


def test_a_multipart_without_parts_lacks_what_is_required(judge: Judge) -> None:
    fields = ((b"content-type", b"multipart/form-data; boundary=x"),)
    entry = Recorded("1", "POST", b"/store/v1/papers", fields, "uploadPapers", b"--x--\r\n")
    (said,) = judge.faults(entry)
    assert "the multipart is not valid: []" in said


REFUSAL = b'{"error":{"code":"invalid_body","message":"no"}}'
PROBLEM = b'{"code":"invalid_body","detail":"no"}'


def test_refusals() -> None:
    assert refusal_faults("openai", 400, JSON, REFUSAL) == []
    assert refusal_faults("problem", 400, "application/problem+json", PROBLEM) == []
    assert refusal_faults("openai", 404, JSON, REFUSAL)
    assert refusal_faults("openai", 400, "text/plain", REFUSAL)
    assert refusal_faults("openai", 400, JSON, b"[]")
    assert refusal_faults("openai", 400, JSON, b"")
    assert refusal_faults("openai", 400, JSON, REFUSAL.replace(b'"no"', b'""'))

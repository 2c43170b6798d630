"""The independent judge refuses what is wrong, so that its silence means something."""

from pathlib import Path

import pytest

from gateway.contract.compile import load_contract
from gateway.standin.record import Recorded
from tests.contract.schemathesis_judge import Judge

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

"""Gateway and stand-in: every operation answers, and every answer is what the document says."""

import asyncio
import hashlib
import json
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import jsonschema
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from gateway.contract.model import Contract
from gateway.standin.record import Record
from tests.second.harbour import KEY, client_of
from tests.servers import Served

MadeUp = tuple[Served, Record]
SHIPMENT = {
    "sender[name]": "Ada",
    "sender[city]": "Kiel",
    "recipient[name]": "Bo",
    "recipient[city]": "Riga",
    "parcels[0][weight]": "1.5",
    "metadata[a]": "b",
}
TREE = {"name": "a", "children": [{"name": "b", "leaf": {"kind": "apple", "red": True}}]}
PAPERS = {
    "kind": (None, b"invoice"),
    "scan": ("a.png", b"\x89PNG" * 100, "image/png"),
    "details": (None, b'{"pages":1}', "application/json"),
}
CALLS = [
    ("harbourHealth", "GET", "/health", {}),
    ("listShipments", "GET", "/v2/shipments?limit=2&filter[status]=afloat", {}),
    ("createShipment", "POST", "/v2/shipments", {"data": SHIPMENT}),
    ("getShipment", "GET", "/v2/shipments/abc", {}),
    ("updateShipment", "PATCH", "/v2/shipments/abc", {"json": {"insured": None}}),
    ("dropShipment", "DELETE", "/v2/shipments/abc", {}),
    ("latestShipment", "GET", "/v2/shipments/latest", {}),
    ("getAccount", "GET", "/v2/Accounts/AC0000.json", {}),
    ("makeCall", "POST", "/v2/Accounts/AC0000/Calls/CA0000.json", {"data": {"To": "+49401"}}),
    ("moveCranes", "GET", "/v2/cranes/1,2/.red/;x=1;y=2", {}),
    ("plantTree", "POST", "/v2/trees", {"json": TREE}),
    (
        "addNote",
        "POST",
        "/v2/notes",
        {"content": b"note", "headers": {"Content-Type": "text/plain"}},
    ),
    ("listReports", "GET", "/v2/reports?year=1", {}),
    ("uploadPapers", "POST", "/store/v1/papers", {"files": PAPERS}),
    ("downloadPaper", "GET", "/store/v1/papers/p/content", {}),
    (
        "replacePaper",
        "PUT",
        "/store/v1/papers/p/content",
        {"content": b"\0\xff", "headers": {"Content-Type": "application/octet-stream"}},
    ),
    ("peekPaper", "HEAD", "/store/v1/papers/p/content", {}),
    ("followEvents", "GET", "/events", {}),
]  # fmt: skip


def validator(contract: Contract, pointer: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**contract.document, "$ref": f"#{pointer}"})


def test_every_operation_is_called(harbour: Contract) -> None:
    called = {name for name, *_ in CALLS} | {"liveRadio"}
    assert called == harbour.operations.keys()


@pytest.mark.parametrize(("name", "method", "target", "more"), CALLS, ids=[c[0] for c in CALLS])
def test_each_operation(
    made_up: MadeUp, harbour: Contract, name: str, method: str, target: str, more: dict[str, object]
) -> None:
    served, record = made_up
    with client_of(served) as client:
        answer = client.request(method, target, **more)  # type: ignore[arg-type]
    assert answer.is_success, answer.text
    entry = record.entries()[-1]
    assert (entry.operation, entry.target.decode()) == (name, target)
    declared = harbour.operations[name].answers[0]
    assert str(answer.status_code) == declared.status
    for media_type in declared.content if method != "HEAD" else ():
        assert answer.headers["content-type"].partition(";")[0] == media_type
        if media_type == "application/json":
            where = f"{declared.pointer}/content/application~1json/schema"
            validator(harbour, where).validate(answer.json())


def test_what_the_upstream_got_is_what_was_sent(made_up: MadeUp) -> None:
    served, record = made_up
    with client_of(served) as client:
        request = client.build_request("POST", "/store/v1/papers", files=PAPERS)
        body = request.read()
        answer = client.send(request)
    entry = record.entries()[-1]
    assert (entry.size, entry.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert answer.headers["x-stand-in-sha256"] == entry.sha256
    names = [name for name, _ in entry.headers]
    assert b"x-relay-key" not in names
    assert KEY.encode() not in b"".join(value for _, value in entry.headers)


def test_the_stream_comes_event_by_event(made_up: MadeUp) -> None:
    served, _ = made_up
    times, lines = [], []
    with client_of(served) as client, client.stream("GET", "/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-accel-buffering"] == "no"
        for line in answer.iter_lines():
            times.append(time.monotonic())
            lines.append(line)
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data")]
    assert [json.loads(text)["type"] for text in data[:-1]] == ["arrival", "departure"]
    assert data[-1] == "[DONE]"
    assert times[-1] - times[0] >= 0.015


def test_the_download_is_whole(made_up: MadeUp) -> None:
    served, _ = made_up
    with client_of(served, {"X-Relay-Key": KEY, "X-Stand-In": "size=3000000"}) as client:
        answer = client.get("/store/v1/papers/p/content")
    assert len(answer.content) == 3_000_000


async def talk(url: str, headers: dict[str, str]) -> list[str | bytes]:
    async with connect(url, additional_headers=headers, proxy=None) as socket:
        said: list[str | bytes] = []
        for message in ("ahoi", b"\x00\xff", "⚓" * 100):
            await socket.send(message)
            said.append(await socket.recv())
        return said


def test_the_websocket_echoes(made_up: MadeUp) -> None:
    served, record = made_up
    said = asyncio.run(talk(f"{served.ws_url}/v2/live?channel=3", {"X-Harbour-Token": KEY}))
    assert said == ["ahoi", b"\x00\xff", "⚓" * 100]
    entry = record.entries()[-1]
    assert entry.operation == "liveRadio"
    assert parse_qs(urlsplit(entry.target.decode()).query) == {"channel": ["3"]}


@pytest.mark.parametrize(
    ("target", "headers", "status", "code"),
    [
        ("/v2/live?channel=3", {}, 401, "missing_relay_key"),
        ("/v2/live?channel=3", {"X-Harbour-Token": "wrong"}, 401, "invalid_relay_key"),
        ("/v2/live?channel=10", {"X-Harbour-Token": KEY}, 400, "invalid_parameter"),
        ("/v2/live", {"X-Harbour-Token": KEY}, 400, "invalid_parameter"),
        ("/v2/shipments", {"X-Harbour-Token": KEY}, 400, "invalid_upgrade"),
        ("/v2/nothing", {"X-Harbour-Token": KEY}, 404, "not_found"),
    ],
)
def test_a_refused_handshake_is_an_answer(
    made_up: MadeUp, target: str, headers: dict[str, str], status: int, code: str
) -> None:
    served, record = made_up
    before = len(record.entries())
    with pytest.raises(InvalidStatus) as refusal:
        asyncio.run(talk(served.ws_url + target, headers))
    assert refusal.value.response.status_code == status
    assert json.loads(refusal.value.response.body)["code"] == code
    assert len(record.entries()) == before


def test_an_async_client_has_many_calls_at_once(made_up: MadeUp) -> None:
    served, _ = made_up

    async def call() -> list[httpx.Response]:
        headers = {"X-Relay-Key": KEY}
        async with httpx.AsyncClient(
            base_url=served.url, headers=headers, trust_env=False, timeout=20
        ) as client:
            posts = (client.post("/v2/trees", json={"name": f"n{n}"}) for n in range(40))
            return await asyncio.gather(*posts)

    answers = asyncio.run(call())
    assert [answer.json()["name"] for answer in answers] == [f"n{n}" for n in range(40)]

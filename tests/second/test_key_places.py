"""The relay key in each place that the document declares, and the credential in its stead."""

import base64
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from gateway.contract.model import Contract
from gateway.errors import StartError
from gateway.plan import make_plan
from tests.second.harbour import KEY, MAPPED, SECRETS, Relay, relaying, settings_for


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


TOKEN = (b"x-harbour-token", b"up-token")
BEARER = (b"authorization", b"Bearer up-oauth")
LOGIN = (b"authorization", basic(SECRETS["HB_LOGIN"]).encode())
COOKIE = (b"cookie", b"harbour_session=up-session")
PAIR = b"api_key=up%20key%2F1"


@pytest.fixture(scope="module")
def bare(relay: Relay) -> Iterator[httpx.Client]:
    """A client without any key of its own."""
    with httpx.Client(base_url=relay.served.url, trust_env=False, timeout=20) as client:
        yield client


def call(client: httpx.Client, target: str, **headers: str) -> httpx.Response:
    method = "POST" if target.startswith("/v2/trees") else "GET"
    content = b'{"name":"a"}' if method == "POST" else None
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if content:
        named["Content-Type"] = "application/json"
    return client.request(method, target, content=content, headers=named)


@pytest.mark.parametrize(
    ("target", "headers", "wanted", "query"),
    [
        ("/v2/shipments", {"X_Harbour_Token": KEY}, [TOKEN], b""),
        ("/v2/shipments", {"Authorization": f"Bearer {KEY}"}, [TOKEN], b""),
        ("/v2/shipments", {"X_Relay_Key": KEY}, [TOKEN], b""),
        ("/v2/shipments/1", {"Cookie": f"harbour_session={KEY}; lane=1"}, [COOKIE], b""),
        ("/v2/shipments/1", {"X_Harbour_Token": KEY}, [COOKIE], b""),
        ("/v2/Accounts/AC0000.json", {"Authorization": basic(f"any:{KEY}")}, [LOGIN], b""),
        ("/v2/Accounts/AC0000.json", {"Authorization": basic(f"{KEY}:")}, [LOGIN], b""),
        (f"/v2/reports?a=%7e&api_key={KEY}&year=1", {}, [], b"a=%7e&year=1&" + PAIR),
        ("/v2/reports?year=1", {"X_Relay_Key": KEY}, [], b"year=1&" + PAIR),
        (f"/v2/trees?api_key={KEY}", {}, [LOGIN], PAIR),
        ("/v2/trees", {"Authorization": basic(f"x:{KEY}")}, [LOGIN], PAIR),
        ("/v2/trees", {"Authorization": f"Bearer {KEY}"}, [LOGIN], PAIR),
        ("/events", {"Authorization": f"bearer {KEY}"}, [BEARER], b""),
        ("/health", {"Authorization": f"Bearer {KEY}"}, [], b""),
    ],
)
def test_the_key_is_found_and_the_credential_takes_its_place(
    relay: Relay,
    bare: httpx.Client,
    target: str,
    headers: dict[str, str],
    wanted: list[tuple[bytes, bytes]],
    query: bytes,
) -> None:
    answer = call(bare, target, **headers)
    assert answer.status_code == 200, answer.text
    sent = relay.last()
    fields = [(name.lower(), value) for name, value in sent.fields]
    places = (b"authorization", b"cookie", b"x-harbour-token", b"x-relay-key")
    assert [pair for pair in fields if pair[0] in places] == wanted
    assert sent.target.partition(b"?")[2] == query
    raw = sent.line + b"\n".join(sent.header_lines)
    assert KEY.encode() not in raw
    assert quote(KEY).encode() not in raw


@pytest.mark.parametrize(
    ("target", "headers", "code"),
    [
        ("/v2/shipments", {}, "missing_relay_key"),
        ("/v2/shipments", {"X_Harbour_Token": "wrong"}, "invalid_relay_key"),
        ("/v2/shipments", {"Cookie": f"harbour_session={KEY}"}, "missing_relay_key"),
        (f"/v2/shipments?api_key={KEY}", {}, "missing_relay_key"),
        ("/v2/shipments", {"X_Harbour_Token": KEY, "X_Relay_Key": "wrong"}, "invalid_relay_key"),
        ("/v2/Accounts/AC0000.json", {"Authorization": f"Bearer {KEY}"}, "missing_relay_key"),
        ("/v2/Accounts/AC0000.json", {"Authorization": "Basic %%%"}, "missing_relay_key"),
        ("/v2/reports?api_key=wrong&year=1", {}, "invalid_relay_key"),
        ("/health", {}, "missing_relay_key"),
        ("/-/proxy", {}, "missing_relay_key"),
    ],
)
def test_no_key_and_a_wrong_one(
    relay: Relay, bare: httpx.Client, target: str, headers: dict[str, str], code: str
) -> None:
    before = len(relay.upstream.requests)
    answer = bare.post(target, json={}) if target == "/-/proxy" else call(bare, target, **headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == code
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "wrong" not in answer.text
    assert len(relay.upstream.requests) == before


def test_a_key_is_asked_before_parameters_and_body(bare: httpx.Client) -> None:
    assert bare.get("/v2/shipments?limit=0").status_code == 401
    assert bare.post("/v2/notes", content=b"x" * 99).status_code == 401


def test_an_alternative_with_a_credential_is_chosen(harbour: Contract) -> None:
    with relaying(
        harbour,
        SPECRELAY_CREDENTIALS="Token=HB_TOKEN,OAuth=HB_OAUTH,Login=HB_LOGIN,ApiKey=HB_KEY",
        HB_TOKEN="",
        HB_KEY="",
    ) as relay:
        assert relay.client.get("/v2/shipments").status_code == 200
        assert relay.last().value(b"authorization") == b"Bearer up-oauth"
        tree = relay.client.post("/v2/trees", json={"name": "a"})
        assert tree.status_code == 200  # Login and ApiKey together lack one: OAuth serves
        assert relay.last().value(b"authorization") == b"Bearer up-oauth"
        assert b"api_key" not in relay.last().target
        closed = relay.client.get("/v2/reports?year=1")
        assert (closed.status_code, closed.json()["code"]) == (503, "upstream_credential_missing")
        assert "HB_KEY" in closed.json()["detail"]


def test_what_nothing_maps_goes_without_a_credential(harbour: Contract) -> None:
    with relaying(harbour, SPECRELAY_CREDENTIALS="Login=HB_LOGIN") as relay:
        answer = relay.client.get("/v2/shipments", headers={"X-Harbour-Token": "the client's own"})
        assert answer.status_code == 200
        assert relay.last().value(b"x-harbour-token") is None
        assert relay.last().value(b"authorization") is None
        assert relay.client.get("/v2/Accounts/AC0000.json").status_code == 200
        assert relay.last().value(b"authorization") == LOGIN[1]


def test_mapping_faults_are_told_at_start(harbour: Contract) -> None:
    url = "http://127.0.0.1:9"
    with pytest.raises(StartError, match="Token"):
        make_plan(harbour, settings_for(url, SPECRELAY_CREDENTIALS="Tokn=HB_TOKEN"))
    with pytest.raises(StartError, match="HB_TOKEN"):
        make_plan(harbour, settings_for(url, SPECRELAY_CREDENTIALS=MAPPED))
    plan = make_plan(
        harbour, settings_for(url, SPECRELAY_CREDENTIALS="Token=HB_TOKEN", HB_TOKEN="x")
    )
    assert {"Login", "ApiKey", "OAuth", "Session"} <= {w.place for w in plan.warnings}

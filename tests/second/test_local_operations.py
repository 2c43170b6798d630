"""The gateway's own operations beside a document that takes one of their usual paths."""

import json

import httpx
import pytest

from gateway.contract.model import Contract
from tests.second.harbour import KEY, Relay, client_of, gateway_before


@pytest.mark.parametrize(
    "path",
    [
        *("/-/health", "/-/openapi.json", "/-/openapi.yaml", "/-/docs", "/-/ready"),
        *("/openapi.json", "/openapi.yaml", "/docs", "/ready"),
    ],
)
def test_they_answer_without_a_key(relay: Relay, path: str) -> None:
    before = len(relay.upstream.requests)
    answer = httpx.get(relay.served.url + path, trust_env=False, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert len(relay.upstream.requests) == before


def test_the_documents_own_health_wins(relay: Relay) -> None:
    assert relay.client.get("/health").json()["target"] == "/health"
    assert relay.client.get("/-/health").json() == {"status": "ok"}


def test_the_published_document_is_the_checked_in_one_with_our_servers(relay: Relay) -> None:
    published = relay.client.get("/openapi.json").json()
    assert published["openapi"] == "3.0.3"
    assert published["servers"] == [{"url": "/v2"}]
    assert published["paths"]["/papers"]["servers"] == [{"url": "/store/v1"}]
    assert published["paths"]["/events"]["get"]["servers"] == [{"url": "/"}]
    assert "harbour.example" not in json.dumps({**published, "components": {}})
    assert "/-/health" not in published["paths"]


def test_the_envelope_reaches_what_the_caller_could(relay: Relay) -> None:
    made = relay.client.post(
        "/v1/proxy",
        json={
            "operationId": "moveCranes",
            "path_params": {"ids": [1, 2], "marks": ["red", "blue"], "spot": {"x": 1, "y": 2}},
        },
    )
    assert made.status_code == 200, made.text
    assert relay.last().target == b"/cranes/1,2/.red.blue/;x=1;y=2"
    form = {
        "operationId": "createShipment",
        "body": {
            "sender": {"name": "A b", "city": "C"},
            "recipient": {"name": "D", "city": "E", "lines": ["x", "y"]},
            "parcels": [{"weight": 1.5, "fragile": True}],
            "insured": 3,
        },
    }
    made = relay.client.post("/-/proxy", json=form)
    assert made.status_code == 200, made.text
    assert relay.last().value(b"content-type") == b"application/x-www-form-urlencoded"
    query = {"method": "GET", "path": "/v2/shipments", "query": {"filter": {"status": "afloat"}}}
    made = relay.client.post("/-/proxy", json=query)
    assert made.status_code == 200, made.text
    assert relay.last().target.startswith(b"/shipments?filter")


@pytest.mark.parametrize(
    ("envelope", "status"),
    [
        ({"operationId": "plantTree", "body": {"name": ""}}, 400),
        ({"operationId": "liveRadio", "query": {"channel": 1}}, 400),
        ({"operationId": "uploadPapers", "body": {}}, 415),
        ({"operationId": "nothing"}, 400),
        ({"method": "GET", "path": "/v2/../health"}, 400),
        ({"method": "GET", "path": "http://a.example/"}, 400),
    ],
)
def test_the_envelope_skips_no_check(
    relay: Relay, envelope: dict[str, object], status: int
) -> None:
    before = len(relay.upstream.requests)
    answer = relay.client.post("/-/proxy", json=envelope)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (envelope, answer.status_code) == (envelope, status)
    assert len(relay.upstream.requests) == before


def test_documents_can_be_closed(harbour: Contract) -> None:
    env = {"SPECRELAY_OPEN_DOCUMENTS": "false"}
    with (
        gateway_before(harbour, "http://127.0.0.1:9", **env) as served,
        client_of(served, {}) as nobody,
        client_of(served) as somebody,
    ):
        for path in ("/openapi.json", "/-/openapi.yaml", "/docs"):
            assert nobody.get(path).status_code == 401
            assert somebody.get(path, follow_redirects=True).status_code == 200
        assert nobody.get("/-/health").status_code == 200


def test_without_a_key_only_this_machine_is_served(harbour: Contract) -> None:
    with (
        gateway_before(harbour, "http://127.0.0.1:9", RELAY_KEY="") as served,
        client_of(served, {}) as client,
    ):
        assert client.get("/-/health").status_code == 200
        odd = client.get("/-/health", headers={"Host": "rebound.example"})
        assert (odd.status_code, odd.json()["code"]) == (403, "host_not_allowed")
        page = client.get("/v2/shipments", headers={"Origin": "https://page.example"})
        assert (page.status_code, page.json()["code"]) == (403, "origin_not_allowed")
        assert KEY not in page.text

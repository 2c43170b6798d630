"""Where requests go: `--upstream URL`, `HOST=URL`, and the paths of the document's servers."""

import httpx
import pytest

from gateway.contract.model import Contract
from gateway.errors import StartError
from gateway.plan import make_plan
from tests.rawhttp import respond
from tests.second.harbour import Relay, client_of, gateway_before, relaying, settings_for
from tests.servers import RawUpstream

SERVED = ("/v2/shipments", "/store/v1/papers/p/content", "/events", "/health")


def targets(relay: Relay) -> list[str]:
    for path in SERVED:
        assert relay.client.get(path).status_code == 200
    return [request.target.decode() for request in relay.upstream.requests]


@pytest.mark.parametrize(
    ("base", "wanted"),
    [
        ("", ["/shipments", "/papers/p/content", "/events", "/health"]),
        ("/", ["/shipments", "/papers/p/content", "/events", "/health"]),
        ("/v2", ["/v2/shipments", "/v2/papers/p/content", "/v2/events", "/v2/health"]),
        (
            "/deep/er/",
            ["/deep/er" + p for p in ("/shipments", "/papers/p/content", "/events", "/health")],
        ),
    ],
)
def test_one_url_replaces_every_server_with_its_path(
    harbour: Contract, base: str, wanted: list[str]
) -> None:
    with relaying(harbour, base) as relay:
        assert targets(relay) == wanted


def test_a_host_is_replaced_by_itself(harbour: Contract) -> None:
    """The rest goes where the URL for all leads."""
    with relaying(harbour) as other:
        mapping = f"files.harbour.example={other.upstream.url}/bucket"
        with (
            relaying(harbour) as relay,
            relaying(harbour, SPECRELAY_UPSTREAM=f"{relay.upstream.url},{mapping}") as both,
        ):
            for path in SERVED:
                assert both.client.get(path).status_code == 200
            assert [r.target for r in relay.upstream.requests] == [
                b"/shipments",
                b"/events",
                b"/health",
            ]
            assert [r.target for r in other.upstream.requests] == [b"/bucket/papers/p/content"]


def test_faults_are_told_at_start(harbour: Contract) -> None:
    for text, said in (
        ("http://a.example,http://b.example", "HOST=URL"),
        ("ftp://a.example", "http"),
        ("http://127.0.0.1:8080", "own address"),
    ):
        with pytest.raises(StartError, match=said):
            make_plan(harbour, settings_for(text))


def test_without_upstream_each_server_counts_as_the_document_has_it(harbour: Contract) -> None:
    routes = make_plan(harbour, settings_for("")).routes
    where = {
        name: (route.upstream.origin, route.target.of(path, b""))
        for name, path, route in (
            ("listShipments", b"/v2/shipments", routes["listShipments"]),
            ("uploadPapers", b"/store/v1/papers", routes["uploadPapers"]),
            ("followEvents", b"/events", routes["followEvents"]),
        )
    }
    assert where == {
        "listShipments": ("https://api.harbour.example", b"/v2/shipments"),
        "uploadPapers": ("https://files.harbour.example", b"/store/v1/papers"),
        "followEvents": ("https://events.harbour.example", b"/events"),
    }


def test_an_upstreams_location_leads_back_to_us(harbour: Contract) -> None:
    def redirect(request: object) -> bytes:
        return respond(b"", "201 Created", [("Location", f"{upstream.url}/base/shipments/7")])

    upstream = RawUpstream(redirect)
    with (
        upstream,
        gateway_before(harbour, f"{upstream.url}/base") as served,
        client_of(served) as client,
    ):
        answer: httpx.Response = client.delete("/v2/shipments/1")
        assert answer.headers["location"] == "/v2/shipments/7"

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from gateway.contract.model import Contract
from tests.actions.garden import projection
from tests.actions.projected import Projected, projected
from tests.local.gateways import echo
from tests.rawhttp import RawRequest, respond
from tests.servers import Act, RawUpstream

JSON = [("Content-Type", "application/json")]


@pytest.fixture(scope="module")
def echoed(
    plot: Contract, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Projected, RawUpstream]]:
    data = tmp_path_factory.mktemp("data")
    with (
        RawUpstream(echo) as upstream,
        projected(plot, projection(), upstream.url, data) as gateway,
    ):
        yield gateway, upstream


def test_a_call_is_the_direct_request(echoed: tuple[Projected, RawUpstream]) -> None:
    sent = {"kind": "oak", "extra": '{"age": 7}'}
    got = echoed[0].client.post("/-/actions/trees", json=sent)
    assert got.status_code == 200, got.text
    assert json.loads(got.json()["body"]) == {"kind": "oak", "extra": {"age": 7}}
    assert got.json()["target"] == "/trees"
    assert got.headers["x-relay-request-id"]


def test_a_query_passes(echoed: tuple[Projected, RawUpstream]) -> None:
    got = echoed[0].client.get("/-/actions/trees?limit=3&after=a%20b")
    assert got.json()["target"] == "/trees?limit=3&after=a%20b"


def test_head_is_get_without_a_body(echoed: tuple[Projected, RawUpstream]) -> None:
    got = echoed[0].client.head("/-/actions/trees")
    assert (got.status_code, got.content) == (200, b"")
    assert int(got.headers["content-length"]) > 0


def test_the_envelope_is_a_call_too(echoed: tuple[Projected, RawUpstream]) -> None:
    sent = {"operationId": "listTrees", "query": '{"limit": 2}'}
    got = echoed[0].client.post("/-/actions/proxy", json=sent)
    assert got.json()["target"] == "/trees?limit=2"


def test_a_call_without_a_key(echoed: tuple[Projected, RawUpstream]) -> None:
    got = httpx.get(f"{echoed[0].url}/-/actions/trees", trust_env=False)
    assert got.status_code == 401


def test_the_key_of_the_client_goes_no_further(echoed: tuple[Projected, RawUpstream]) -> None:
    got = echoed[0].client.get("/-/actions/trees")
    assert "a-relay-key" not in got.text


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"kind": "oak", "extra": "{"}, "/extra"),
        ({"kind": "oak", "colour": "red"}, "colour"),
        ([], None),
    ],
)
def test_a_call_that_is_wrong(
    echoed: tuple[Projected, RawUpstream], sent: object, param: str | None
) -> None:
    got = echoed[0].client.post("/-/actions/trees", json=sent)
    assert (got.status_code, got.json()["error"]["param"]) == (400, param)


def test_the_checks_of_the_operation_apply(echoed: tuple[Projected, RawUpstream]) -> None:
    gateway, upstream = echoed
    before = len(upstream.requests)
    got = gateway.client.get("/-/actions/trees?limit=many")
    assert (got.status_code, got.json()["error"]["code"]) == (400, "invalid_parameter")
    assert len(upstream.requests) == before


def test_an_error_of_the_upstream_passes(plot: Contract, tmp_path: Path) -> None:
    said = respond(
        b'{"error": {"code": "slow_down"}}', "429 Too Many", [*JSON, ("Retry-After", "7")]
    )
    with (
        RawUpstream(lambda _: said) as upstream,
        projected(plot, projection(), upstream.url, tmp_path) as gateway,
    ):
        got = gateway.client.get("/-/actions/trees")
    assert (got.status_code, got.headers["retry-after"]) == (429, "7")
    assert got.json() == {"error": {"code": "slow_down"}}


def test_an_answer_without_content(plot: Contract, tmp_path: Path) -> None:
    said = respond(status="204 No Content", length=False)
    with (
        RawUpstream(lambda _: said) as upstream,
        projected(plot, projection(), upstream.url, tmp_path) as gateway,
    ):
        got = gateway.client.get("/-/actions/trees")
    assert (got.status_code, got.content) == (204, b"")


def test_small_answers_are_not_written_anew(plot: Contract, tmp_path: Path) -> None:
    text = b'{ "ratio": 0.10, "name": "\\u00e4" }'
    with (
        RawUpstream(lambda _: respond(text, headers=JSON)) as upstream,
        projected(plot, projection(), upstream.url, tmp_path) as gateway,
    ):
        assert gateway.client.get("/-/actions/trees").content == text
    assert not list(tmp_path.iterdir())


def test_a_client_that_goes_away_frees_the_upstream(plot: Contract, tmp_path: Path) -> None:
    with (
        RawUpstream(lambda _: None) as upstream,
        projected(plot, projection(), upstream.url, tmp_path) as gateway,
    ):
        with pytest.raises(httpx.ReadTimeout):
            gateway.client.get("/-/actions/trees", timeout=0.3)
        assert upstream.wait(lambda up: up.gone, 3)


def test_an_answer_that_breaks_off(plot: Contract, tmp_path: Path) -> None:
    async def answer(_: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(headers=[*JSON, ("Content-Length", "100")], length=False) + b'{"half'
        yield Act.RESET

    with (
        RawUpstream(answer) as upstream,
        projected(plot, projection(), upstream.url, tmp_path) as gateway,
    ):
        got = gateway.client.get("/-/actions/trees")
    assert (got.status_code, got.json()["error"]["code"]) == (502, "upstream_disconnected")
    assert got.headers["x-should-retry"] == "false"


def test_an_unreachable_upstream(plot: Contract, tmp_path: Path) -> None:
    with projected(plot, projection(), "http://127.0.0.1:9", tmp_path) as gateway:
        got = gateway.client.get("/-/actions/trees")
    assert (got.status_code, got.json()["error"]["code"]) == (502, "upstream_unreachable")

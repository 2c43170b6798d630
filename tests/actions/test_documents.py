import json
from pathlib import Path

import httpx
import yaml

from gateway.actions.documents import Published, document_paths, with_server
from gateway.contract.model import Contract
from gateway.projection import ActionSet, Projection
from tests.actions.garden import CALLS, projection
from tests.actions.projected import projected

PUBLIC = "https://gateway.example.com/prefix"


def test_documents_name_our_address(plot: Contract, tmp_path: Path) -> None:
    with projected(
        plot, projection(), "http://127.0.0.1:9", tmp_path, public_url=PUBLIC
    ) as gateway:

        def get(path: str) -> httpx.Response:
            return httpx.get(gateway.url + path)

        document = get("/openapi.actions.json")
        assert document.json()["servers"] == [{"url": f"{PUBLIC}/-/actions"}]
        assert "x-relay-warning" not in document.headers
        expected = {**projection().sets["main"].document, "servers": document.json()["servers"]}
        assert document.json() == expected
        assert yaml.safe_load(get("/openapi.actions.yaml").text) == document.json()
        assert get("/-/openapi.actions.json").content == document.content
        plugin = get("/.well-known/ai-plugin.json").json()
        assert plugin == {"api": {"url": f"{PUBLIC}/openapi.actions.yaml"}}
        assert get("/v1/manifest").json()["base_url"] == PUBLIC
        etag = {"if-none-match": document.headers["etag"]}
        assert httpx.get(f"{gateway.url}/openapi.actions.json", headers=etag).status_code == 304


def test_without_an_address_of_ours(plot: Contract, tmp_path: Path) -> None:
    with projected(plot, projection(), "http://127.0.0.1:9", tmp_path) as gateway:
        got = httpx.get(f"{gateway.url}/openapi.actions.json")
    assert got.json() == projection().sets["main"].document
    assert got.headers["x-relay-warning"].startswith("PUBLIC_URL is not set")


def test_each_of_several_sets_has_a_document() -> None:
    sets = {name: ActionSet(name, {"servers": [], "info": name}, ()) for name in ("one", "two")}
    paths = document_paths(Projection(sets))
    assert {path: each.name for path, each in paths.items()} == {
        "/openapi.actions": "one",
        "/openapi.actions.one": "one",
        "/openapi.actions.two": "two",
    }
    assert document_paths(Projection({})) == {}
    assert Published(Projection({}), "").answers == {}


def test_the_placeholder_is_replaced_as_a_whole_address_alone() -> None:
    value = {"a": ["https://relay.example.com/x", "https://relay.example.community/x"], "n": 1}
    said = json.loads(json.dumps(with_server(value, "https://ours")))
    assert said == {"a": ["https://ours/x", "https://relay.example.community/x"], "n": 1}
    assert with_server(value, "") is value
    assert CALLS

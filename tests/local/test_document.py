import json
from pathlib import Path

import yaml

from gateway.contract.compile import load_contract
from gateway.contract.prepare import as_json
from gateway.local.document import Document, as_yaml, published
from tests.local.documents import SHIPPED, document, operation
from tests.local.gateways import gateway

ELSEWHERE = [{"url": "https://vendor.example/v2", "description": "Theirs."}, {"url": "https://b"}]


def test_every_server_becomes_ours() -> None:
    said = operation("a", servers=[{"url": "https://up.vendor.example/upload/"}])
    plain = operation("b")
    paths = {
        "/a": {"post": said, "get": plain},
        "/b": {"servers": [{"url": "http://files.example"}], "get": plain},
    }
    bundle = document(paths, servers=ELSEWHERE)
    found = published(bundle, "https://gateway.example")
    assert found["servers"] == [{"url": "https://gateway.example/v2"}]
    assert found["paths"]["/a"]["post"]["servers"] == [{"url": "https://gateway.example/upload"}]
    assert "servers" not in found["paths"]["/a"]["get"]
    assert found["paths"]["/b"]["servers"] == [{"url": "https://gateway.example"}]
    assert "vendor" not in json.dumps(found)
    assert bundle["servers"] == ELSEWHERE


def test_without_a_public_url_servers_are_paths() -> None:
    assert published(document({}, servers=ELSEWHERE), "")["servers"] == [{"url": "/v2"}]
    assert published(document({}), "")["servers"] == [{"url": "/"}]
    bare = document({})
    del bare["servers"]
    assert published(bare, "")["servers"] == [{"url": "/"}]
    assert published(bare, "https://g.example/x")["servers"] == [{"url": "https://g.example/x"}]


def test_server_variables_are_filled() -> None:
    servers = [{"url": "https://{region}.example/{base}", "variables": {"base": {"default": "v3"}}}]
    assert published(document({}, servers=servers), "")["servers"] == [{"url": "/v3"}]


def test_path_items_of_the_components_too() -> None:
    item = {"servers": ELSEWHERE, "get": operation("a")}
    bundle = document({"/a": {"$ref": "#/components/pathItems/A"}})
    bundle["components"]["pathItems"] = {"A": item}
    found = published(bundle, "")
    assert found["components"]["pathItems"]["A"]["servers"] == [{"url": "/v2"}]
    assert found["components"]["securitySchemes"] == bundle["components"]["securitySchemes"]


def test_both_forms_say_the_same() -> None:
    shared = {"type": "string", "enum": ["no", "1e3", "ü", "a: b", "2024-01-01"]}
    tree = {"openapi": "3.1.0", "components": {"schemas": {"B": shared, "A": shared}}}
    text = as_json(tree)
    assert json.loads(text) == tree
    written = as_yaml(text)
    assert yaml.safe_load(written) == tree
    assert b"&id" not in written
    assert written.index(b"B:") < written.index(b"A:")


def test_the_shipped_document_is_published_without_our_vocabulary() -> None:
    contract = load_contract(SHIPPED)
    made = Document(contract, "")
    assert b"x-gateway" not in made.json.content
    assert b"x-gateway" not in made.yaml.content
    found = json.loads(made.json.content)
    assert found["servers"] == [{"url": "/"}]
    assert yaml.safe_load(made.yaml.content) == found


def test_served(tmp_path: Path) -> None:
    env = {"PUBLIC_URL": "https://relay.example/", "OPENAI_API_KEY": "upstream-key"}
    with gateway(load_contract(SHIPPED), "http://127.0.0.1:9", **env) as client:
        del client.headers["authorization"]
        first = client.get("/openapi.json")
        assert first.status_code == 200
        assert first.headers["content-type"] == "application/json"
        assert first.headers["cache-control"] == "no-cache"
        assert first.json()["servers"] == [{"url": "https://relay.example"}]
        again = client.get("/-/openapi.json", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = client.head("/openapi.json")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(first.content))
        text = client.get("/openapi.yaml")
        assert text.headers["content-type"] == "application/yaml"
        assert yaml.safe_load(text.content) == first.json()
        assert client.get("/-/openapi.yaml").headers["etag"] == text.headers["etag"]


def test_documents_can_be_closed() -> None:
    env = {"SPECRELAY_OPEN_DOCUMENTS": "false", "OPENAI_API_KEY": "upstream-key"}
    with gateway(load_contract(SHIPPED), "http://127.0.0.1:9", **env) as client:
        paths = ("/openapi.json", "/-/openapi.yaml", "/docs", "/-/docs/swagger-ui.css")
        assert [client.get(path).status_code for path in paths] == [200] * 4
        del client.headers["authorization"]
        assert [client.get(path).status_code for path in paths] == [401] * 4
        assert client.get("/health").status_code == 200

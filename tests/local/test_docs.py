import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.contract.compile import load_contract
from gateway.local.docs import FILES, START, content_policy
from tests.local.documents import SHIPPED, contract_of, document, operation
from tests.local.gateways import gateway

LINK = re.compile(r'(?:src|href)="([^"]+)"')
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@contextlib.contextmanager
def shipped(**env: str) -> Iterator[httpx.Client]:
    env = {"OPENAI_API_KEY": "upstream-key", **env}
    with gateway(load_contract(SHIPPED), "http://127.0.0.1:9", **env) as client:
        del client.headers["authorization"]
        yield client


def test_the_page_and_all_that_it_links_to_come_from_the_gateway() -> None:
    with shipped() as client:
        for path in ("/docs", "/-/docs"):
            page = client.get(path)
            assert page.status_code == 200
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            links = set(LINK.findall(page.text))
            assert len(links) == 5
            for link in links:
                assert "//" not in link
                assert client.get(str(page.url.join(link))).status_code == 200


def test_the_page_allows_nothing_but_the_gateway() -> None:
    with shipped() as client:
        policy = client.get("/docs").headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script>|<style| style=| on\w+=", client.get("/docs").text)


def test_the_public_address_is_the_gateway_too() -> None:
    policy = content_policy("https://relay.example/prefix")
    assert b"connect-src 'self' https://relay.example;" in policy


def test_the_title_is_text(tmp_path: Path) -> None:
    contract = contract_of(document({"/a": {"get": operation("a")}}), tmp_path)
    with gateway(contract, "http://127.0.0.1:9") as client:
        assert "<title>Trees &amp; &lt;shrubs&gt;</title>" in client.get("/docs").text


def test_a_page_below_a_server_path_finds_its_files(tmp_path: Path) -> None:
    local = {"x-gateway": {"upstream": "local"}, "security": []}
    paths = {"/help/docs": {"get": operation("docs", **local)}}
    tree = document(paths, servers=[{"url": "https://api.example/v2"}])
    with gateway(contract_of(tree, tmp_path), "http://127.0.0.1:9") as client:
        page = client.get("/v2/help/docs")
        assert "../../-/docs/" in page.text
        for link in LINK.findall(page.text):
            assert client.get(str(page.url.join(link))).status_code == 200


def test_files_are_kept_while_their_content_stays() -> None:
    with shipped() as client:
        page = client.get("/docs")
        link = next(link for link in LINK.findall(page.text) if START in link)
        kept = client.get(str(page.url.join(link)))
        assert "immutable" in kept.headers["cache-control"]
        assert kept.headers["x-content-type-options"] == "nosniff"
        bare = client.get(f"/-/docs/{START}")
        assert bare.headers["cache-control"] == "no-cache"
        asked = {"if-none-match": bare.headers["etag"]}
        assert client.get(f"/-/docs/{START}", headers=asked).status_code == 304


def test_only_the_files_of_the_page_are_served() -> None:
    with shipped() as client:
        assert all(client.get(f"/-/docs/{name}").status_code == 200 for name in FILES)
        for name in ("index.html", "swagger-ui.css.map", "..%2f__init__.py", "%2e%2e"):
            assert client.get(f"/-/docs/{name}").status_code in (400, 404)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium to render the page with")
def test_a_browser_shows_every_operation(tmp_path: Path) -> None:
    with shipped() as client:
        dom = browse(f"{client.base_url}/docs", tmp_path)
        paths = client.get("/openapi.json").json()["paths"]
    shown = set(re.findall(r'data-path="([^"]+)"', dom))
    assert shown == set(paths)
    assert dom.count('class="opblock-summary-method"') == sum(map(methods, paths.values()))
    assert "OpenAI API through Specrelay" in dom


def methods(item: dict[str, object]) -> int:
    return len(item.keys() & {"get", "put", "post", "delete", "patch", "head", "options"})


def browse(url: str, profile: Path) -> str:
    """Return the page's DOM once its scripts have run."""
    assert CHROMIUM is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    options += ["--virtual-time-budget=20000", "--dump-dom", url]
    done = subprocess.run([CHROMIUM, *options], capture_output=True, timeout=90, check=True)
    return done.stdout.decode()

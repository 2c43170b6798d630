"""A browser's page on another origin: `fetch` with CORS, event streams, WebSockets."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.model import Contract
from gateway.standin.record import Record
from tests.bench.servers import end
from tests.clients.conftest import RELAY_KEY, Stack, before
from tests.rawhttp import RawRequest, respond
from tests.servers import RawUpstream, Served

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
)
PAGE = (Path(__file__).parent / "page.html").read_bytes()


def page_server(request: RawRequest) -> bytes:
    """Answer the page, and take its results."""
    body = PAGE if request.method == b"GET" else b""
    return respond(body, headers=[("Content-Type", "text/html; charset=utf-8")])


def result_of(server: RawUpstream, origin: str, gateway: str, folder: Path) -> dict[str, Any]:
    """Open the page in a fresh browser; return what its script sends back."""
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    url = f"{origin}/?gateway={gateway}&key={RELAY_KEY}"
    command = [browser, *FLAGS, f"--user-data-dir={folder}", url]
    posts: list[RawRequest] = []

    def arrived(server: RawUpstream) -> bool:
        posts[:] = [each for each in server.requests if each.method == b"POST"]
        return bool(posts)

    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            assert server.wait(arrived, 40), "the page sent no result"
        finally:
            end(running)  # a browser that is busy with itself does not always go when it is asked
    server.requests.clear()
    found: dict[str, Any] = json.loads(posts[0].body)
    return found


@pytest.fixture(scope="module")
def page() -> Iterator[RawUpstream]:
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip(f"no browser is installed ({', '.join(BROWSERS)})")
    with RawUpstream(page_server) as server:
        yield server


@pytest.fixture(scope="module")
def allowing(
    contract: Contract, standin: tuple[Served, Record], page: RawUpstream
) -> Iterator[Stack]:
    """A gateway that lets the page's origin in."""
    served, record = standin
    with before(contract, served.url, CORS_ORIGINS=page.url) as made:
        yield Stack(contract, made.gateway, record)


@pytest.fixture(scope="module")
def seen(
    allowing: Stack, page: RawUpstream, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What the page on an allowed origin saw."""
    return result_of(page, page.url, allowing.gateway.url, tmp_path_factory.mktemp("browser"))


def test_an_event_stream_is_read_as_it_comes(seen: dict[str, Any]) -> None:
    stream = seen["stream"]
    assert stream["status"] == 200, stream
    assert stream["type"].startswith("text/event-stream")
    assert stream["pieces"] > 1
    assert "event: response.completed" in stream["text"]


def test_an_error_and_its_request_id_are_readable(seen: dict[str, Any]) -> None:
    error = seen["error"]
    assert error["status"] == 400
    assert error["body"]["error"]["param"] == "/input"
    assert error["requestId"] == error["body"]["error"]["request_id"]
    assert seen["keyless"]["status"] == 401


def test_a_file_is_uploaded(seen: dict[str, Any], allowing: Stack) -> None:
    assert seen["upload"]["status"] == 200, seen["upload"]
    assert seen["upload"]["body"]["object"] == "file"
    entries = [each for each in allowing.record.entries() if each.operation == "createFile"]
    assert b"lines of a page" in (entries[-1].body or b"")


def test_a_websocket_takes_the_key_as_a_subprotocol(seen: dict[str, Any], allowing: Stack) -> None:
    assert seen["socket"] == {"protocol": "realtime", "heard": '{"type":"session.update"}'}
    entries = [each for each in allowing.record.entries() if each.operation == "connect-realtime"]
    offered = dict(entries[-1].headers).get(b"sec-websocket-protocol", b"")
    assert RELAY_KEY.encode() not in offered


def test_another_origin_is_kept_out(allowing: Stack, page: RawUpstream, tmp_path: Path) -> None:
    other = f"http://localhost:{page.port}"
    seen = result_of(page, other, allowing.gateway.url, tmp_path)
    assert "Failed to fetch" in seen["stream"]["failure"]
    assert "failure" in seen["error"]
    assert "failure" in seen["socket"]

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from gateway.actions.download_folder import DownloadFolder
from gateway.actions.downloads import Download, Downloads
from gateway.contract.model import Contract
from tests.actions.garden import projection
from tests.actions.projected import SIGNING, Projected, projected

KIND = "application/pdf"


def keep(gateway: Projected, data: bytes = b"%PDF-", name: str = "oak.pdf") -> Download:
    """Keep a file as another worker does: the same folder, the same key."""
    folder = DownloadFolder(gateway.data / "downloads")

    async def kept() -> Download:
        downloads = Downloads(folder, SIGNING)
        try:
            return await downloads.keep_bytes(data, name, KIND, gateway.url)
        finally:
            downloads.close()

    return asyncio.run(kept())


@pytest.fixture(scope="module")
def served(plot: Contract, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Projected]:
    data = tmp_path_factory.mktemp("data")
    with projected(plot, projection(), "http://127.0.0.1:9", data) as gateway:
        yield gateway


def test_any_worker_serves_a_file_to_whoever_has_its_link(served: Projected) -> None:
    kept = keep(served, b"%PDF-" * 200_000, 'Bäume & "mehr".pdf')
    got = httpx.get(kept.url)
    assert (got.status_code, got.content) == (200, b"%PDF-" * 200_000)
    assert got.headers["content-type"] == KIND
    assert got.headers["content-disposition"].startswith('attachment; filename="B_ume')
    assert "filename*=UTF-8''B%C3%A4ume" in got.headers["content-disposition"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]


def test_a_link_that_was_changed(served: Projected) -> None:
    kept = keep(served)
    parts = urlsplit(kept.url)
    query = dict(parse_qsl(parts.query))
    later = str(int(query["expires"]) + 1000)
    path = parts.path.rpartition("/")[0]
    changed = [
        parts._replace(query=urlencode({**query, "expires": later})),
        parts._replace(query=urlencode({**query, "type": "text/html"})),
        parts._replace(query=urlencode({**query, "signature": "x" * 32})),
        parts._replace(query=urlencode({**query, "signature": "ä"})),
        parts._replace(query=""),
        parts._replace(path=f"{path}/other.html"),
        parts._replace(path="/-/downloads/..%2f..%2frelay.db/oak.pdf"),
        parts._replace(path="/-/downloads/.lock/oak.pdf"),
    ]
    for each in changed:
        assert httpx.get(each.geturl()).status_code in (400, 404), each
    assert httpx.get(kept.url).status_code == 200


def test_a_link_that_has_expired(served: Projected) -> None:
    async def kept() -> Download:
        folder = DownloadFolder(served.data / "downloads")
        downloads = Downloads(folder, SIGNING, clock=lambda: time.time() - folder.kept - 5)
        try:
            return await downloads.keep_bytes(b"x", "a.pdf", KIND, served.url)
        finally:
            downloads.close()

    got = httpx.get(asyncio.run(kept()).url)
    assert (got.status_code, "expired" in got.json()["error"]["message"]) == (404, True)


def test_a_file_that_is_not_kept_any_more(served: Projected) -> None:
    kept = keep(served)
    for path in (served.data / "downloads").iterdir():
        path.unlink()
    assert httpx.get(kept.url).status_code == 404


def test_what_chatgpt_takes_as_a_file() -> None:
    def is_file(kind: str, size: int) -> bool:
        return Download("", "", kind, size).is_file

    assert is_file("audio/mpeg", 10_000_000)
    assert not is_file("audio/mpeg", 10_000_001)
    assert not is_file("image/png", 1)
    assert not is_file("video/mp4", 1)


def test_files_go_though_nobody_asks(tmp_path: Path) -> None:
    folder = DownloadFolder(tmp_path / "downloads", kept=0.1)

    async def keep_and_wait() -> list[str]:
        downloads = Downloads(folder, SIGNING)
        await downloads.keep_bytes(b"x", "a", KIND, "")
        await asyncio.sleep(1.4)
        downloads.close()
        return [path.name for path in folder.path.iterdir()]

    assert asyncio.run(keep_and_wait()) == [".lock"]

import base64
import gzip
import json
import zlib
from pathlib import Path

import httpx
import pytest

from gateway.contract.model import Contract
from tests.actions.garden import projection
from tests.actions.projected import projected
from tests.rawhttp import respond
from tests.servers import RawUpstream

JSON = [("Content-Type", "application/json")]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
BUDGET = 3_000


def answered(
    plot: Contract, data: Path, answer: bytes, path: str, **options: object
) -> tuple[httpx.Response, list[httpx.Response]]:
    """Make a call; return its answer, and what its links lead to."""
    with (
        RawUpstream(lambda _: answer) as upstream,
        projected(plot, projection(), upstream.url, data, budget=BUDGET, **options) as gateway,
    ):
        send = gateway.client.post if path == "/photos" else gateway.client.get
        more = {"json": {}} if path == "/photos" else {}
        got = send(f"/-/actions{path}", **more)
        return got, [httpx.get(link, trust_env=False) for link in links(got, gateway.url)]


def links(got: httpx.Response, url: str) -> list[str]:
    found = []
    for piece in got.text.replace('"', " ").replace("]", " ").split():
        if piece.startswith(f"{url}/-/downloads/") and piece not in found:
            found.append(piece)
    return found


def test_a_long_list_is_cut_and_lies_whole_at_a_link(plot: Contract, tmp_path: Path) -> None:
    trees = {"data": [{"id": f"tree-{n}", "note": "x" * 80} for n in range(200)], "has_more": False}
    got, files = answered(
        plot, tmp_path, respond(json.dumps(trees).encode(), headers=JSON), "/trees"
    )
    said = got.json()
    assert len(got.text) <= BUDGET
    assert said["truncated"] is True
    kept = said["data"]
    assert kept == trees["data"][: len(kept)]
    assert said["truncated_parts"] == [
        {"at": "/data", "unit": "items", "kept": len(kept), "of": 200}
    ]
    assert f"limit={len(kept)}" in said["how_to_get_the_rest"]
    assert f"after={kept[-1]['id']}" in said["how_to_get_the_rest"]
    assert files[0].json() == trees
    assert (
        files[0].headers["content-disposition"].startswith('attachment; filename="listTrees.json"')
    )


def test_a_long_text_is_cut(plot: Contract, tmp_path: Path) -> None:
    text = "One line of notes.\n" * 1000
    answer = respond(text.encode(), headers=[("Content-Type", "text/plain")])
    got, files = answered(plot, tmp_path, answer, "/notes")
    assert got.headers["content-type"].startswith("text/plain")
    assert len(got.text) <= BUDGET
    assert "[truncated: 19,000 characters in all." in got.text
    assert files[0].text == text


def test_base64_becomes_a_link(plot: Contract, tmp_path: Path) -> None:
    photos = {"data": [{"b64_json": base64.b64encode(PNG).decode(), "caption": "An oak"}]}
    got, files = answered(
        plot, tmp_path, respond(json.dumps(photos).encode(), headers=JSON), "/photos"
    )
    said = got.json()
    assert set(said["data"][0]) == {"caption", "url"}
    assert "openaiFileResponse" not in said, "pictures are links alone"
    assert files[0].content == PNG
    assert files[0].headers["content-type"] == "image/png"
    assert (
        files[0].headers["content-disposition"].startswith('attachment; filename="takePhoto-1.png"')
    )


def test_base64_that_chatgpt_takes_as_a_file(plot: Contract, tmp_path: Path) -> None:
    pdf = b"%PDF-1.7 " + b"x" * 100
    photos = {"data": [{"b64_json": base64.b64encode(pdf).decode(), "url": "https://a.example"}]}
    got, files = answered(
        plot, tmp_path, respond(json.dumps(photos).encode(), headers=JSON), "/photos"
    )
    said = got.json()
    assert said["data"][0]["url"] == "https://a.example"
    assert said["openaiFileResponse"] == [said["data"][0]["b64_json_url"]]
    assert files[0].content == pdf


def test_bytes_become_a_file(plot: Contract, tmp_path: Path) -> None:
    sound = b"ID3" + bytes(5000)
    answer = respond(sound, headers=[("Content-Type", "audio/mpeg")])
    got, files = answered(plot, tmp_path, answer, "/songs/oak")
    said = got.json()
    assert got.headers["content-type"] == "application/json"
    assert said["openaiFileResponse"] == [str(files[0].url)]
    assert (said["name"], said["mime_type"], said["size"]) == ("getSong.mp3", "audio/mpeg", 5003)
    assert files[0].content == sound


@pytest.mark.parametrize(
    ("kind", "content"), [("video/mp4", b"\0\0\0\x18ftypmp42"), ("image/png", PNG)]
)
def test_what_is_seen_is_a_link(plot: Contract, tmp_path: Path, kind: str, content: bytes) -> None:
    answer = respond(content, headers=[("Content-Type", kind)])
    got, files = answered(plot, tmp_path, answer, "/songs/oak")
    assert "openaiFileResponse" not in got.json()
    assert got.json()["url"] == str(files[0].url)
    assert files[0].content == content


def test_a_large_file_is_a_link(plot: Contract, tmp_path: Path) -> None:
    answer = respond(bytes(10_000_001), headers=[("Content-Type", "audio/mpeg")])
    got, files = answered(plot, tmp_path, answer, "/songs/oak")
    assert set(got.json()) == {"url", "name", "mime_type", "size"}
    assert len(files[0].content) == 10_000_001


def test_the_name_that_the_upstream_gives(plot: Contract, tmp_path: Path) -> None:
    headers = [
        ("Content-Type", "application/octet-stream"),
        ("Content-Disposition", 'attachment; filename="../../etc/ein Lied.mp3"'),
    ]
    got, _ = answered(plot, tmp_path, respond(b"ID3abc", headers=headers), "/songs/oak")
    assert got.json()["name"] == "ein Lied.mp3"
    assert got.json()["mime_type"] == "audio/mpeg"


def test_an_error_of_an_operation_that_answers_bytes(plot: Contract, tmp_path: Path) -> None:
    answer = respond(b'{"error": "no such song"}', "404 Not Found", JSON)
    got, _ = answered(plot, tmp_path, answer, "/songs/oak")
    assert (got.status_code, got.json()) == (404, {"error": "no such song"})


def test_what_calls_itself_json_and_is_none(plot: Contract, tmp_path: Path) -> None:
    for text in (b"<html>", b'{"n": 1e999}', b"[" * 20000, b'{"n": NaN}'):
        got, _ = answered(plot, tmp_path, respond(text, headers=JSON), "/trees")
        assert got.headers["content-type"].startswith("text/plain")
        assert len(got.text) <= BUDGET


def test_half_a_surrogate_pair(plot: Contract, tmp_path: Path) -> None:
    trees = json.dumps({"data": ["\ud83c" * 5000]}).encode()
    got, _ = answered(plot, tmp_path, respond(trees, headers=JSON), "/trees")
    assert got.json()["truncated"] is True


def test_a_coding_that_was_not_asked_for(plot: Contract, tmp_path: Path) -> None:
    packed = gzip.compress(b'{"data": []}')
    headers = [*JSON, ("Content-Encoding", "gzip")]
    got, _ = answered(plot, tmp_path, respond(packed, headers=headers), "/trees")
    assert got.json() == {"data": []}
    headers = [*JSON, ("Content-Encoding", "deflate")]
    got, _ = answered(plot, tmp_path, respond(zlib.compress(b"{}"), headers=headers), "/trees")
    assert (got.status_code, got.json()["error"]["code"]) == (502, "upstream_protocol_error")


def test_an_answer_that_unpacks_to_more_than_is_read(plot: Contract, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(70 << 20))
    headers = [*JSON, ("Content-Encoding", "gzip")]
    got, _ = answered(plot, tmp_path, respond(bomb, headers=headers), "/trees")
    assert (got.status_code, got.json()["error"]["code"]) == (502, "upstream_protocol_error")


def test_an_answer_that_fits_into_no_folder(plot: Contract, tmp_path: Path) -> None:
    answer = respond(bytes(2000), headers=[("Content-Type", "audio/mpeg")])
    got, _ = answered(plot, tmp_path, answer, "/songs/oak", download_bound=1000)
    assert (got.status_code, got.json()["error"]["code"]) == (502, "answer_too_large")
    assert [path.name for path in (tmp_path / "downloads").iterdir()] == [".lock"]

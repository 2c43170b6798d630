import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.model import Contract
from tests.actions.file_hosts import NAME, file_host, needs_openssl, trusting
from tests.actions.garden import projection
from tests.actions.projected import Projected, projected
from tests.rawhttp import RawRequest, respond
from tests.servers import Answer, RawUpstream

pytestmark = needs_openssl
JSON = [("Content-Type", "application/json")]


def file(name: str, kind: str = "image/png") -> dict[str, str]:
    return {
        "name": name,
        "id": f"file-{name}",
        "mime_type": kind,
        "download_link": f"https://{NAME}/{name}",
    }


def content(request: RawRequest) -> Answer:
    if request.target == b"/gone":
        return respond(b"", "403 Forbidden")
    return respond(b"content of " + request.target, headers=[("Content-Type", "image/png")])


def parts(request: RawRequest) -> list[tuple[str, str | None, str, bytes]]:
    """Return name, file name, type and content of every part."""
    head = b"Content-Type: " + (request.value(b"content-type") or b"") + b"\r\n\r\n"
    message = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    assert isinstance(message, EmailMessage)
    found = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        kind = part.get_content_type()
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        found.append((str(name), part.get_filename(), kind, data))
    return found


@pytest.fixture(scope="module")
def twin(
    plot: Contract, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Projected, RawUpstream, RawUpstream]]:
    folder = tmp_path_factory.mktemp("data")
    with (
        RawUpstream(lambda _: respond(b'{"ok": true}', headers=JSON)) as upstream,
        file_host(folder, content) as host,
        projected(
            plot, projection(), upstream.url, folder, fetch=trusting(folder, host)
        ) as gateway,
    ):
        yield gateway, upstream, host


def test_members_and_files_become_a_form(twin: tuple[Projected, RawUpstream, RawUpstream]) -> None:
    gateway, upstream, _ = twin
    sent = {
        "openaiFileIdRefs": [file("oak.png"), file("elm.png"), file("mask.png")],
        "prompt": "Zwei Bäume",
        "tags": "a, b",
        "mask": "mask.png",
        "expires_after": '{"anchor": "created_at"}',
    }
    got = gateway.client.post("/-/actions/edits", json=sent)
    assert (got.status_code, got.json()) == (200, {"ok": True}), got.text
    request = upstream.requests[-1]
    assert request.value(b"content-length") == str(len(request.body)).encode()
    assert parts(request) == [
        ("prompt", None, "text/plain", "Zwei Bäume".encode()),
        ("tags[]", None, "text/plain", b"a"),
        ("tags[]", None, "text/plain", b"b"),
        ("expires_after[anchor]", None, "text/plain", b"created_at"),
        ("image[]", "oak.png", "image/png", b"content of /oak.png"),
        ("image[]", "elm.png", "image/png", b"content of /elm.png"),
        ("mask", "mask.png", "image/png", b"content of /mask.png"),
    ]


def test_one_file_is_no_list(twin: tuple[Projected, RawUpstream, RawUpstream]) -> None:
    gateway, upstream, _ = twin
    got = gateway.client.post("/-/actions/edits", json={"openaiFileIdRefs": [file("oak.png")]})
    assert got.status_code == 200, got.text
    assert [part[0] for part in parts(upstream.requests[-1])] == ["image"]


def test_a_body_that_is_one_file(twin: tuple[Projected, RawUpstream, RawUpstream]) -> None:
    gateway, upstream, _ = twin
    got = gateway.client.post("/-/actions/raw", json={"openaiFileIdRefs": [file("oak.png")]})
    assert got.status_code == 200, got.text
    request = upstream.requests[-1]
    assert request.body == b"content of /oak.png"
    assert request.value(b"content-type") == b"application/octet-stream"


@pytest.mark.parametrize(
    ("sent", "code", "words"),
    [
        ({"openaiFileIdRefs": ["file-1"]}, "invalid_body", "bare string"),
        ({"openaiFileIdRefs": []}, "invalid_body", "has no file for image"),
        ({"prompt": "x"}, "invalid_body", "has no file for image"),
        ({"openaiFileIdRefs": [file("gone")]}, "invalid_body", "answered 403"),
        (
            {"openaiFileIdRefs": [{**file("a"), "download_link": "https://evil.example/a"}]},
            "invalid_body",
            "SPECRELAY_FILE_HOSTS",
        ),
        ({"openaiFileIdRefs": [file("a.png")], "mask": "b.png"}, "invalid_body", "names no file"),
    ],
)
def test_what_is_wrong_never_reaches_the_upstream(
    twin: tuple[Projected, RawUpstream, RawUpstream], sent: dict[str, Any], code: str, words: str
) -> None:
    gateway, upstream, _ = twin
    before = len(upstream.requests)
    got = gateway.client.post("/-/actions/edits", json=sent)
    assert (got.status_code, got.json()["error"]["code"]) == (400, code)
    assert words in got.json()["error"]["message"]
    assert len(upstream.requests) == before


def test_a_large_file_passes(plot: Contract, tmp_path: Path) -> None:
    size = 60 << 20
    large = respond(bytes(size), headers=[("Content-Type", "image/png")])
    with (
        RawUpstream(echo_size, keep_bodies=False) as upstream,
        file_host(tmp_path, lambda _: large) as host,
        projected(
            plot, projection(), upstream.url, tmp_path, fetch=trusting(tmp_path, host, seconds=20.0)
        ) as gateway,
    ):
        sent = {"openaiFileIdRefs": [file("oak.png")]}
        got = gateway.client.post("/-/actions/raw", json=sent)
    assert got.json() == {"size": size}


def echo_size(request: RawRequest) -> Answer:
    return respond(b'{"size": %d}' % request.size, headers=JSON)

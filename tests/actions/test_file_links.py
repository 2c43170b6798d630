from typing import Any

import pytest

from gateway.actions.file_links import Link, check_link, read_references, redirected
from gateway.errors import RelayError

HOSTS = frozenset(("files.oaiusercontent.com", "files.example.com"))
GOOD = {
    "name": "oak.png",
    "id": "file-1",
    "mime_type": "image/png",
    "download_link": "https://files.oaiusercontent.com/file-1?sig=x",
}


def test_the_run_time_shape() -> None:
    found = read_references([GOOD, {"download_link": "https://files.example.com/b"}])
    assert [(each.name, each.media_type) for each in found] == [
        ("oak.png", "image/png"),
        ("file-2.bin", "application/octet-stream"),
    ]
    assert read_references(None) == read_references([]) == []


def test_a_name_that_would_lead_elsewhere() -> None:
    names = ["../../etc/passwd", 'a"b\r\n.png', "C:\\x\\y.txt", "...", "n" * 500 + ".pdf"]
    found = [read_references([{**GOOD, "name": name}])[0].name for name in names]
    assert found[:4] == ["passwd", "a_b_.png", "y.txt", "file-1.png"]
    assert len(found[4]) < 130
    assert found[4].endswith(".pdf")


@pytest.mark.parametrize(
    ("value", "param", "words"),
    [
        (["file-1"], "/openaiFileIdRefs/0", "bare string"),
        ([GOOD, 7], "/openaiFileIdRefs/1", "must be an object"),
        ("file-1", "/openaiFileIdRefs", "must be an array"),
        ([GOOD] * 11, "/openaiFileIdRefs", "at most 10"),
        ([{"name": "a"}], "/openaiFileIdRefs/0/download_link", "must be the URL"),
        ([{**GOOD, "download_link": 7}], "/openaiFileIdRefs/0/download_link", "must be the URL"),
        ([{**GOOD, "name": []}], "/openaiFileIdRefs/0/name", "must be a string"),
    ],
)
def test_another_shape(value: Any, param: str, words: str) -> None:
    with pytest.raises(RelayError) as caught:
        read_references(value)
    assert (caught.value.status, caught.value.param) == (400, param)
    assert words in caught.value.message


def test_a_link_that_may_be_followed() -> None:
    link = check_link("https://Files.OAIUserContent.com:443/a%2Fb?sig=%3D#part", HOSTS)
    assert link == Link("files.oaiusercontent.com", "/a%2Fb?sig=%3D")


TRICKS = (
    "http://files.example.com/a",
    "ftp://files.example.com/a",
    "file:///etc/passwd",
    "//files.example.com/a",
    "https://files.example.com:8443/a",
    "https://files.example.com:0/a",
    "https://files.example.com:99999/a",
    "https://user@files.example.com/a",
    "https://files.example.com@evil.example/a",
    "https://files.example.com%40evil.example/a",
    "https://files.example.com\\@evil.example/a",
    "https://evil.example\\files.example.com/a",
    "https://evil.example/files.example.com",
    "https://evil.example#files.example.com",
    "https://files.example.com.evil.example/a",
    "https://evilfiles.example.com/a",
    "https://files.example.com./a",
    "https://files。example。com/a",
    "https://ﬁles.example.com/a",
    "https://127.0.0.1/a",
    "https://2130706433/a",
    "https://0x7f000001/a",
    "https://0177.0.0.1/a",
    "https://127.1/a",
    "https://[::1]/a",
    "https://[::ffff:127.0.0.1]/a",
    "https://[fe80::1%25eth0]/a",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/a",
    "https:///a",
    "https://files.example.com/a\r\nHost: evil.example",
    "https://files.example.com/\ta",
    " https://files.example.com/a",
    "https://[files.example.com/a",
    "https://files.example.com/" + "a" * 9000,
    "",
)


@pytest.mark.parametrize("link", TRICKS)
def test_a_link_that_is_not_followed(link: str) -> None:
    with pytest.raises(RelayError) as caught:
        check_link(link, HOSTS)
    assert (caught.value.status, caught.value.code) == (400, "invalid_body")
    assert "evil" not in caught.value.message, "no message quotes a link"


@pytest.mark.parametrize(
    "literal", ["127.0.0.1", "[::1]", "2130706433", "localhost", "169.254.169.254"]
)
def test_no_address_is_a_host_even_if_it_is_allowed(literal: str) -> None:
    with pytest.raises(RelayError):
        check_link(f"https://{literal}/a", {literal.strip("[]")})


def test_where_a_redirect_leads() -> None:
    link = Link("files.example.com", "/a/b")
    assert redirected(link, "c?d", HOSTS) == Link("files.example.com", "/a/c?d")
    assert (
        redirected(link, "//files.oaiusercontent.com/x", HOSTS).host == "files.oaiusercontent.com"
    )
    for location in ("http://files.example.com/", "https://evil.example/", "//127.0.0.1/", ""):
        if location:
            with pytest.raises(RelayError):
                redirected(link, location, HOSTS)

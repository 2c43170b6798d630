"""Where a request goes at the upstream, and where its `Location` leads at ours."""

import pytest

from gateway.relay.location import Target, split_base, without_doubled_segment
from tests.relay.gateways import compiled

BARE = compiled({"/a/{x}": {"get": {}}}).operations["get_a_x"]
SERVED = next(
    iter(
        compiled(
            {"/a/{x}": {"get": {}}}, servers=[{"url": "https://api.example.com/v2"}]
        ).operations.values()
    )
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h", ("https://h", "")),
        ("https://h/", ("https://h", "")),
        ("http://h:9/v1/", ("http://h:9", "/v1")),
        ("http://[::1]:9/a/b", ("http://[::1]:9", "/a/b")),
    ],
)
def test_split_base(url: str, expected: tuple[str, str]) -> None:
    assert split_base(url) == expected


@pytest.mark.parametrize(
    ("base", "paths", "expected"),
    [
        ("/v1", ["/v1/a", "/v1/b"], ""),
        ("/x/v1", ["/v1/a"], "/x"),
        ("/v1", ["/v1/a", "/v2/b"], "/v1"),
        ("/v1", ["/v10/a"], "/v1"),
        ("/v1", [], "/v1"),
        ("", ["/v1/a"], ""),
    ],
)
def test_a_segment_is_not_doubled(base: str, paths: list[str], expected: str) -> None:
    assert without_doubled_segment(base, paths) == expected


@pytest.mark.parametrize(
    ("base", "keep", "raw_path", "query", "expected"),
    [
        ("", True, b"/v2/a/%7e", b"", b"/v2/a/%7e"),
        ("", True, b"/v2/a/1", b"y[]=1&", b"/v2/a/1?y[]=1&"),
        ("", False, b"/v2/a/1", b"", b"/a/1"),
        ("/v9", False, b"/v2/a//1/", b"q", b"/v9/a//1/?q"),
        ("/v9", True, b"/v2/a/1", b"", b"/v9/v2/a/1"),
        ("", False, b"/v2", b"", b"/"),
        ("/v9", False, b"/v2", b"", b"/v9"),
        ("", False, b"/%762/a", b"", b"/a"),
    ],
)
def test_targets(base: str, keep: bool, raw_path: bytes, query: bytes, expected: bytes) -> None:
    assert Target(SERVED, base, keep=keep).of(raw_path, query) == expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (b"https://up.example/v9/a/1?x#y", b"https://gw.example/v2/a/1?x#y"),
        (b"HTTPS://UP.example:443/v9/a", b"https://gw.example/v2/a"),
        (b"//up.example/v9/a", b"https://gw.example/v2/a"),
        (b"/v9/a", b"https://gw.example/v2/a"),
        (b"/v9", b"https://gw.example/v2"),
        (b"/v99/a", b"https://gw.example/v2/v99/a"),
        (b"https://up.example", b"https://gw.example/v2/"),
        (b"https://other.example/v9/a", b"https://other.example/v9/a"),
        (b"http://up.example/v9/a", b"http://up.example/v9/a"),
        (b"https://up.example:444/v9/a", b"https://up.example:444/v9/a"),
        (b"https://up.example:x/v9/a", b"https://up.example:x/v9/a"),
        (b"a/b", b"a/b"),
        (b"../b", b"../b"),
        (b"?x", b"?x"),
        (b"mailto:x@y", b"mailto:x@y"),
        (b"/v9/\xe9", b"https://gw.example/v2/\xe9"),
    ],
)
def test_locations(location: bytes, expected: bytes) -> None:
    target = Target(SERVED, "/v9", keep=False)
    assert target.served(location, "https://up.example", "https://gw.example") == expected


def test_without_a_public_url_the_path_alone() -> None:
    target = Target(BARE, "", keep=True)
    assert target.served(b"http://h:9/a/1", "http://h:9", "") == b"/a/1"


@pytest.mark.parametrize("location", [b"http://h:9//evil.example", b"http://h:9/v9//evil.example"])
def test_a_path_does_not_become_a_host(location: bytes) -> None:
    served = Target(BARE, "/v9", keep=True).served(location, "http://h:9", "")
    assert served == b"/.//evil.example"


@pytest.mark.parametrize(
    "location", [b"https://[x/", b"//[", b"http://", b"https://up\t.example/v9"]
)
def test_a_location_that_is_no_url_stays(location: bytes) -> None:
    assert Target(BARE, "", keep=True).served(location, "https://up.example", "") == location

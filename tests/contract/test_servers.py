from typing import Any

import pytest

from gateway.contract.servers import first_server, server_origin, server_path


@pytest.mark.parametrize(
    ("url", "path", "origin"),
    [
        ("https://api.example.com/v2", "/v2", "https://api.example.com"),
        ("https://api.example.com/v2/", "/v2", "https://api.example.com"),
        ("https://api.example.com", "", "https://api.example.com"),
        ("https://api.example.com/", "", "https://api.example.com"),
        ("http://h:81/a/b", "/a/b", "http://h:81"),
        ("/", "", ""),
        ("", "", ""),
        ("/v1", "/v1", ""),
        ("v1", "/v1", ""),
        ("./v1/", "/v1", ""),
        ("../../v1", "/v1", ""),
        (".", "", ""),
        ("//h/v1", "/v1", ""),
        ("https://[::1", "", ""),
    ],
)
def test_path_and_origin(url: str, path: str, origin: str) -> None:
    assert server_path(url) == path
    assert server_origin(url) == origin


@pytest.mark.parametrize(
    ("levels", "url"),
    [
        ((None, None, None), ""),
        (([{"url": "/a"}, {"url": "/b"}], [{"url": "/c"}]), "/a"),
        (([], [{"url": "/c"}]), "/c"),
        (("x", [5], [{"url": "/c"}]), "/c"),
        (([{"url": "https://{h}/{p}", "variables": {"h": {"default": "x"}}}],), "https://x/"),
        (([{"url": "{u}", "variables": {"u": {"default": 5}}}],), "5"),
        (([{"url": "{u}", "variables": []}],), ""),
        (([{"url": None}],), ""),
        (([{}],), ""),
    ],
)
def test_the_first_server_of_the_innermost_level(levels: tuple[Any, ...], url: str) -> None:
    assert first_server(*levels) == url

"""Proxies of the environment, and requests through real ones."""

from typing import Any

import pytest

from gateway.errors import StartError, UpstreamError
from gateway.transport.proxy import ProxyChoice, choose_proxy
from tests.servers import RawUpstream, respond

SECURE, PLAIN = "https://api.example.com/v1", "http://api.example.com:8080"


@pytest.mark.parametrize(
    ("url", "environ", "address"),
    [
        (SECURE, {}, None),
        (SECURE, {"HTTPS_PROXY": "http://p:3128"}, "p:3128"),
        (SECURE, {"https_proxy": "http://p:3128"}, "p:3128"),
        (SECURE, {"https_proxy": "http://low:1", "HTTPS_PROXY": "http://up:2"}, "low:1"),
        (SECURE, {"https_proxy": "", "HTTPS_PROXY": "http://up:2"}, "up:2"),
        (SECURE, {"HTTP_PROXY": "http://p:3128"}, None),
        (PLAIN, {"HTTP_PROXY": "http://p:3128"}, "p:3128"),
        (PLAIN, {"HTTPS_PROXY": "http://p:3128"}, None),
        (PLAIN, {"ALL_PROXY": "http://p:3128"}, "p:3128"),
        (SECURE, {"ALL_PROXY": "http://a:1", "HTTPS_PROXY": "http://p:2"}, "p:2"),
        (SECURE, {"HTTPS_PROXY": "p:3128"}, "p:3128"),
        (SECURE, {"HTTPS_PROXY": "http://p"}, "p:80"),
        (SECURE, {"HTTPS_PROXY": "https://p"}, "p:443"),
        (SECURE, {"HTTPS_PROXY": "http://user:pa%40ss@p:3128/"}, "p:3128"),
        ("http://127.0.0.1:9", {"HTTP_PROXY": "http://p:1"}, None),
        ("http://localhost:9", {"HTTP_PROXY": "http://p:1"}, None),
        ("http://[::1]:9", {"HTTP_PROXY": "http://p:1"}, None),
    ],
)
def test_the_variable_that_counts(url: str, environ: dict[str, str], address: str | None) -> None:
    choice = choose_proxy(url, environ)
    assert (choice.address if choice else None) == address


@pytest.mark.parametrize(
    ("rules", "excepted"),
    [
        ("*", True),
        ("example.com", True),
        (".example.com", True),
        ("*.example.com", True),
        ("API.Example.COM", True),
        ("other.com, api.example.com", True),
        ("api.example.com:443", True),
        ("api.example.com:80", False),
        ("ample.com", False),
        ("example.com.", True),
        ("", False),
        (" , ", False),
    ],
)
def test_exceptions_by_name(rules: str, excepted: bool) -> None:
    environ = {"HTTPS_PROXY": "http://p:1", "NO_PROXY": rules}
    assert (choose_proxy(SECURE, environ) is None) == excepted


@pytest.mark.parametrize(
    ("host", "rules", "excepted"),
    [
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "192.168.0.0/16", False),
        ("10.1.2.3", "2.3", False),
        ("10.1.2.3", "not/a/network", False),
        ("[fd00::1]", "fd00::/8", True),
        ("[fd00::1]", "[fd00::1]", True),
        ("[fd00::1]", "[fd00::1]:443", True),
        ("[fd00::1]", "[fd00::1]:80", False),
        ("[fd00::1]", "fd00::2", False),
    ],
)
def test_exceptions_by_address(host: str, rules: str, excepted: bool) -> None:
    environ = {"HTTPS_PROXY": "http://p:1", "no_proxy": rules}
    assert (choose_proxy(f"https://{host}/", environ) is None) == excepted


@pytest.mark.parametrize(
    "value", ["socks5://p:1080", "http://", "http://p:port", "http://p:99999", "ftp://p"]
)
def test_a_value_that_is_no_proxy(value: str) -> None:
    with pytest.raises(StartError) as raised:
        choose_proxy(SECURE, {"HTTPS_PROXY": value})
    assert raised.value.problems[0].place == "HTTPS_PROXY"


def test_credentials_are_not_shown() -> None:
    choice = choose_proxy(SECURE, {"HTTPS_PROXY": "http://user:secret@p:1"})
    assert choice is not None
    assert "secret" not in f"{choice} {choice!r} {choice.address}"


def _proxy(port: int, userinfo: str = "") -> ProxyChoice:
    choice = choose_proxy("http://x.example", {"HTTP_PROXY": f"http://{userinfo}127.0.0.1:{port}"})
    assert choice is not None
    return choice


def test_a_plain_request_goes_through_in_absolute_form(
    run: Any, opened: Any, send: Any, read: Any
) -> None:
    async def main(proxy: RawUpstream) -> None:
        choice = _proxy(proxy.port, "us%40er:pa%3Ass@")
        async with opened("http://api.example:8080", proxy=choice) as transport:
            for target in (b"/a%7e/%2e%2e?y[]=1&", b"//x??"):
                await read(await send(transport, "POST", target, [(b"X-A", b"1")], body=b"b"))

    with RawUpstream() as proxy:
        run(main(proxy))
    first, second = proxy.requests
    assert first.target == b"http://api.example:8080/a%7e/%2e%2e?y[]=1&"
    assert second.target == b"http://api.example:8080//x??"
    assert first.value(b"Host") == b"api.example:8080"
    assert first.value(b"Proxy-Authorization") == b"Basic dXNAZXI6cGE6c3M="
    assert first.value(b"Authorization") is None
    assert proxy.connections == 1


def test_a_proxy_that_refuses_to_connect(run: Any, opened: Any, send: Any) -> None:
    async def main(proxy: RawUpstream) -> None:
        choice = _proxy(proxy.port, "user:pass@")
        async with opened("https://api.example", proxy=choice) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport, "POST", body=b"secret")
            assert (raised.value.code, raised.value.sent) == ("upstream_unreachable", False)

    with RawUpstream(lambda request: respond(b"no", "407 Proxy Auth")) as proxy:
        run(main(proxy))
    (request,) = proxy.requests
    assert request.line == b"CONNECT api.example:443 HTTP/1.1"
    assert request.value(b"Proxy-Authorization") == b"Basic dXNlcjpwYXNz"


def test_a_proxy_that_is_not_there(run: Any, opened: Any, send: Any) -> None:
    with RawUpstream() as gone:
        port = gone.port

    async def main() -> None:
        async with opened("http://api.example", proxy=_proxy(port)) as transport:
            with pytest.raises(UpstreamError) as raised:
                await send(transport)
            assert (raised.value.code, raised.value.sent) == ("upstream_unreachable", False)

    run(main())

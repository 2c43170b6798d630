import asyncio
import gzip
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.actions.addresses import is_public
from gateway.actions.file_links import FileReference
from gateway.actions.files_in import FetchRules, fetched
from gateway.errors import RelayError
from tests.actions.file_hosts import NAME, Resolver, file_host, needs_openssl, trusting
from tests.rawhttp import RawRequest, chunk, respond
from tests.servers import Act, Answer, RawUpstream

pytestmark = needs_openssl
OAK = FileReference("oak.txt", "text/plain", f"https://{NAME}/oak?sig=%2F")


def fetch(rules: FetchRules, *references: FileReference) -> list[bytes]:
    async def all_of_them() -> list[bytes]:
        async with fetched(references or (OAK,), rules) as files:
            return [b"".join([part async for part in file.chunks()]) for file in files]

    return asyncio.run(all_of_them())


def refused(rules: FetchRules, *references: FileReference) -> RelayError:
    with pytest.raises(RelayError) as caught:
        fetch(rules, *references)
    return caught.value


def test_files_are_fetched_in_the_name_of_their_host(tmp_path: Path) -> None:
    with file_host(tmp_path, lambda request: respond(request.target * 100_000)) as host:
        rules = trusting(tmp_path, host)
        again = replace(OAK, link=f"https://{NAME}/elm")
        assert fetch(rules, OAK, again) == [b"/oak?sig=%2F" * 100_000, b"/elm" * 100_000]
    assert [request.value(b"host") for request in host.requests] == [NAME.encode()] * 2
    assert {request.value(b"accept-encoding") for request in host.requests} == {b"identity"}
    assert {request.value(b"authorization") for request in host.requests} == {None}


PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "192.168.0.1", "0.0.0.0"),
    *("::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%1", "fd00::1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside(tmp_path: Path, address: str) -> None:
    with file_host(tmp_path, lambda _: respond(b"secret")) as host:
        resolver = Resolver([(address, host.port)])
        rules = trusting(tmp_path, host, resolve=resolver, permits=is_public)
        error = refused(rules)
    assert (error.status, error.code) == (400, "invalid_body")
    assert "not public" in error.message
    assert (resolver.asked, host.connections) == ([NAME], 0)


def test_one_address_inside_condemns_the_name(tmp_path: Path) -> None:
    with file_host(tmp_path, lambda _: respond(b"secret")) as host:
        resolver = Resolver([("8.8.8.8", 443), ("127.0.0.1", host.port)])
        rules = trusting(tmp_path, host, resolve=resolver, permits=is_public)
        assert "not public" in refused(rules).message
    assert host.connections == 0


def test_a_name_that_means_another_host_a_moment_later(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    with (
        file_host(tmp_path, lambda _: respond(b"outside")) as host,
        file_host(tmp_path / "inside", lambda _: respond(b"inside")) as inside,
    ):
        resolver = Resolver([("127.0.0.1", host.port)], [("127.0.0.1", inside.port)])
        rules = trusting(tmp_path, host, resolve=resolver)
        assert fetch(rules) == [b"outside"]
    assert (len(resolver.asked), inside.connections) == (1, 0)


def test_the_system_s_own_names_lead_inside_too(tmp_path: Path) -> None:
    rules = FetchRules(hosts=frozenset(("localhost.localdomain", "a.localhost")))
    for name in ("localhost.localdomain", "a.localhost"):
        error = refused(rules, replace(OAK, link=f"https://{name}/"))
        assert error.status in (400, 502)


@pytest.mark.parametrize(
    "location",
    [
        "http://files.example.com/a",
        "https://evil.example/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://files.example.com:8443/a",
        "https://files.example.com@evil.example/",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_where_no_link_may_lead(tmp_path: Path, location: str) -> None:
    answer = respond(status="302 Found", headers=[("Location", location)])
    with file_host(tmp_path, lambda _: answer) as host:
        error = refused(trusting(tmp_path, host))
    assert (error.status, len(host.requests)) == (400, 1)


def test_a_redirect_to_a_name_that_leads_inside(tmp_path: Path) -> None:
    def answer(request: RawRequest) -> Answer:
        return respond(status="307 Temporary", headers=[("Location", "/inside")])

    with file_host(tmp_path, answer) as host:
        resolver = Resolver([("127.0.0.1", host.port)], [("10.0.0.1", 443)])
        error = refused(trusting(tmp_path, host, resolve=resolver))
    assert "not public" in error.message
    assert len(resolver.asked) == 2


def test_a_redirect_within_the_rules(tmp_path: Path) -> None:
    def answer(request: RawRequest) -> Answer:
        if request.target.startswith(b"/oak"):
            return respond(status="302 Found", headers=[("Location", "/here")])
        return respond(request.target)

    with file_host(tmp_path, answer) as host:
        assert fetch(trusting(tmp_path, host)) == [b"/here"]


def test_redirects_without_an_end(tmp_path: Path) -> None:
    answer = respond(status="302 Found", headers=[("Location", "/again")])
    with file_host(tmp_path, lambda _: answer) as host:
        assert "too often" in refused(trusting(tmp_path, host)).message
    assert len(host.requests) == 4


def test_a_certificate_of_another_name(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with file_host(tmp_path, lambda _: respond(b"mine")):
        pass
    with file_host(tmp_path / "other", lambda _: respond(b"secret"), "other.example") as other:
        trust = ssl.create_default_context(cafile=tmp_path / "other" / "other.example.pem")
        rules = trusting(tmp_path, other, tls=trust)
        assert refused(rules).code == "upstream_unreachable"
    assert not other.requests


def test_files_that_are_too_large(tmp_path: Path) -> None:
    async def endless(_: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(headers=[("Transfer-Encoding", "chunked")], length=False)
        for _ in range(10_000):
            yield chunk(bytes(10_000))
            await asyncio.sleep(0)

    with file_host(tmp_path, lambda _: respond(bytes(600))) as host:
        rules = trusting(tmp_path, host, max_size=1000)
        assert len(fetch(rules)[0]) == 600
        error = refused(rules, OAK, OAK)
        assert (error.status, error.code) == (413, "body_too_large")
    with file_host(tmp_path, endless) as host:
        error = refused(trusting(tmp_path, host, max_size=100_000))
        assert (error.status, error.code) == (413, "body_too_large")


def test_a_file_that_would_unpack_to_more(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(100 << 20))
    answer = respond(bomb, headers=[("Content-Encoding", "gzip")])
    with file_host(tmp_path, lambda _: answer) as host:
        error = refused(trusting(tmp_path, host))
    assert (error.status, "Content-Encoding" in error.message) == (400, True)


def test_a_packed_file_stays_as_it_is(tmp_path: Path) -> None:
    packed = gzip.compress(bytes(10 << 20))
    answer = respond(packed, headers=[("Content-Type", "application/gzip")])
    with file_host(tmp_path, lambda _: answer) as host:
        assert fetch(trusting(tmp_path, host)) == [packed]


def drip(_: RawRequest) -> AsyncIterator[bytes | Act]:
    async def slowly() -> AsyncIterator[bytes | Act]:
        yield respond(headers=[("Content-Length", "1000")], length=False)
        while True:
            yield b"x"
            await asyncio.sleep(0.05)

    return slowly()


@pytest.mark.parametrize("answer", [lambda _: None, drip], ids=["silent", "slow"])
def test_files_that_do_not_come_in_time(tmp_path: Path, answer: object) -> None:
    with file_host(tmp_path, answer) as host:  # type: ignore[arg-type]
        began = time.monotonic()
        error = refused(trusting(tmp_path, host, seconds=0.4))
        assert time.monotonic() - began < 2
    assert (error.status, error.code) == (504, "upstream_timeout")


def test_a_resolver_that_says_nothing(tmp_path: Path) -> None:
    async def broken(_: str) -> Sequence[tuple[str, int]]:
        raise OSError("no such name")

    rules = FetchRules(hosts=frozenset((NAME,)), resolve=broken)
    assert refused(rules).code == "upstream_unreachable"
    with RawUpstream() as plain:
        rules = replace(rules, resolve=Resolver([]), seconds=1)
        assert refused(rules).code == "upstream_unreachable"
        rules = replace(
            rules, resolve=Resolver([("127.0.0.1", plain.port)]), permits=lambda _: True
        )
        assert refused(rules).code.startswith("upstream_"), "no TLS"
        rules = replace(rules, resolve=Resolver([("127.0.0.1", 1)]))
        assert refused(rules).code == "upstream_unreachable"
        rules = replace(rules, resolve=Resolver([("no address", 1)]))
        assert refused(rules).code == "invalid_body"


def test_a_link_that_has_expired(tmp_path: Path) -> None:
    with file_host(tmp_path, lambda _: respond(b"gone", "403 Forbidden")) as host:
        error = refused(trusting(tmp_path, host))
    assert (error.status, "five minutes" in error.message) == (400, True)


def test_a_file_that_is_cut(tmp_path: Path) -> None:
    async def answer(_: RawRequest) -> AsyncIterator[bytes | Act]:
        yield respond(headers=[("Content-Length", "100")], length=False) + b"half"
        yield Act.RESET

    with file_host(tmp_path, answer) as host:
        assert refused(trusting(tmp_path, host)).code == "upstream_unreachable"

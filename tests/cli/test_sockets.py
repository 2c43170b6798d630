"""Binding addresses, and what may be said of them."""

import socket

import pytest

from gateway.cli.sockets import bind, check_exposure, client_url, is_loopback, port_of, reserve
from gateway.errors import StartError
from gateway.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)
    check_exposure(Settings(host=host), keyless=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.example"])
def test_no_loopback(host: str) -> None:
    assert not is_loopback(host)
    check_exposure(Settings(host=host), keyless=False)
    with pytest.raises(StartError, match="Set RELAY_KEY"):
        check_exposure(Settings(host=host), keyless=True)


def test_one_port_for_every_address_of_a_host() -> None:
    bound = bind("localhost", 0)
    try:
        assert {each.getsockname()[1] for each in bound} == {port_of(bound)}
    finally:
        for each in bound:
            each.close()


def test_a_port_in_use_and_a_host_that_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match="cannot be listened on"):
            bind("127.0.0.1", port)
        with pytest.raises(StartError, match="cannot be listened on"):
            reserve(Settings(port=port, workers=2))
    with pytest.raises(StartError, match="cannot be resolved"):
        bind("no host", 0)


def test_a_port_that_workers_share_is_theirs_alone() -> None:
    (reserved,) = reserve(Settings(port=0, workers=2))
    (worker,) = bind("127.0.0.1", port_of([reserved]), shared=True)
    with reserved, worker:
        worker.listen()
        with pytest.raises(StartError):
            reserve(Settings(port=port_of([worker]), workers=2))


def test_urls_of_addresses() -> None:
    assert client_url("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert client_url("::", 80) == "http://[::1]:80"
    assert client_url("::1", 443, "https") == "https://[::1]:443"
    assert client_url("localhost", 1) == "http://localhost:1"

"""Where each operation goes: the document's servers, `x-gateway.upstreams`, `--upstream`."""

from typing import Any

import pytest

from gateway.errors import StartError
from gateway.relay.upstreams import plan_routes
from tests.relay.gateways import compiled

V2 = [{"url": "https://api.example.com/v2"}, {"url": "https://second.example.com"}]
PETS: dict[str, Any] = {"/pets": {"get": {}}}


def target(
    raw_path: bytes,
    *overrides: str,
    paths: dict[str, Any] | None = None,
    variables: dict[str, str] | None = None,
    **root: Any,
) -> str:
    """Return the URL to which a request for a path goes."""
    contract = compiled(paths or PETS, **root)
    routes = plan_routes(contract, (variables or {}).get, overrides)
    route = routes[next(iter(contract.operations))]
    return route.upstream.origin + route.target.of(raw_path, b"").decode()


def test_the_first_server_and_its_path() -> None:
    assert target(b"/v2/pets", servers=V2) == "https://api.example.com/v2/pets"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("http://h:9", "http://h:9/pets"),
        ("http://h:9/", "http://h:9/pets"),
        ("http://h:9/v2", "http://h:9/v2/pets"),
        ("api.example.com=http://h:9/x", "http://h:9/x/pets"),
        ("API.example.com=http://h:9", "http://h:9/pets"),
        ("other.example.com=http://h:9", "https://api.example.com/v2/pets"),
    ],
)
def test_an_override_replaces_the_server_with_its_path(override: str, expected: str) -> None:
    assert target(b"/v2/pets", override, servers=V2) == expected


def test_one_host_goes_before_all() -> None:
    overrides = ("http://all:1", "api.example.com=http://one:2")
    assert target(b"/v2/pets", *overrides, servers=V2) == "http://one:2/pets"


UPSTREAM = {
    "upstreams": {"api": {"url": {"env": "BASE", "default": "https://api.example.com/v1"}}},
    "defaults": {"upstream": "api"},
}


@pytest.mark.parametrize(
    "base",
    ["https://api.example.com", "https://api.example.com/", "https://api.example.com/v1", ""],
)
def test_a_base_does_not_double_the_first_segment(base: str) -> None:
    paths = {"/v1/pets": {"get": {}}, "/v1/dogs": {"get": {}}}
    variables = {"BASE": base} if base else {}
    found = target(b"/v1/pets", paths=paths, variables=variables, **{"x-gateway": UPSTREAM})
    assert found == "https://api.example.com/v1/pets"


def test_an_override_goes_before_the_variable() -> None:
    root = {"x-gateway": UPSTREAM}
    variables = {"BASE": "http://base:1"}
    assert target(b"/pets", "http://h:9", variables=variables, **root) == "http://h:9/pets"


def test_headers_of_the_operation_hide_those_of_the_upstream() -> None:
    upstream = {"url": "http://h:9", "headers": {"X-A": "up", "X-B": {"env": "B"}, "X-C": "up"}}
    root = {"upstreams": {"api": upstream}, "defaults": {"upstream": "api"}}
    paths = {"/x": {"get": {"x-gateway": {"headers": {"X-A": "own"}}}}}
    contract = compiled(paths, **{"x-gateway": root})
    route = plan_routes(contract, {}.get)["get_x"]
    assert route.headers == ((b"x-a", b"own"), (b"x-c", b"up"))


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ((), "names no server"),
        (("http://a", "http://b"), "Two URLs"),
        (("ftp://h",), "no http or https URL"),
        (("http://h:x",), "port"),
        (("http://h/?q",), "more than a host and a path"),
        (("http://u@h/",), "more than a host and a path"),
        (("http://127.0.0.1:8080/v1",), "own address"),
        (("http://localhost:8080",), "own address"),
    ],
)
def test_what_is_wrong_is_told_with_its_mend(overrides: tuple[str, ...], message: str) -> None:
    with pytest.raises(StartError, match=message) as caught:
        plan_routes(compiled(PETS), {}.get, overrides, ("127.0.0.1", 8080))
    assert all(problem.mend for problem in caught.value.problems)


def test_another_port_of_this_machine_is_no_fault() -> None:
    assert plan_routes(compiled(PETS), {}.get, ("http://localhost:8081",), ("127.0.0.1", 8080))

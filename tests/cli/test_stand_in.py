"""The stand-in beside the gateway: all upstreams are replaced, and no credential leaves."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.cli.opening import Opened
from gateway.cli.stand_in import redirected, stand_in_beside, wants_stand_in
from gateway.contract.compile import load_contract
from gateway.errors import StartError
from gateway.relay.upstreams import plan_routes
from gateway.resources import spec_folder
from gateway.settings import Settings

KEY = {"OPENAI_API_KEY": "real"}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    contract = load_contract(spec_folder() / "openapi.yaml", tmp_path_factory.mktemp("cache"))
    yield Opened(contract, Settings.load({}, None))


def with_env(opened: Opened, env: dict[str, str], **overrides: object) -> Opened:
    return Opened(opened.contract, Settings.load(env, None, **overrides))


def test_it_is_wanted_where_no_credential_is_set(shipped: Opened, home: Path) -> None:
    assert wants_stand_in(shipped)
    assert not wants_stand_in(with_env(shipped, KEY))
    assert not wants_stand_in(with_env(shipped, {}, upstream=["http://127.0.0.1:1"]))
    pets = Opened(load_contract(home / "pets.yaml", home / "cache"), shipped.settings)
    assert not wants_stand_in(pets)
    mapped = with_env(pets, {}, credentials=["Token=PETS_TOKEN"])
    assert wants_stand_in(mapped)
    assert not wants_stand_in(
        with_env(mapped, {"PETS_TOKEN": "x"}, credentials=["Token=PETS_TOKEN"])
    )


def test_every_operation_goes_to_it_at_its_served_path(home: Path) -> None:
    contract = redirected(load_contract(home / "pets.yaml", home / "cache"), "http://127.0.0.1:9")
    routes = plan_routes(contract, lambda name: "http://elsewhere.example")
    assert {route.upstream.url for route in routes.values()} == {"http://127.0.0.1:9"}
    assert routes["getPet"].target.of(b"/v2/pets/a%7e", b"x=1") == b"/v2/pets/a%7e?x=1"


def test_variables_of_the_upstream_do_not_count(shipped: Opened) -> None:
    env = {"OPENAI_API_BASE": "http://elsewhere.example/v1", "OPENAI_ORGANIZATION": "org"}
    settings = with_env(shipped, env).settings
    routes = plan_routes(redirected(shipped.contract, "http://127.0.0.1:9"), settings.variable)
    assert {route.upstream.origin for route in routes.values()} == {"http://127.0.0.1:9"}
    assert not any(b"openai-organization" in dict(route.headers) for route in routes.values())


def test_credentials_are_dummies_while_it_runs(shipped: Opened) -> None:
    with stand_in_beside(with_env(shipped, KEY)) as beside:
        assert beside.settings.variable("OPENAI_API_KEY") == "stand-in"
        url = beside.contract.operations["listModels"].server
        answer = httpx.get(f"{url}/v1/models", trust_env=False)
        assert answer.status_code == 200
        assert answer.json()["object"] == "list"
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/v1/models", trust_env=False)


def test_it_serves_one_worker(shipped: Opened) -> None:
    opened = with_env(shipped, {}, workers=2)
    with pytest.raises(StartError, match="one worker"), stand_in_beside(opened):
        raise AssertionError

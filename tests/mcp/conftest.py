from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.resources import spec_folder
from gateway.standin.app import standin_app
from gateway.standin.record import Record
from tests.actions.file_hosts import file_host, trusting
from tests.mcp.gateways import Endpoint, serving
from tests.rawhttp import respond
from tests.servers import serve_in_thread


@pytest.fixture(scope="session")
def shipped() -> Contract:
    return load_contract(spec_folder() / "openapi.yaml")


@pytest.fixture(scope="session")
def record() -> Record:
    return Record()


@pytest.fixture(scope="session")
def two(
    shipped: Contract, record: Record, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Endpoint, Endpoint]]:
    """Two gateways of the shipped document, as two workers: they share their data alone."""
    folder = tmp_path_factory.mktemp("mcp")
    data = Path(folder) / "data"
    app = standin_app(shipped, record=record)
    with (
        serve_in_thread(app) as upstream,
        file_host(folder, lambda request: respond(b"spoken words")) as host,
        serving(shipped, upstream.url, data, trusting(folder, host)) as first,
        serving(shipped, upstream.url, data, trusting(folder, host)) as second,
    ):
        yield first, second


@pytest.fixture
def endpoint(two: tuple[Endpoint, Endpoint]) -> Endpoint:
    return two[0]

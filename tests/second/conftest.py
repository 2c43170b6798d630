from collections.abc import Iterator

import pytest

from gateway.contract.model import Contract
from gateway.standin.record import Record
from tests.second.harbour import Relay, harbour_contract, relaying, standing_in
from tests.servers import Served


@pytest.fixture(scope="session")
def harbour() -> Contract:
    return harbour_contract()


@pytest.fixture(scope="module")
def relay(harbour: Contract) -> Iterator[Relay]:
    with relaying(harbour) as running:
        yield running


@pytest.fixture(scope="module")
def made_up(harbour: Contract) -> Iterator[tuple[Served, Record]]:
    with standing_in(harbour) as running:
        yield running

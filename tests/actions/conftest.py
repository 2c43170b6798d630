import pytest

from gateway.contract.model import Contract
from tests.actions.garden import garden


@pytest.fixture(scope="session")
def plot(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The contract of the garden."""
    return garden(tmp_path_factory.mktemp("document"))

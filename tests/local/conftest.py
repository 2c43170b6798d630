from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.contract.model import Contract
from tests.local.documents import contract_of, document
from tests.local.gateways import echoing
from tests.local.trees import ENV, PATHS, POLICY, SCHEMES


@pytest.fixture(scope="session")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    folder: Path = tmp_path_factory.mktemp("document")
    tree = document(PATHS, **{"x-gateway": POLICY})
    tree["components"]["securitySchemes"] = SCHEMES
    return contract_of(tree, folder)


@pytest.fixture(scope="session")
def client(trees: Contract) -> Iterator[httpx.Client]:
    with echoing(trees, **ENV) as client:
        yield client

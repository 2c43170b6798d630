"""A loader for each test of the contract."""

from pathlib import Path

import pytest

from tests.contract.loading import Loader


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    return Loader(tmp_path)

"""A loader for the tests that write documents of their own."""

from pathlib import Path

import pytest

from tests.contract.loading import Loader


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    return Loader(tmp_path)

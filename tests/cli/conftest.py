"""Homes for commands: an empty folder, and one with a document."""

from pathlib import Path

import pytest

from tests.cli.commands import PETS


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder that holds `pets.yaml`."""
    (tmp_path / "pets.yaml").write_text(PETS, encoding="utf-8")
    return tmp_path

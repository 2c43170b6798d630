from pathlib import Path

import pytest

from gateway.cli.app import run
from tests.codegen import small_documents as documents


def test_two_files_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = documents.write(documents.pets(), tmp_path / "old")
    changed = documents.pets()
    del changed["paths"]["/pets"]["get"]
    new = documents.write(changed, tmp_path / "new")
    assert run(["diff", str(old), "--spec", str(new)]) == 0
    assert "- `listPets`: GET /v2/pets is gone" in capsys.readouterr().out
    empty = tmp_path / "CHANGELOG.md"
    empty.write_text("# Changelog\n\n## [Unreleased]\n")
    assert run(["diff", str(old), "--spec", str(new), "--changelog", str(empty)]) == 1
    assert "listPets" in capsys.readouterr().err


def test_a_changelog_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = documents.write(documents.pets(), tmp_path)
    words = ["diff", str(spec), "--spec", str(spec), "--changelog", str(tmp_path / "none.md")]
    assert run(words) == 1
    assert "not readable" in capsys.readouterr().err


def test_an_unknown_base_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = documents.write(documents.pets(), tmp_path)
    assert run(["diff", "nothing", "--spec", str(spec)]) == 1
    assert "no revision that git knows" in capsys.readouterr().err

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.app import run
from gateway.resources import spec_folder
from tests.codegen import small_documents as documents


def test_the_module_is_the_command(tmp_path: Path) -> None:
    spec = documents.write(documents.pets(), tmp_path / "spec")
    options = ["--spec", str(spec), "--out", str(tmp_path / "out")]
    for action, last in (("generate", b"removed\n"), ("check", b"files are fresh\n")):
        done = subprocess.run(
            [sys.executable, "-m", "codegen", action, *options],
            cwd=spec_folder().parent,
            capture_output=True,
            check=True,
        )
        assert done.stdout.endswith(last)


def test_a_document_without_a_folder_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = documents.write(documents.pets(), tmp_path)
    assert run(["generate", "--spec", str(spec)]) == 1
    assert "--out" in capsys.readouterr().err


def test_a_document_that_cannot_be_served_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = documents.write({"swagger": "2.0"}, tmp_path / "spec")
    assert run(["generate", "--spec", str(spec), "--out", str(tmp_path / "out")]) == 1
    assert "Swagger 2.0" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

import json
from pathlib import Path

import pytest

from gateway.cli.app import run
from tests.codegen import small_documents as documents


def test_the_checkouts_own_documents_have_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "actions"]) == 0
    assert "no findings" in capsys.readouterr().out


def test_what_blocks_is_told_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = documents.write(documents.pets(), tmp_path)
    assert run(["lint", "actions", str(spec)]) == 1
    assert "Input should be '3.1.1' or '3.1.0'" in capsys.readouterr().out


def test_programs_get_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = documents.write(documents.pets(), tmp_path)
    assert run(["lint", "actions", str(spec), "--format", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert {"message", "effect", "place", "mend"} <= findings[0].keys()


def test_fix_writes_what_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = documents.write(documents.pets(), tmp_path, "pets.json")
    options = ["--fix", "--public-url", "https://pets.example.org"]
    assert run(["lint", "actions", str(spec), *options]) == 0
    made = tmp_path / "pets.actions.json"
    assert json.loads(made.read_text())["servers"] == [
        {"url": "https://pets.example.org/-/actions"}
    ]
    assert run(["lint", "actions", str(made)]) == 0


def test_fix_needs_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "actions", "--fix"]) == 1
    assert "nothing to mend" in capsys.readouterr().err

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from codegen.lint.files import lint_files, write_projection
from codegen.lint.view import Editor
from gateway.contract.model import Contract
from gateway.errors import StartError
from gateway.projection import ActionSet
from tests.lint.corpus_file import FOLDER, read

CLEAN = read(FOLDER / "clean.yaml").document
PLACEHOLDER = "https://relay.example.com/-/actions"
SOURCE = """\
openapi: 3.0.3
info: {title: Pets, version: "1"}
servers: [{url: http://pets.example.com}]
paths:
  /pets: {get: {operationId: listPets, responses: {"200": {description: Pets.}}}}
"""


def projecting(*names: str) -> Any:
    """Make a projection with sets of these names, each with the contract's title."""

    def project(contract: Contract) -> tuple[Mapping[str, ActionSet], list[Any]]:
        def document(name: str) -> dict[str, Any]:
            url = PLACEHOLDER if len(names) == 1 else f"{PLACEHOLDER}/{name}"
            info = {"title": contract.title, "version": "1"}
            return {**CLEAN, "info": info, "servers": [{"url": url}]}

        return {name: ActionSet(name, document(name), ()) for name in names}, []

    return project


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "pets.yaml"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_files_are_linted_together_with_what_the_editor_holds() -> None:
    clean, limit = FOLDER / "clean.yaml", FOLDER / "operation-limit.yaml"
    told = lint_files([clean, limit], editor=Editor(domains=("api.example.com",)))
    assert [name for name, _ in told] == [str(clean), str(limit)]
    assert [finding.rule for finding in told[0][1]] == ["duplicate-domains"]
    assert {finding.rule for finding in told[1][1]} == {"operation-limit", "duplicate-domains"}
    assert all(finding.line for _, findings in told for finding in findings)


def test_a_file_that_is_no_document_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- a\n", encoding="utf-8")
    with pytest.raises(StartError, match="not a mapping"):
        lint_files([path])
    with pytest.raises(StartError, match="not readable"):
        lint_files([tmp_path / "none.yaml"])


def test_the_projection_is_written_beside_the_document(source: Path) -> None:
    ((file, findings),) = write_projection(source, projecting("main"))
    assert file == source.with_name("pets.actions.json")
    assert findings == []
    text = file.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert json.loads(text)["info"]["title"] == "Pets"
    assert json.loads(text)["servers"] == [{"url": PLACEHOLDER}]
    assert source.read_text(encoding="utf-8") == SOURCE


def test_the_projection_has_the_public_origin(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    ((file, findings),) = write_projection(
        source, projecting("main"), out=out, public_url="https://pets.example.com/"
    )
    assert file == out / "pets.actions.json"
    assert findings == []
    servers = json.loads(file.read_text(encoding="utf-8"))["servers"]
    assert servers == [{"url": "https://pets.example.com/-/actions"}]


def test_a_public_origin_that_the_importer_does_not_take_is_told(source: Path) -> None:
    ((_, findings),) = write_projection(
        source, projecting("main"), public_url="http://localhost:8080"
    )
    assert [finding.rule for finding in findings] == ["server-origin"]


def test_several_sets_are_several_files_and_need_several_hosts(source: Path) -> None:
    told = write_projection(source, projecting("main", "more"))
    assert [file.name for file, _ in told] == ["pets.actions.main.json", "pets.actions.more.json"]
    assert [finding.rule for finding in told[1][1]] == ["duplicate-domains"]


def test_a_document_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("openapi: 2.0\n", encoding="utf-8")
    with pytest.raises(StartError):
        write_projection(path, projecting("main"))

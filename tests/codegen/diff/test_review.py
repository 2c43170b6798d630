import copy
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.diff.sources import base_state
from gateway.cli.diff import diff
from gateway.contract.compile import load_contract
from gateway.errors import StartError
from tests.codegen import small_documents as documents


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose document has two files, changed since its first commit."""
    document = documents.pets()
    schemas = document.pop("components")
    text = yaml.safe_dump(document).replace(
        "'#/components/schemas/Pet'", "'parts/pet.yaml#/components/schemas/Pet'"
    )
    spec = tmp_path / "repository" / "spec"
    (spec / "parts").mkdir(parents=True)
    (spec / "openapi.yaml").write_text(text)
    (spec / "parts" / "pet.yaml").write_text(yaml.safe_dump({"components": schemas}))
    (spec.parent / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n")
    git(spec.parent, "init", "-q")
    git(spec.parent, "add", "-A")
    git(spec.parent, "commit", "-q", "-m", "First")
    schemas["schemas"]["Pet"]["required"] = ["name", "age"]
    (spec / "parts" / "pet.yaml").write_text(yaml.safe_dump({"components": schemas}))
    return spec.parent


def test_a_revision_is_read_whole(repository: Path) -> None:
    spec = repository / "spec" / "openapi.yaml"
    state = base_state("HEAD", spec)
    assert state.contract.operations.keys() == load_contract(spec).operations.keys()
    assert "- age" not in state.texts["parts/pet.yaml"]
    assert state.changelog.startswith("# Changelog")


@pytest.mark.parametrize("base", ["no-such", "--output=x", "HEAD~5"])
def test_what_is_no_revision_is_told(repository: Path, base: str) -> None:
    with pytest.raises(StartError, match="no revision that git knows"):
        base_state(base, repository / "spec" / "openapi.yaml")


def test_a_document_outside_of_a_repository_has_no_revisions(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no revision"):
        base_state("HEAD", documents.write(documents.pets(), tmp_path))


def test_the_review_says_it_all(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("HEAD", spec=repository / "spec" / "openapi.yaml") == 0
    text = capsys.readouterr().out
    assert "# What changed in Pets since HEAD\n" in text
    assert re.search(r"\| API clients \| 1 \| 1 \| 0 \|", text)
    assert "- `createPet`: Pet/age is required now" in text
    assert "--- parts/pet.yaml\n+++ parts/pet.yaml\n" in text
    (current,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    shown = yaml.safe_load(current)
    assert "post" in shown["paths"]["/pets"]
    assert shown["components"]["schemas"]["Pet"]["required"] == ["name", "age"]
    assert "## For Actions and tools" in text


def test_a_changelog_must_name_what_breaks(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, changelog = repository / "spec" / "openapi.yaml", repository / "CHANGELOG.md"
    assert diff("HEAD", spec=spec, changelog=changelog) == 1
    told = capsys.readouterr()
    assert "## Breaking, and not named in the changelog" in told.out
    assert "createPet" in told.err
    changelog.write_text("# Changelog\n\n## [Unreleased]\n\n### Changed\n- `createPet`: age.\n")
    assert diff("HEAD", spec=spec, changelog=changelog) == 0


def test_the_patch_keeps_every_blank(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old: dict[str, Any] = documents.pets()
    new = copy.deepcopy(old)
    new["info"]["title"] = "Dogs"
    base = documents.write(old, tmp_path / "old")
    spec = documents.write(new, tmp_path / "new")
    for path in (base, spec):
        path.write_text(path.read_text().replace('"version"', '\n\n\n"version"'))
    assert diff(str(base), spec=spec) == 0
    text = capsys.readouterr().out
    assert '-  "title": "Pets",\n+  "title": "Dogs",\n' in text
    assert "\n   \n \n \n" in text


def test_nothing_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = documents.write(documents.pets(), tmp_path)
    assert diff(str(base), spec=base) == 0
    text = capsys.readouterr().out
    assert text.count("Nothing.") == 4


def test_a_fence_in_the_document_does_not_end_the_patch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = documents.pets()
    base = documents.write(old, tmp_path / "old")
    old["info"]["description"] = "```sh\ncurl\n```"
    spec = documents.write(old, tmp_path / "new")
    assert diff(str(base), spec=spec) == 0
    assert "````diff\n" in capsys.readouterr().out

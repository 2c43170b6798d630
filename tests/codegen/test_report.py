from pathlib import Path

from codegen.project import project_reported
from codegen.report import report
from tests.codegen import small_documents as documents


def test_every_rewrite_is_listed_with_its_reason(tmp_path: Path) -> None:
    contract = documents.contract_of(documents.pets(), tmp_path)
    projected = project_reported(contract)
    text = report(contract, projected, "pets.json", "specrelay generate")
    assert projected.entries
    for entry in projected.entries:
        assert " ".join(entry.what.split()).replace("|", "\\|").replace("<", "&lt;") in text
        assert entry.operation in text
    assert "| `listPets` | direct | GET | `/v2/pets` |" in text


def test_what_has_no_tool_is_listed(tmp_path: Path) -> None:
    contract = documents.contract_of(documents.shelves(), tmp_path)
    text = report(contract, project_reported(contract), "s", "c")
    assert "- room3: `readShelf30`, `writeShelf30`" in text
    assert "## Action set `second`: 22 operations" in text

from pathlib import Path
from typing import Any

from codegen.actions.document import PLACEHOLDER
from codegen.manifest import ESSENTIALS
from codegen.project import project
from gateway.contract.compile import load_contract
from gateway.resources import spec_folder
from tests.codegen import small_documents as documents


def test_the_manifest_lists_every_operation_once(tmp_path: Path) -> None:
    contract = documents.contract_of(documents.shelves(), tmp_path)
    manifest = project(contract).manifest
    listed = [each for family in manifest["families"] for each in family["operations"]]
    assert sorted(each["operationId"] for each in listed) == sorted(contract.operations)
    tools = {each["operationId"]: each["tool"] for each in listed if "tool" in each}
    assert len(tools) == 40
    assert list(manifest["action_sets"]) == ["first", "second"]
    second = manifest["action_sets"]["second"]
    assert second["document"] == f"{PLACEHOLDER}/-/openapi.actions.second.json"
    assert len(second["operations"]) == 22


def test_links_are_the_documents_own_paths_or_the_twins(tmp_path: Path) -> None:
    shipped = project(load_contract(spec_folder() / "openapi.yaml")).manifest
    assert shipped["links"]["openapi"] == f"{PLACEHOLDER}/openapi.json"
    pets = project(documents.contract_of(documents.pets(), tmp_path)).manifest
    assert pets["links"]["openapi"] == f"{PLACEHOLDER}/-/openapi.json"


def test_the_plugin_manifest_keeps_its_limits(tmp_path: Path) -> None:
    document: dict[str, Any] = documents.pets()
    document["info"]["title"] = "A title of many words that is too long for the members " * 2
    document["info"]["termsOfService"] = "https://example.com/terms"
    plugin = project(documents.contract_of(document, tmp_path)).plugin
    assert len(plugin["name_for_human"]) <= 20
    assert len(plugin["name_for_model"]) <= 50
    assert len(plugin["description_for_human"]) <= 100
    assert len(plugin["description_for_model"]) <= 8000
    assert plugin["contact_email"] == "pets@example.com"
    assert plugin["legal_info_url"] == "https://example.com/terms"
    assert "logo_url" not in plugin  # nothing is made up


def test_the_instructions_name_what_has_no_tool(tmp_path: Path) -> None:
    contract = documents.contract_of(documents.shelves(), tmp_path)
    essentials, rest = project(contract).instructions.split("\n", 1)
    assert len(essentials) <= ESSENTIALS
    assert "room3: readShelf30, writeShelf30" in rest
    assert "readShelf1," not in rest

from pathlib import Path
from typing import Any

from codegen.samples import Sampler
from tests.codegen import small_documents as documents


def test_only_what_is_required_is_in_it(tmp_path: Path) -> None:
    contract = documents.contract_of(documents.pets(), tmp_path)
    sample = Sampler(contract).sample(contract.operations["createPet"])
    assert list(sample.body) == ["name"]
    assert contract.operations["createPet"].body is not None
    check = contract.operations["createPet"].body.types[0].check
    assert check is not None
    assert check.is_valid(sample.body)


def test_the_documents_example_wins(tmp_path: Path) -> None:
    document: dict[str, Any] = documents.pets()
    media = document["paths"]["/pets"]["post"]["requestBody"]["content"]["application/json"]
    document["components"]["examples"] = {"Rex": {"value": {"name": "Rex", "age": 3}}}
    media["examples"] = {"rex": {"$ref": "#/components/examples/Rex"}}
    contract = documents.contract_of(document, tmp_path)
    sample = Sampler(contract).sample(contract.operations["createPet"])
    assert sample.body == {"name": "Rex", "age": 3}


def test_of_a_body_that_requires_nothing_what_is_shown_is_taken(tmp_path: Path) -> None:
    document: dict[str, Any] = documents.pets()
    schema = document["components"]["schemas"]["Pet"]
    del schema["required"]
    schema["properties"]["age"]["example"] = 7
    contract = documents.contract_of(document, tmp_path)
    sample = Sampler(contract).sample(contract.operations["createPet"])
    assert sample.body == {"age": 7}


def test_an_upload_knows_its_files(tmp_path: Path) -> None:
    contract = documents.contract_of(documents.pets(), tmp_path)
    sample = Sampler(contract).sample(contract.operations["putPhoto"])
    assert sample.files == ("photo",)
    assert sample.kind == "multipart"
    assert "{" not in sample.path


def test_a_form_is_written_as_its_operation_wants_it(tmp_path: Path) -> None:
    document: dict[str, Any] = documents.pets()
    media = {
        "schema": {"type": "object"},
        "example": {"owner": {"name": "Ann"}, "tags": ["a", "b"], "age": 3},
    }
    content = {"application/x-www-form-urlencoded": media}
    document["paths"]["/pets"]["post"]["requestBody"] = {"content": content}
    contract = documents.contract_of(document, tmp_path)
    sample = Sampler(contract).sample(contract.operations["createPet"])
    assert sample.fields == (("owner[name]", "Ann"), ("tags", "a"), ("tags", "b"), ("age", "3"))

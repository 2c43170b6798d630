import ast
import inspect
import shlex
from functools import reduce
from pathlib import Path
from typing import Any

import openai
import pytest

from codegen.curation import curate
from codegen.reference import Family, families
from codegen.render import render
from codegen.snippets import sdk_method
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.resources import spec_folder
from tests.codegen import small_documents as documents


@pytest.fixture(scope="module")
def shipped() -> Contract:
    return load_contract(spec_folder() / "openapi.yaml")


def pages_of(contract: Contract) -> dict[str, Family]:
    return {page.slug: page for page in families(contract, curate(contract).classes)}


def test_every_operation_is_on_one_page(shipped: Contract) -> None:
    said = [e.operation.id for page in pages_of(shipped).values() for e in page.entries]
    assert sorted(said) == sorted(shipped.operations)


def test_every_family_has_samples_that_are_whole(shipped: Contract) -> None:
    for page in pages_of(shipped).values():
        assert page.shown is not None
        words = shlex.split(page.curl.replace("\\\n", " "))
        assert words[0] == "curl", page.slug
        assert any(word.startswith("http://127.0.0.1:8080/") for word in words)
        ast.parse(page.python)


# Families whose samples call the API itself.
WITHOUT_SDK = {"gateway", "live", "organization", "projects", "safety", "webhooks"}


def test_sdk_samples_call_methods_that_exist(shipped: Contract) -> None:
    client = openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1")
    named = 0
    for page in pages_of(shipped).values():
        assert page.shown is not None
        name = sdk_method(page.shown, shipped)
        if name is None:
            assert page.slug in WITHOUT_SDK
            continue
        method = reduce(getattr, name.split("."), client)
        arguments = _arguments(page.python, name)
        assert arguments <= set(inspect.signature(method).parameters), (name, arguments)
        named += 1
    assert named >= 15


def _arguments(source: str, name: str) -> set[str]:
    """Return the keywords of the call in a sample."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"client.{name}":
            return {keyword.arg or "" for keyword in node.keywords}
    raise AssertionError(f"{name} is not called in:\n{source}")


@pytest.mark.parametrize(
    ("identity", "method"),
    [
        ("createResponse", "responses.create"),
        ("getResponse", "responses.retrieve"),
        ("cancelResponse", "responses.cancel"),
        ("deleteResponse", "responses.delete"),
        ("listFiles", "files.list"),
        ("createFile", "files.create"),
        ("createImageEdit", "images.edit"),
        ("createSpeech", "audio.speech.create"),
        ("createChatCompletion", "chat.completions.create"),
        ("listVectorStoreFiles", "vector_stores.files.list"),
        ("searchVectorStore", "vector_stores.search"),
        ("modifyVectorStore", "vector_stores.update"),
        ("health", None),
    ],
)
def test_the_sdks_methods_follow_from_the_paths(
    shipped: Contract, identity: str, method: str | None
) -> None:
    assert sdk_method(shipped.operations[identity], shipped) == method


def test_another_document_is_called_by_httpx(tmp_path: Path) -> None:
    contract = documents.contract_of(documents.pets(), tmp_path)
    pages = pages_of(contract)
    assert list(pages) == ["pets-friends", "default"]
    page = pages["pets-friends"]
    assert page.shown is not None
    assert page.shown.id == "createPet"
    assert 'answer = client.post("/v2/pets", json=' in page.python
    assert "X-Relay-Key: $RELAY_KEY" in page.curl
    ast.parse(page.python)


def test_a_page_says_what_there_is_to_say(tmp_path: Path) -> None:
    contract = documents.contract_of(documents.pets(), tmp_path)
    page = pages_of(contract)["pets-friends"]
    text = render("reference.md.j2", family=page, source="s", command="c")
    assert "All | animals." in text
    assert "| `kind` | query | string: `cat`, `dog` |  |  |" in text
    assert "| `name` | body | string | yes | What it listens to. |" in text
    assert "`POST /v2/pets` · `createPet`" in text
    text = render("reference.md.j2", family=pages_of(contract)["default"], source="s", command="c")
    assert "| `pet_id` | path | integer | yes | Whose. |" in text
    assert "| `photo` | body |" in text


def test_bytes_are_written_to_a_file(tmp_path: Path) -> None:
    document: dict[str, Any] = documents.pets()
    document["paths"] = {"/pets/{pet_id}/photo": document["paths"]["/pets/{pet_id}/photo"]}
    del document["paths"]["/pets/{pet_id}/photo"]["put"]
    contract = documents.contract_of(document, tmp_path)
    page = pages_of(contract)["default"]
    assert page.curl.endswith("-o answer.bin")
    assert 'Path("answer.bin").write_bytes(answer.content)' in page.python


def test_the_documents_own_sample_wins(tmp_path: Path) -> None:
    document = documents.pets()
    samples = [{"lang": "Python", "source": "pets.add(name='Rex')\n"}]
    document["paths"]["/pets"]["post"]["x-codeSamples"] = samples
    page = pages_of(documents.contract_of(document, tmp_path))["pets-friends"]
    assert page.python == "pets.add(name='Rex')"


def test_an_upload_names_its_file(tmp_path: Path) -> None:
    document = documents.pets()
    item = document["paths"]["/pets/{pet_id}/photo"]
    item["post"] = item.pop("put")
    page = pages_of(documents.contract_of(document, tmp_path))["default"]
    assert "-F photo=@photo.bin" in page.curl
    assert 'files={"photo": open("photo.bin", "rb")}' in page.python


def test_names_of_files_do_not_clash(tmp_path: Path) -> None:
    document = documents.shelves()
    for number, name in enumerate(("A b", "a-b", "README", "…")):
        document["paths"][f"/shelves/{number}"]["get"]["tags"] = [name]
    pages = pages_of(documents.contract_of(document, tmp_path))
    assert {"a-b", "a-b-2", "readme-2", "family"} <= set(pages)

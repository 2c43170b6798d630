"""The binding document of every test document is one that Connexion takes."""

from pathlib import Path

import pytest
from connexion.spec import Specification

from gateway.contract.binding import binding_document
from gateway.contract.compile import load_contract
from gateway.contract.model import Operation
from gateway.resources import spec_folder
from tests.contract.loading import Loader, minimal

DOCUMENTS = Path(__file__).parent.parent / "documents"
ALL = [
    *sorted(DOCUMENTS.glob("*.yaml")),
    *sorted(DOCUMENTS.glob("*.json")),
    DOCUMENTS / "split" / "openapi.yaml",
    spec_folder() / "openapi.yaml",
]


def is_open(operation: Operation) -> bool:
    return operation.policy.public


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_connexion_takes_it(path: Path, tmp_path: Path) -> None:
    operations = load_contract(path, tmp_path).operations
    binding = binding_document(operations.values(), "relay", is_open)
    loaded = Specification.load(binding)
    bound = {
        operation["operationId"]: (path, method.upper())
        for path, item in loaded["paths"].items()
        for method, operation in item.items()
    }
    assert bound.keys() == operations.keys()
    assert all(bound[name][1] == operations[name].method for name in bound)
    templated = ["{" in key for key in binding["paths"]]
    assert templated == sorted(templated)


def test_what_it_holds(load: Loader) -> None:
    def parameter(name: str, place: str) -> dict[str, object]:
        return {"name": name, "in": place, "required": True, "schema": {"type": "integer"}}

    operation = {
        "operationId": "a",
        "parameters": [parameter("id", "path"), parameter("q", "query"), parameter("X", "header")],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/x"}}}},
        "responses": {"200": {"description": "ok"}},
    }
    other = {"operationId": "b", "responses": {}, "x-gateway": {"public": True}}
    contract = load(
        minimal(paths={"/t/{id}": {"post": operation}, "/a?b=c": {"get": other}, "/a": {"get": {}}})
    )
    binding = binding_document(contract.operations.values(), "relay", is_open)
    assert list(binding["paths"]) == ["/a?b=c", "/a", "/t/{id}"]
    assert binding["paths"]["/a?b=c"]["get"]["security"] == []
    bound = binding["paths"]["/t/{id}"]["post"]
    assert bound["security"] == [{"relay": []}]
    assert bound.keys() == {"operationId", "responses", "security"}
    Specification.load(binding)


def test_of_two_that_take_the_same_requests_the_first_is_bound(load: Loader) -> None:
    paths = {key: {"get": {"operationId": key[-1], "responses": {}}} for key in ("/a#x", "/a#y")}
    contract = load(minimal(paths=paths))
    binding = binding_document(contract.operations.values(), "relay", is_open)
    assert binding["paths"]["/a"]["get"]["operationId"] == "x"
    Specification.load(binding)

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.diff.change import Change
from codegen.diff.operations import client_changes
from tests.codegen import small_documents as documents

Edit = Callable[[dict[str, Any]], Any]


def changes(edit: Edit, folder: Path) -> list[Change]:
    old = documents.pets()
    new = copy.deepcopy(old)
    edit(new)
    return client_changes(
        documents.contract_of(old, folder / "old"), documents.contract_of(new, folder / "new")
    )


def listing(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/pets"]["get"]
    return found


def creating(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/pets"]["post"]
    return found


def rename_path(document: dict[str, Any]) -> None:
    item = document["paths"].pop("/pets/{pet_id}")
    item["parameters"][0]["name"] = "id"
    document["paths"]["/pets/{id}"] = item


def add_operation(document: dict[str, Any]) -> None:
    document["paths"]["/owners"] = {"get": {"operationId": "listOwners", "responses": {}}}


CASES: list[tuple[str, Edit, set[tuple[str, str]]]] = [
    ("nothing", lambda d: None, set()),
    ("an operation gone", lambda d: d["paths"]["/pets"].pop("get"), {("breaking", "listPets")}),
    ("an operation new", add_operation, {("compatible", "listOwners")}),
    ("a path parameter renamed", rename_path, set()),
    (
        "an id renamed",
        lambda d: listing(d).update(operationId="allPets"),
        {("breaking", "allPets")},
    ),
    (
        "a summary",
        lambda d: listing(d).update(summary="All pets"),
        {("documentation", "listPets")},
    ),
    (
        "a parameter gone",
        lambda d: listing(d)["parameters"].pop(),
        {("breaking", "listPets")},
    ),
    (
        "an optional parameter",
        lambda d: listing(d)["parameters"].append({"name": "q", "in": "query", "schema": {}}),
        {("compatible", "listPets")},
    ),
    (
        "a required parameter",
        lambda d: listing(d)["parameters"].append(
            {"name": "q", "in": "query", "required": True, "schema": {}}
        ),
        {("breaking", "listPets")},
    ),
    (
        "a parameter becomes required",
        lambda d: listing(d)["parameters"][0].update(required=True),
        {("breaking", "listPets")},
    ),
    (
        "a parameter's values",
        lambda d: listing(d)["parameters"][0]["schema"].update(enum=["cat", "dog", "owl"]),
        {("compatible", "listPets")},
    ),
    (
        "a parameter written otherwise",
        lambda d: listing(d)["parameters"][1].update(explode=False),
        {("breaking", "listPets")},
    ),
    (
        "a body becomes optional",
        lambda d: creating(d)["requestBody"].update(required=False),
        {("compatible", "createPet")},
    ),
    (
        "a media type more",
        lambda d: creating(d)["requestBody"]["content"].update({"text/plain": {}}),
        {("compatible", "createPet")},
    ),
    (
        "another media type",
        lambda d: creating(d)["requestBody"].update(content={"text/plain": {}}),
        {("breaking", "createPet"), ("compatible", "createPet")},
    ),
    (
        "an answer gone",
        lambda d: creating(d).update(responses={"201": {"description": "It."}}),
        {("breaking", "createPet"), ("compatible", "createPet")},
    ),
    (
        "a policy stricter",
        lambda d: listing(d).update({"x-gateway": {"unknown-query": "refuse"}}),
        {("breaking", "listPets")},
    ),
    (
        "a policy laxer",
        lambda d: listing(d).update({"x-gateway": {"request": "report"}}),
        {("compatible", "listPets")},
    ),
    (
        "open to all",
        lambda d: listing(d).update({"x-gateway": {"public": True}}),
        {("compatible", "listPets")},
    ),
    (
        "a smaller body",
        lambda d: creating(d).update({"x-gateway": {"max-body": "1KiB"}}),
        {("breaking", "createPet")},
    ),
    (
        "errors of another shape",
        lambda d: d.update({"x-gateway": {"errors": "openai"}}),
        {("breaking", "")},
    ),
    ("a version", lambda d: d["info"].update(version="2"), {("documentation", "")}),
]


@pytest.mark.parametrize(("name", "edit", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_change_has_its_class(
    name: str, edit: Edit, expected: set[tuple[str, str]], tmp_path: Path
) -> None:
    found = [each for each in changes(edit, tmp_path) if each.audience == "clients"]
    assert {(each.level, each.operation) for each in found} == expected


def test_a_class_for_tools_is_the_tools_change(tmp_path: Path) -> None:
    def never(document: dict[str, Any]) -> None:
        for item in document["paths"].values():
            for method in item.keys() - {"parameters"}:
                item[method]["x-gateway"] = {"actions": "never"}

    found = changes(never, tmp_path)
    assert {(each.audience, each.level) for each in found} == {("tools", "breaking")}


def test_a_component_is_compared_for_requests_and_for_answers(tmp_path: Path) -> None:
    def require(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Pet"]["required"] = ["name", "tag"]

    found = changes(require, tmp_path)
    assert {(each.operation, each.place, each.level) for each in found} == {
        ("createPet", "Pet/tag", "breaking"),  # of what is sent
        ("createPet", "Pet/tag", "compatible"),  # of what is answered
    }
    assert all(each.names == ("createPet", "Pet") for each in found)

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.diff.projections import tool_changes
from codegen.project import project
from tests.codegen import small_documents as documents

Edit = Callable[[dict[str, Any]], Any]


def rename_set(document: dict[str, Any]) -> None:
    sets = document["x-gateway"]["action-sets"]
    sets["third"] = sets.pop("second")


def body_of(document: dict[str, Any]) -> dict[str, Any]:
    media = document["paths"]["/shelves/0"]["post"]["requestBody"]["content"]["application/json"]
    found: dict[str, Any] = media["schema"]
    return found


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda d: None, set()),
        (
            lambda d: body_of(d)["properties"].update(more={"type": "string"}),
            {("compatible", "writeShelf0", "input/more")},
        ),
        (
            lambda d: body_of(d).update(required=["text"]),
            {("breaking", "writeShelf0", "input/text")},
        ),
        (
            lambda d: body_of(d).update(properties={"words": {"type": "string"}}),
            {
                ("breaking", "writeShelf0", "input/text"),
                ("compatible", "writeShelf0", "input/words"),
            },
        ),
        (
            lambda d: d["paths"]["/shelves/0"]["get"].update(summary="Look at it"),
            {("documentation", "readShelf0", "")},
        ),
        (
            lambda d: d["paths"]["/shelves/0"]["get"].update({"x-openai-isConsequential": True}),
            {("compatible", "readShelf0", "")},
        ),
    ],
)
def test_a_change_has_its_class(
    edit: Edit, expected: set[tuple[str, str, str]], tmp_path: Path
) -> None:
    old = documents.shelves()
    new = copy.deepcopy(old)
    edit(new)
    found = tool_changes(
        project(documents.contract_of(old, tmp_path / "old")),
        project(documents.contract_of(new, tmp_path / "new")),
    )
    assert {(each.level, each.operation, each.place) for each in found} == expected


def test_a_set_that_is_gone_breaks(tmp_path: Path) -> None:
    document = documents.shelves()
    rename_set(document)
    found = tool_changes(
        project(documents.contract_of(documents.shelves(), tmp_path / "old")),
        project(documents.contract_of(document, tmp_path / "new")),
    )
    assert {(each.level, each.place) for each in found} == {
        ("breaking", "second"),
        ("compatible", "third"),
    }


def test_a_call_under_another_path_must_be_imported_again(tmp_path: Path) -> None:
    document = documents.shelves()
    document["paths"]["/boards/0"] = document["paths"].pop("/shelves/0")
    found = tool_changes(
        project(documents.contract_of(documents.shelves(), tmp_path / "old")),
        project(documents.contract_of(document, tmp_path / "new")),
    )
    assert {each.operation for each in found if each.level == "breaking"} == {
        "readShelf0",
        "writeShelf0",
    }

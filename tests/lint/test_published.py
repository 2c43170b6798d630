"""What is published has no finding of either reading."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegen.lint.actions import lint_actions
from tests.independent.actions_checker import check_document
from tests.independent.tools_checker import check_function_tools, check_mcp_tools

PUBLISHED = Path(__file__).parents[2] / "spec" / "published"
ACTIONS = sorted((PUBLISHED / "actions").glob("*.json"))
ENVELOPE, JOB = "proxyRequest", "getJob"


def read(name: str) -> Any:
    return json.loads((PUBLISHED / name).read_text(encoding="utf-8"))


def methods() -> dict[str, list[str]]:
    """Return the methods that a tool's call can end in, by the tool's name."""
    operations = [
        (operation.get("operationId"), method)
        for item in read("openapi.json")["paths"].values()
        for method, operation in item.items()
        if isinstance(operation, dict)
    ]
    reaches = {name: [method] for name, method in operations}
    return {**reaches, ENVELOPE: [method for _, method in operations], JOB: ["get"]}


def test_there_are_actions_documents() -> None:
    assert ACTIONS


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: path.stem)
def test_an_actions_document_has_no_finding_of_either_reading(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = json.loads(text)
    assert lint_actions(document, text=text) == []
    assert check_document(document) == []
    operations = [method for item in document["paths"].values() for method in item]
    assert 20 <= len(operations) <= 30


@pytest.mark.parametrize("form", ["responses", "chat"])
def test_function_tools_have_no_fault(form: str) -> None:
    assert check_function_tools(read(f"tools/{form}.json"), form=form) == []


def test_mcp_tools_have_no_fault() -> None:
    assert check_mcp_tools(read("mcp.json")["tools"], reaches=methods(), local=[JOB]) == []

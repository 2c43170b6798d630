"""The shipped document: lengths of its texts, one tag, a class for Actions, an error answer."""

import pytest

from gateway.contract.compile import load_contract
from gateway.contract.model import Operation
from gateway.contract.pointer import follow
from gateway.resources import spec_folder

CONTRACT = load_contract(spec_folder() / "openapi.yaml")
OPERATIONS = list(CONTRACT.operations.values())
SUMMARY, DESCRIPTION, PARAMETER = 120, 300, 700  # characters


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_an_operation_tells_what_it_does(operation: Operation) -> None:
    assert 0 < len(operation.summary) <= SUMMARY
    assert 0 < len(operation.description) <= DESCRIPTION
    assert len(operation.document["tags"]) == 1
    assert operation.policy.actions is not None, "x-gateway.actions is missing"
    if not operation.local and not operation.websocket:
        assert any(answer.status == "default" for answer in operation.answers)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_its_parameters_tell_what_they_are(operation: Operation) -> None:
    item = CONTRACT.document["paths"][operation.key]
    declared = [*item.get("parameters", ()), *operation.document.get("parameters", ())]
    for node in declared:
        said, _ = follow(CONTRACT.document, node)
        assert 0 < len(said.get("description", "")) <= PARAMETER, said.get("name")


def test_tags_are_the_families_of_the_root() -> None:
    declared = [tag["name"] for tag in CONTRACT.document["tags"]]
    assert len(declared) == len(set(declared))
    assert {operation.tag for operation in OPERATIONS} == set(declared)


def test_families_stand_together() -> None:
    order = list(dict.fromkeys(operation.tag for operation in OPERATIONS))
    runs = [
        operation.tag
        for before, operation in zip([None, *OPERATIONS], OPERATIONS, strict=False)
        if before is None or before.tag != operation.tag
    ]
    assert runs == order, "a family is in two places of spec/openapi.yaml"

from dataclasses import replace
from pathlib import Path

from gateway.contract.model import Contract
from gateway.local.applications import LocalDependencies, local_applications
from gateway.local.catalogue import local_operations
from tests.local.documents import contract_of, document, operation


def test_every_local_operation_has_its_application(tmp_path: Path) -> None:
    health = operation("health", **{"x-gateway": {"upstream": "local"}})
    paths = {"/alive": {"get": health}, "/a": {"get": operation("docs")}}
    contract = with_own(contract_of(document(paths), tmp_path))
    made = local_applications(contract, LocalDependencies(contract, "", (), lambda: _never))
    assert set(made) == {each.id for each in contract.operations.values() if each.local}
    assert made["health"] is made["-/health"]
    assert "docs" not in made
    assert made["docs_2"] == made["-/docs"]


def with_own(contract: Contract) -> Contract:
    own = {each.id: each for each in local_operations(contract)}
    return replace(contract, operations={**contract.operations, **own})


async def _never(*_: object) -> None:
    raise AssertionError("nothing is called")

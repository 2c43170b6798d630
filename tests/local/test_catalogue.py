from pathlib import Path
from typing import Any

import pytest

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract, Operation
from gateway.errors import StartError
from gateway.local.catalogue import local_kind, local_operations
from tests.local.documents import SHIPPED, contract_of, document, operation

LOCAL = {"upstream": "local"}
TWINS = {
    *("/-/health", "/-/ready", "/-/openapi.json", "/-/openapi.yaml"),
    *("/-/docs", "/-/docs/{asset}", "/-/proxy"),
}
USUAL = {"/health", "/ready", "/openapi.json", "/openapi.yaml", "/docs", "/v1/proxy"}


def by_path(contract: Contract, open_documents: bool = True) -> dict[str, Operation]:
    return {each.path: each for each in local_operations(contract, open_documents)}


def compiled(tmp_path: Path, paths: dict[str, Any], **members: Any) -> Contract:
    return contract_of(document(paths, **members), tmp_path)


def test_a_document_that_names_none_gets_all(tmp_path: Path) -> None:
    found = by_path(compiled(tmp_path, {"/a": {"get": operation("a")}}))
    assert set(found) == TWINS | USUAL
    assert found["/health"].id == "health"
    assert found["/-/health"].id == "-/health"
    assert found["/v1/proxy"].method == "POST"
    assert all(each.local for each in found.values())


def test_the_shipped_document_names_its_own() -> None:
    contract = load_contract(SHIPPED)
    found = by_path(contract)
    assert set(found) == TWINS | USUAL
    assert {found[path].id for path in USUAL} <= set(contract.operations)


def test_a_path_of_the_document_is_left_alone(tmp_path: Path) -> None:
    paths = {
        "/health": {"get": operation("health")},
        "/ready": {"post": operation("makeReady")},
        "/{name}": {"get": operation("named")},
        "/v1/{name}": {"get": operation("inV1")},
    }
    found = by_path(compiled(tmp_path, paths))
    assert set(found) == TWINS


def test_an_id_of_the_document_is_left_alone(tmp_path: Path) -> None:
    found = by_path(compiled(tmp_path, {"/state": {"get": operation("health")}}))
    assert found["/health"].id == "health_2"
    assert local_kind(found["/health"]) == "health"


def test_what_is_open(tmp_path: Path) -> None:
    contract = compiled(tmp_path, {"/a": {"get": operation("a")}})
    open_paths = {path for path, each in by_path(contract).items() if each.policy.public}
    assert open_paths == (TWINS | USUAL) - {"/-/proxy", "/v1/proxy"}
    few = {path for path, each in by_path(contract, False).items() if each.policy.public}
    assert few == {"/-/health", "/health", "/-/ready", "/ready"}


def test_closed_ones_take_the_key_at_every_place_of_the_document(tmp_path: Path) -> None:
    contract = compiled(tmp_path, {"/a": {"get": operation("a")}})
    assert by_path(contract)["/-/proxy"].security == (("key",),)


def test_the_document_says_which_of_its_own_are_open(tmp_path: Path) -> None:
    paths = {
        "/alive": {"get": operation("health", **{"x-gateway": LOCAL})},
        "/up": {"get": operation("ready", security=[], **{"x-gateway": LOCAL})},
        "/spec": {"get": operation("openapiJson", security=[], **{"x-gateway": LOCAL})},
    }
    contract = compiled(tmp_path, paths)
    found = by_path(contract)
    assert [found[path].policy.public for path in ("/alive", "/up", "/spec")] == [
        *(False, True, True)
    ]
    assert by_path(contract, False)["/spec"].policy.public is False


def test_an_unknown_local_operation_is_told_with_a_suggestion(tmp_path: Path) -> None:
    paths = {"/h": {"get": operation("helth", **{"x-gateway": LOCAL})}}
    with pytest.raises(StartError, match="Did you mean 'health'"):
        local_operations(compiled(tmp_path, paths))


def test_a_document_must_not_take_our_paths(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="/-/health"):
        local_operations(compiled(tmp_path, {"/-/health": {"get": operation("theirs")}}))
    found = by_path(compiled(tmp_path, {"/-/{x}": {"get": operation("theirs")}}))
    assert set(found) == TWINS | USUAL


def test_the_document_may_name_a_twin_itself(tmp_path: Path) -> None:
    paths = {"/-/health": {"get": operation("health", **{"x-gateway": LOCAL})}}
    found = by_path(compiled(tmp_path, paths))
    assert found["/-/health"].id == "health"


def test_envelopes_are_read_whole_and_bounded(tmp_path: Path) -> None:
    for each in local_operations(load_contract(SHIPPED)):
        if local_kind(each) == "proxyRequest":
            assert each.policy.max_body == 32 << 20
            assert each.body is not None
            assert [kind.media_type for kind in each.body.types] == ["application/json"]

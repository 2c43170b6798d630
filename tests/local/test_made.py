"""Operations that the gateway adds, and the names and places that are free for them."""

from pathlib import Path

from gateway.contract.model import Policy
from gateway.contract.router import Router
from gateway.local.made import OPEN, free_id, is_free, json_body, made_operation, scope_of
from tests.local.documents import contract_of, document, operation


def test_an_operation_is_local_and_found_at_its_path() -> None:
    policy = Policy(upstream="local", public=True, scope=scope_of("POST"))
    made = made_operation(
        "id", "POST", "/-/x/{y}", "kind", summary="s", security=OPEN, policy=policy
    )
    assert made.local
    assert made.policy.scope == "gateway:write"
    assert made.document["operationId"] == "kind"
    assert Router([made]).match("POST", b"/-/x/1").path_values == ("1",)
    assert json_body(required=True).required


def test_ids_are_free_and_taken() -> None:
    taken = {"a"}
    assert [free_id("a", taken), free_id("a", taken), free_id("b", taken)] == ["a_2", "a_3", "b"]
    assert taken == {"a", "a_2", "a_3", "b"}


def test_a_path_is_free_unless_a_template_has_it(tmp_path: Path) -> None:
    tree = document({"/{any}": {"get": operation("one")}})
    router = Router(contract_of(tree, tmp_path).operations.values())
    assert not is_free(router, "GET", "/docs")
    assert not is_free(router, "POST", "/docs")
    assert is_free(router, "GET", "/v1/docs")

from dataclasses import replace

from gateway.actions.operations import CALL, DOWNLOAD, PUBLISHED, action_operations
from gateway.contract.model import Contract
from gateway.projection import Projection
from tests.actions.garden import projection


def test_every_call_has_an_operation(plot: Contract) -> None:
    found = action_operations(plot, projection())
    calls = {(each.method, each.path) for each in found if each.document["operationId"] == CALL}
    assert ("POST", "/-/actions/trees") in calls
    assert ("GET", "/-/actions/jobs/{id}") in calls
    assert len(calls) == 9
    assert len({each.id for each in found}) == len(found)
    assert not {each.id for each in found} & set(plot.operations)
    assert all(each.local for each in found)


def test_what_is_open(plot: Contract) -> None:
    def public(open_documents: bool) -> set[str]:
        found = action_operations(plot, projection(), open_documents=open_documents)
        return {str(each.document["operationId"]) for each in found if each.policy.public}

    assert public(True) == {DOWNLOAD, PUBLISHED}
    assert public(False) == {DOWNLOAD}


def test_a_document_s_own_path_is_left_to_it(plot: Contract) -> None:
    own = replace(plot.operations["listTrees"], id="mine", path="/v1/manifest")
    contract = replace(plot, operations={**plot.operations, "mine": own})
    paths = {each.path for each in action_operations(contract, projection())}
    assert "/v1/manifest" not in paths
    assert "/-/v1/manifest" in paths


def test_a_projection_without_calls(plot: Contract) -> None:
    assert [each.path for each in action_operations(plot, Projection({}))] == [
        "/-/downloads/{id}/{name}"
    ]

from typing import Any

import pytest

from codegen.actions.projection import project_actions
from codegen.curation import curate
from gateway.errors import StartError
from tests.codegen.actions.documents import contract
from tests.local.documents import body, operation

FORM = body("multipart/form-data", {"type": "object", "properties": {}})
BYTES = {"responses": {"200": {"description": "Well.", "content": {"image/png": {}}}}}


def classed(name: str, kind: str | None, **members: Any) -> dict[str, Any]:
    policy = {"x-gateway": {"actions": kind}} if kind else {}
    return {"get": {**operation(name), **policy, **members}}


def paths(count: int, kind: str | None = None) -> dict[str, Any]:
    return {f"/p{n}": classed(f"op{n}", kind) for n in range(count)}


def messages(found: Any) -> list[str]:
    return [problem.message for problem in found.problems if problem.fatal]


def test_a_document_without_classes_gets_a_curation_and_one_warning() -> None:
    found = curate(
        contract(
            {
                "/form": {"post": operation("send", **FORM)},
                "/bytes": classed("draw", None, **BYTES),
                "/a": classed("a", None),
            }
        )
    )
    assert found.derived
    assert found.classes == {"send": "wrap", "draw": "wrap", "a": "direct"}
    assert [problem.fatal for problem in found.problems] == [False]


def test_the_first_28_are_direct_and_the_rest_goes_through_the_envelope() -> None:
    found = contract(paths(40))
    curation = curate(found)
    assert [curation.classes[f"op{n}"] for n in (0, 27, 28, 39)] == [
        *("direct",) * 2,
        *("envelope",) * 2,
    ]
    sets, _ = project_actions(found)
    kinds = [call.kind for call in sets["main"].calls]
    assert len(kinds) == 30
    assert kinds[28:] == ["envelope", "job"]


def test_no_envelope_where_every_operation_has_a_call() -> None:
    sets, _ = project_actions(contract(paths(28)))
    assert [call.kind for call in sets["main"].calls[28:]] == ["job"]


def test_a_missing_class_is_named_where_others_have_one() -> None:
    found = contract({**paths(1, "direct"), "/more": classed("forgotten", None)})
    assert messages(curate(found)) == [
        "forgotten does not say how ChatGPT reaches it, and others do."
    ]
    with pytest.raises(StartError, match="forgotten"):
        project_actions(found)


def test_too_many_operations_are_named() -> None:
    found = contract({**paths(30, "direct"), "/hidden": classed("hidden", "envelope")})
    (said,) = messages(curate(found))
    assert "has 32 operations" in said
    assert said.endswith("Over it: op28, op29.")


def test_thirty_with_envelope_and_poll_are_taken() -> None:
    found = contract({**paths(28, "direct"), "/hidden": classed("hidden", "envelope")})
    sets, _ = project_actions(found)
    assert len(sets["main"].calls) == 30


def test_sets_choose_among_operations_without_classes() -> None:
    found = contract(
        paths(5), **{"x-gateway": {"action-sets": {"one": ["op3"], "two": ["op1", "op3"]}}}
    )
    curation = curate(found)
    assert curation.sets == {"one": ("op3",), "two": ("op1", "op3")}
    assert curation.classes["op0"] == "envelope"


def test_what_a_set_has_must_have_a_call() -> None:
    found = contract(
        {**paths(1, "direct"), "/hidden": classed("hidden", "envelope")},
        **{"x-gateway": {"action-sets": {"one": ["op0", "hidden"]}}},
    )
    assert messages(curate(found)) == ["hidden is envelope, and the set 'one' has it."]


def test_what_no_set_has_is_told() -> None:
    found = contract(paths(2, "direct"), **{"x-gateway": {"action-sets": {"one": ["op0"]}}})
    assert [problem.message for problem in curate(found).problems] == [
        "op1 is direct, and no action set has it."
    ]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {"post": operation("send", **FORM, **{"x-gateway": {"actions": "direct"}})},
            "send is direct, and it takes files or answers bytes.",
        ),
        (
            classed("socket", "direct", responses={"101": {"description": "Up."}}),
            "socket is direct, and it is a WebSocket.",
        ),
    ],
)
def test_classes_that_cannot_be_are_told(said: Any, message: str) -> None:
    assert messages(curate(contract({"/x": said}))) == [message]

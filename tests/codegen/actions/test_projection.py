"""Whole documents: the shipped one, one of OpenAPI 3.0, and one with 80 operations in two sets."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from codegen.actions.projection import project_actions
from codegen.lint.actions import lint_actions
from gateway.actions.routes import CallRoutes
from gateway.contract.compile import load_contract
from gateway.contract.segments import TEMPLATE
from gateway.projection import ActionSet, Call
from tests.codegen.actions.documents import sets_of
from tests.codegen.actions.larger import HARBOUR, eighty
from tests.independent.actions_checker import check_document
from tests.local.documents import SHIPPED, operation

TRAPS = HARBOUR.with_name("traps.yaml")
CONSEQUENTIAL = "x-openai-isConsequential"


CONTRACTS = {
    "shipped": lambda: load_contract(SHIPPED),
    "harbour": lambda: load_contract(HARBOUR),
    "traps": lambda: load_contract(TRAPS),
    "eighty": eighty,
}


@pytest.fixture(scope="module", params=CONTRACTS)
def sets(request: pytest.FixtureRequest) -> dict[str, ActionSet]:
    return project_actions(CONTRACTS[request.param]())[0]


def operations(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, said in item.items():
            yield path, method, said


def test_both_checkers_find_nothing(sets: dict[str, ActionSet]) -> None:
    for actions in sets.values():
        assert check_document(actions.document) == []
        assert [str(each) for each in lint_actions(actions.document)] == []


def test_the_head_is_what_the_importer_takes(sets: dict[str, ActionSet]) -> None:
    for actions in sets.values():
        document = actions.document
        assert document["openapi"] == "3.1.0"
        assert [each["url"] for each in document["servers"]] == [
            "https://relay.example.com/-/actions"
        ]
        assert len(document["components"]["securitySchemes"]) == 1
        assert document["components"]["schemas"] == {}
        assert '"$ref"' not in json.dumps(document)


def test_every_operation_keeps_within_the_limits(sets: dict[str, ActionSet]) -> None:
    for actions in sets.values():
        found = list(operations(actions.document))
        assert len(found) <= 30
        names = [said["operationId"] for _, _, said in found]
        assert len(set(names)) == len(names)
        for path, _, said in found:
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", said["operationId"])
            assert isinstance(said[CONSEQUENTIAL], bool)
            assert 0 < len(said["summary"]) < 300
            assert 0 < len(said["description"]) < 300
            places = [each["name"] for each in said.get("parameters", ())]
            assert {each["in"] for each in said.get("parameters", ())} <= {"path", "query"}
            templated = TEMPLATE.findall(path)
            assert set(templated) <= set(places)
            assert "202" in said["responses"]


def test_no_schema_has_what_documents_failed_with(sets: dict[str, ActionSet]) -> None:
    def walk(schema: Any) -> None:
        assert isinstance(schema["type"], str)
        assert not {"oneOf", "anyOf", "allOf", "additionalProperties", "const"} & set(schema)
        if schema["type"] == "object":
            for each in schema["properties"].values():
                walk(each)
        if schema["type"] == "array":
            walk(schema["items"])
        assert schema.get("enum") != []
        assert len(schema.get("description", "")) <= 700

    for actions in sets.values():
        for _, _, said in operations(actions.document):
            for each in said.get("parameters", ()):
                walk(each["schema"])
                assert each["schema"]["type"] not in ("object", "array")
            if "requestBody" in said:
                walk(said["requestBody"]["content"]["application/json"]["schema"])
            for answer in said["responses"].values():
                for media in answer.get("content", {}).values():
                    walk(media["schema"])


def test_every_call_stands_in_the_document_and_is_routed_to(sets: dict[str, ActionSet]) -> None:
    for actions in sets.values():
        routes = CallRoutes(actions.calls)
        for call in actions.calls:
            said = actions.document["paths"][call.path][call.method.lower()]
            assert said["operationId"] == call.name
            found = routes.match(call.method, ("/-/actions" + filled(call)).encode())
            assert found.call == call
            assert list(found.path_values) == [f"v{n}" for n in range(len(found.path_values))]


def filled(call: Call) -> str:
    numbers = iter(range(99))
    return TEMPLATE.sub(lambda _: f"v{next(numbers)}", call.path)


def test_the_shipped_set_has_20_to_30_with_envelope_and_poll() -> None:
    (actions,) = project_actions(load_contract(SHIPPED))[0].values()
    assert 20 <= len(actions.calls) <= 30
    kinds = [call.kind for call in actions.calls]
    assert (kinds.count("envelope"), kinds.count("job")) == (1, 1)
    called = {call.operation for call in actions.calls}
    useful = {"createResponse", "createImage", "createEmbedding", "createFile", "searchVectorStore"}
    assert (
        useful | {"createTranscription", "createBatch", "listModels", "createModeration"} <= called
    )


def test_two_sets_stand_side_by_side() -> None:
    sets, entries = project_actions(eighty())
    assert {name: len(each.calls) for name, each in sets.items()} == {"first": 30, "second": 30}
    for name, actions in sets.items():
        assert all(call.path.startswith(f"/{name}/") for call in actions.calls)
    first, second = ({c.name: c for c in each.calls} for each in sets.values())
    shared = first["get_thing_12"], second["get_thing_12"]
    assert shared[0].operation == shared[1].operation == "get.thing 12"
    said = [entry.place for entry in entries if entry.operation == "get.thing 3"]
    assert "description" in said
    assert "operationId" in said


def test_operations_that_differ_by_their_query_have_paths_of_their_own() -> None:
    plain, beta = operation("plain"), operation("beta")
    sets, entries = sets_of({"/x/{id}": {"get": plain}, "/x/{id}?beta=true": {"get": beta}})
    assert [call.path for call in sets["main"].calls] == ["/x/{id}", "/-/beta/{id}", "/jobs/{id}"]
    assert any(entry.place == "path" and entry.operation == "beta" for entry in entries)


def test_the_poll_gives_way_to_the_documents_own_path() -> None:
    sets, _ = sets_of({"/jobs/{job}": {"get": operation("getJob")}})
    assert [(c.name, c.path) for c in sets["main"].calls] == [
        ("getJob", "/jobs/{job}"),
        ("getJob_2", "/-/getJob_2/{id}"),
    ]


def test_what_a_person_is_asked_is_the_documents_word() -> None:
    said = {
        "/a": {"get": operation("a"), "post": operation("b"), "delete": operation("c")},
        "/d": {"post": operation("d", **{CONSEQUENTIAL: False})},
    }
    sets, _ = sets_of(said)
    found = {call.name: call.consequential for call in sets["main"].calls}
    assert found == {"a": False, "b": True, "c": True, "d": False, "getJob": False}


def test_the_same_contract_gives_the_same_document() -> None:
    one, two = (project_actions(eighty()) for _ in range(2))
    assert json.dumps([s.document for s in one[0].values()]) == json.dumps(
        [s.document for s in two[0].values()]
    )
    assert one[1] == two[1]

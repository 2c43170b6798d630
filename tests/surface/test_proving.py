"""The proof itself, on small documents that differ in known ways."""

from typing import Any

from tests.contract.loading import Loader, body_of
from tests.surface.proving import LEAST, MANY, Proof, prove

PET: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "kind": {"type": "string", "enum": ["cat", "dog"]},
        "age": {"type": "integer", "minimum": 0},
    },
}


def compare(load: Loader, vendor: Any, ours: Any) -> Proof:
    return prove(load(body_of(vendor)), load(body_of(ours)), seed=1)


def changed(**properties: Any) -> dict[str, Any]:
    return {**PET, "properties": {**PET["properties"], **properties}}


def test_a_document_accepts_and_refuses_as_itself(load: Loader) -> None:
    proof = compare(load, PET, PET)
    (own,) = proof.families.values()
    assert own.operations == 1
    assert own.valid == own.accepted >= MANY
    assert own.failed == own.unmade == 0
    assert min(own.mutants.values()) > 0
    assert own.refused == own.mutants
    assert not proof.differences


def test_what_ours_refuses_too_much_is_found(load: Loader) -> None:
    proof = compare(load, PET, changed(kind={"enum": ["cat"]}))
    (own,) = proof.families.values()
    assert 0 < own.accepted < own.valid
    assert all(said.startswith("narrower: send") for said in proof.differences)
    assert "/kind" in next(iter(proof.differences))


def test_what_ours_lets_pass_is_found_by_its_kind(load: Loader) -> None:
    proof = compare(load, PET, changed(age={"type": "integer"}))
    (own,) = proof.families.values()
    assert own.refused["range"] < own.mutants["range"]
    assert own.refused["type"] == own.mutants["type"]
    assert list(proof.differences) == ["wider: send application/json: /age: range minimum"]


def test_an_open_set_is_left_out_and_counted(load: Loader) -> None:
    proof = compare(load, PET, changed(kind={"type": "string", "x-open-set": True}))
    (own,) = proof.families.values()
    assert own.mutants["enum"] == 0
    assert proof.open_part == 1.0
    assert not proof.differences


def test_a_known_tag_of_an_open_union_must_keep_its_shape(load: Loader) -> None:
    members = [
        {"type": "object", "required": ["type", tag], "properties": {"type": {"enum": [tag]}}}
        for tag in ("text", "image")
    ]
    unknown = {"type": "string", "not": {"enum": ["text", "image"]}}
    rest = {"type": "object", "properties": {"type": unknown}, "x-open-set": True}
    proof = compare(load, {"anyOf": members}, {"anyOf": [*members, rest]})
    (own,) = proof.families.values()
    assert own.mutants["enum"] == own.refused["enum"] > 0
    assert proof.open_part == 0.0


def test_an_operation_without_valid_requests_has_failed(load: Loader) -> None:
    never = {"allOf": [{"type": "string"}, {"type": "integer"}]}
    (own,) = compare(load, never, PET).families.values()
    assert (own.operations, own.failed) == (1, 1)
    assert own.valid < LEAST


def test_a_choice_that_no_valid_request_makes_is_named(load: Loader) -> None:
    torn = {"allOf": [{"const": "a"}, {"anyOf": [{"const": "a"}, {"const": "b"}]}]}
    proof = compare(load, torn, True)
    assert proof.unmade == ["send application/json: a schema: anyOf 1"]


def test_a_body_type_that_ours_lacks_is_refused(load: Loader) -> None:
    ours = body_of(PET)
    operation = ours["paths"]["/send"]["post"]
    content = operation["requestBody"]["content"]
    content["multipart/form-data"] = content.pop("application/json")
    (own,) = prove(load(body_of(PET)), load(ours), seed=1).families.values()
    assert (own.accepted, own.failed) == (0, 0)


def test_paths_are_told_apart_by_more_than_their_parameters_names(load: Loader) -> None:
    vendor, ours = body_of(PET), body_of(PET)
    for document, path in ((vendor, "/pets/{id}"), (ours, "/pets/{pet}")):
        document["paths"] = {path: document["paths"]["/send"]}
    (own,) = prove(load(vendor), load(ours), seed=1).families.values()
    assert own.operations == 1

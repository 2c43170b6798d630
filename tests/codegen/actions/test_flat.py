from typing import Any

from codegen.actions.flat import Flattener

NODE = {
    "type": "object",
    "properties": {"next": {"$ref": "#/components/schemas/Node"}, "name": {"type": "string"}},
}
DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Node": NODE,
            "Loop": {"$ref": "#/components/schemas/Loop"},
            "Name": {"type": "string", "description": "A name."},
        }
    }
}


def kinds(schema: Any, *refs: str) -> list[str]:
    return [branch.kind for branch in Flattener(DOCUMENT).flat(schema, frozenset(refs)).branches]


def test_types_become_branches_less_null() -> None:
    flat = Flattener(DOCUMENT).flat({"type": ["string", "array", "null"]})
    assert [branch.kind for branch in flat.branches] == ["string", "array"]
    assert flat.nullable


def test_excluded_types_leave_no_branch() -> None:
    assert kinds({"allOf": [{"type": "string"}, {"type": "object"}]}) == []
    assert kinds(False) == []
    assert kinds(True) == [""]


def test_parts_are_joined_with_every_alternative() -> None:
    schema = {
        "properties": {"a": {"type": "string"}},
        "oneOf": [{"required": ["a"]}, {"properties": {"b": {"type": "string"}}}],
    }
    branches = Flattener(DOCUMENT).flat(schema).branches
    assert [sorted(branch.properties) for branch in branches] == [["a"], ["a", "b"]]
    assert [sorted(branch.required) for branch in branches] == [["a"], []]


def test_a_reference_back_is_recursive_and_knows_its_type() -> None:
    flattener = Flattener(DOCUMENT)
    top = flattener.flat({"$ref": "#/components/schemas/Node"}).branches[0]
    below = flattener.flat(top.properties["next"], top.refs).branches
    assert [(branch.kind, branch.recursive) for branch in below] == [("object", True)]


def test_a_reference_to_itself_ends() -> None:
    assert kinds({"$ref": "#/components/schemas/Loop"}) == [""]


def test_a_description_beside_a_reference_counts_first() -> None:
    flattener = Flattener(DOCUMENT)
    reference = {"$ref": "#/components/schemas/Name"}
    assert flattener.flat(reference).description == "A name."
    assert flattener.flat({**reference, "description": "Mine."}).description == "Mine."
    assert flattener.flat({"anyOf": [reference, {"type": "null"}]}).description == "A name."


def test_the_same_member_of_two_parts_is_both() -> None:
    parts = [{"properties": {"a": {"type": "integer"}}}, {"properties": {"a": {"minimum": 3}}}]
    branch = Flattener(DOCUMENT).flat({"allOf": parts}).branches[0]
    assert branch.properties["a"] == {"allOf": [{"type": "integer"}, {"minimum": 3}]}

"""Made values are checked by an independent validator: `jsonschema`, formats included."""

import json
import os
import time
from pathlib import Path

import jsonschema
import pytest
import referencing
from referencing.jsonschema import DRAFT202012

from gateway.contract.compile import load_contract
from gateway.standin.examples import ExampleMaker, make_example
from tests.standin.nasty_schemas import DOCUMENT, NASTY


def wrong(schema, value, document=DOCUMENT):
    """Return what an independent validator finds wrong, "" for nothing."""
    resource = DRAFT202012.create_resource(document)
    registry = referencing.Registry().with_resource("urn:document", resource)
    text = json.dumps(schema).replace('"$ref": "#', '"$ref": "urn:document#')
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(
        json.loads(text), registry=registry, format_checker=checker
    )
    error = next(validator.iter_errors(value), None)
    return f"{error.json_path}: {error.message[:300]}" if error else ""


@pytest.mark.parametrize("name", NASTY)
def test_is_valid(name):
    value = make_example(NASTY[name], DOCUMENT)
    assert wrong(NASTY[name], value) == ""


@pytest.mark.parametrize("name", NASTY)
def test_is_the_same_each_time_and_json(name):
    first, second = (make_example(NASTY[name], DOCUMENT, seed="s") for _ in range(2))
    assert json.dumps(first, allow_nan=False) == json.dumps(second)


def test_a_schema_without_any_value_ends():
    began = time.monotonic()
    make_example({"$ref": "#/components/schemas/Endless"}, DOCUMENT)
    make_example({"allOf": [{"type": "string"}, {"type": "integer"}]}, DOCUMENT)
    make_example({"$ref": "#/components/schemas/None"}, DOCUMENT)
    assert time.monotonic() - began < 2


def test_a_wide_recursion_ends():
    names = [f"N{i}" for i in range(12)]
    every = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    node = {
        "type": "object",
        "required": names,
        "properties": {name: {"anyOf": [*every, {"type": "null"}]} for name in names},
    }
    document = {"components": {"schemas": dict.fromkeys(names, node)}}
    began = time.monotonic()
    value = make_example(every[0], document)
    assert time.monotonic() - began < 5
    assert wrong(every[0], value, document) == ""


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "example": "a", "default": "b"}, "a"),
        ({"type": "string", "examples": ["c"], "default": "b"}, "c"),
        ({"type": "string", "default": "b", "enum": ["a", "b"]}, "b"),
        ({"type": "string", "example": 1, "default": "b"}, "b"),
        ({"enum": [3, 4]}, 3),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1),
        ({"anyOf": [{"type": "string", "x-open-set": True}, {"enum": ["known"]}]}, "known"),
        ({"type": "boolean"}, False),
    ],
)
def test_prefers_what_the_document_says(schema, value):
    assert make_example(schema, {}) == value


def test_optional_members_to_depth_2_and_those_with_a_value_of_their_own():
    level = {"type": "object", "properties": {"plain": {"type": "string"}, "own": {"default": 7}}}
    for _ in range(3):
        properties = {**level["properties"], "inner": level}
        level = {"type": "object", "required": ["inner"], "properties": properties}
    value = make_example(level, {})
    assert "plain" in value
    assert "plain" in value["inner"]
    assert "plain" not in value["inner"]["inner"]
    assert value["inner"]["inner"]["inner"] == {"own": 7}


def test_direction_leaves_out_what_the_other_side_sees():
    schema = {
        "type": "object",
        "properties": {
            "secret": {"type": "string", "writeOnly": True},
            "id": {"type": "string", "readOnly": True},
        },
    }
    assert list(make_example(schema, {})) == ["id"]
    assert list(make_example(schema, {}, direction="request")) == ["secret"]


def test_a_discriminators_mapping_names_the_branch():
    references = {name: f"#/components/schemas/{name.title()}" for name in ("cat", "dog")}
    schema = {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "kind", "mapping": references},
    }
    assert make_example(schema, DOCUMENT)["kind"] == "cat"


def test_the_seed_decides_among_values():
    schema = {"type": "string", "format": "uuid"}
    assert make_example(schema, {}, seed="a") != make_example(schema, {}, seed="b")


def test_does_not_hand_out_the_documents_own_values():
    schema = {"type": "array", "example": [1]}
    make_example(schema, {}).append(2)
    assert make_example(schema, {}) == [1]


@pytest.mark.skipif(not os.environ.get("VENDOR_OPENAPI"), reason="VENDOR_OPENAPI names no document")
def test_the_vendors_responses(tmp_path):
    contract = load_contract(Path(os.environ["VENDOR_OPENAPI"]), tmp_path)
    maker, bad, total = ExampleMaker(contract.document), [], 0
    for operation in contract.operations.values():
        for answer in operation.answers:
            for media in answer.content.values():
                if "schema" in media:
                    total += 1
                    value = maker.make(media["schema"], operation.id)
                    found = wrong(media["schema"], value, contract.document)
                    bad += [f"{operation.id} {found}"] if found else []
    assert total > 250
    assert len(bad) <= total // 100, bad

"""Compiled checks: references, readings, refusals."""

import os
import time
from pathlib import Path

import pytest

from gateway.contract.compile import load_contract
from gateway.contract.mend import request_view
from gateway.validate.schemas import SchemaChecks, good_pattern

DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {
        "/a~b": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}
                    }
                }
            }
        }
    },
    "components": {
        "schemas": {
            "Tree": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 5},
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
                    "when": {"type": "string", "format": "date-time"},
                },
            },
            "Bad": {"type": "nope"},
            "Far": {"$ref": "http://127.0.0.1:9/schema.json"},
            "File": {"$ref": "file:///etc/hostname"},
            "Lost": {"$ref": "#/components/schemas/Nowhere"},
        }
    },
}
POINTER = "/paths/~1a~0b/post/requestBody/content/application~1json/schema"


def checks(one_of="any"):
    return SchemaChecks(DOCUMENT, one_of=one_of)


def test_a_pointer_into_the_document_is_compiled_with_its_recursive_references():
    check = checks().check({}, POINTER)
    assert check.is_valid({"name": "a", "children": [{"name": "b"}]})
    value = {"name": "a", "children": [{"name": "b", "children": [{}]}]}
    assert not check.is_valid(value)
    [finding] = check.findings(value, "/body")
    assert finding.param == "/body/children/0/children/0/name"
    assert finding.schema == "/components/schemas/Tree/required"


def test_a_valid_value_has_no_findings():
    assert checks().check({}, POINTER).findings({"name": "a"}) == []


def test_formats_are_annotations():
    assert checks().check({}, POINTER).is_valid({"name": "a", "when": "soon"})


def test_a_schema_by_itself_refers_into_the_document():
    check = checks().check({"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}, "")
    assert check.is_valid([{"name": "a"}])
    [finding] = check.findings([{"name": "too long"}])
    assert (finding.param, finding.message) == ("/0/name", "must have at most 5 characters")


def test_a_property_named_ref_is_no_reference():
    check = checks().check({"properties": {"$ref": {"type": "integer"}}}, "")
    assert check.is_valid({"$ref": 1})
    assert not check.is_valid({"$ref": "#/x"})


def test_data_is_not_read_as_a_schema():
    check = checks().check({"const": {"$ref": "#/x"}}, "")
    assert check.is_valid({"$ref": "#/x"})


@pytest.mark.parametrize(("one_of", "valid"), [("any", True), ("exact", False)])
def test_a_schema_by_itself_is_read_as_requests_see_it(one_of, valid):
    schema = {"oneOf": [{"type": "integer"}, {"minimum": 0}]}
    assert checks(one_of).check(schema, "").is_valid(1) is valid


@pytest.mark.parametrize("schema", [True, False])
def test_booleans_are_schemas_wherever_they_stand(schema):
    check = checks().check(schema, "/paths/none/schema")
    assert check.is_valid(1) is schema
    assert len(check.findings(1)) == (not schema)


@pytest.mark.parametrize("name", ["Bad", "Far", "File", "Lost", "None"])
def test_what_does_not_compile_names_its_pointer(name):
    with pytest.raises(ValueError, match=f"^/components/schemas/{name}: "):
        checks().check({}, f"/components/schemas/{name}")


def test_nothing_outside_of_the_document_is_fetched():
    with pytest.raises(ValueError, match="outside of the document"):
        checks().check({"$ref": "file:///etc/hostname"}, "")


@pytest.mark.parametrize(
    ("pattern", "good"),
    [("^[a-z]{1,64}$", True), ("^(?!x).*$", True), (r"\p{L}+", True), ("[", False), (r"\Z", False)],
)
def test_good_pattern_asks_the_engine(pattern, good):
    assert good_pattern(pattern) is good


@pytest.mark.skipif(not os.environ.get("VENDOR_OPENAPI"), reason="VENDOR_OPENAPI names no document")
def test_the_request_schemas_of_a_large_document_compile_quickly(tmp_path):
    contract = load_contract(Path(os.environ["VENDOR_OPENAPI"]), tmp_path)
    pointers = [
        body.pointer
        for operation in contract.operations.values()
        for body in (operation.body.types if operation.body else ())
        if body.schema is not None
    ]
    assert len(pointers) > 100
    document = contract.document
    view = request_view(document, one_of="any", document=document, kind="document")
    start = time.process_time()
    compiled = SchemaChecks(view, one_of="any")
    for pointer in pointers:
        compiled.check({}, pointer)
    seconds = time.process_time() - start
    print(f"{len(pointers)} request schemas compile in {seconds:.3f} s")
    assert seconds < 0.4

from typing import Any

import pytest

from gateway.contract.checks import Checks
from gateway.validate.schemas import CompiledCheck
from tests.contract.loading import Loader, body_of

DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Text": {"type": "string", "maxLength": 3},
            "Alias": {"$ref": "#/components/schemas/Text"},
            "Short": {"$ref": "#/components/schemas/Text", "maxLength": 1},
            "Loop": {"$ref": "#/components/schemas/Loop"},
            "Union": {"oneOf": [{"type": "string"}, {"maxLength": 5}]},
            "Tree": {"type": "object", "properties": {"t": {"$ref": "#/components/schemas/Tree"}}},
            "Any": True,
        }
    }
}
PLACE = "/components/schemas"
SCHEMAS = DOCUMENT["components"]["schemas"]


def test_schemas_that_are_compiled_together() -> None:
    checks = Checks(DOCUMENT)
    found = {
        name: checks.request(schema, f"{PLACE}/{name}", "any") for name, schema in SCHEMAS.items()
    }
    assert checks.compile() == []
    assert found["Text"].is_valid("abc")
    assert found["Text"] is found["Alias"]
    assert [finding.schema for finding in found["Text"].findings("abcd")] == [
        f"{PLACE}/Text/maxLength"
    ]
    assert found["Text"].findings("abc") == []
    assert not found["Short"].is_valid("ab")
    assert found["Tree"].is_valid({"t": {"t": {}}})
    assert [finding.param for finding in found["Tree"].findings({"t": {"t": 1}})] == ["/t/t"]
    assert found["Any"].is_valid(None)
    assert all(isinstance(check, CompiledCheck) for check in found.values())


def test_readings() -> None:
    checks = Checks(DOCUMENT)
    schema = SCHEMAS["Union"]
    loose = checks.request(schema, f"{PLACE}/Union", "any")
    strict = checks.request(schema, f"{PLACE}/Union", "exact")
    assert checks.compile() == []
    assert loose.is_valid("abc")
    assert not strict.is_valid("abc")
    assert strict.is_valid("abcdef")
    assert not checks.response(schema, f"{PLACE}/Union").is_valid("abc")


def test_a_schema_that_stands_outside_of_the_document() -> None:
    checks = Checks(DOCUMENT)
    check = checks.request({"items": {"$ref": "#/components/schemas/Text"}}, "", "any")
    assert check.is_valid(["abc"])
    assert [finding.param for finding in check.findings(["abcd"])] == ["/0"]
    with pytest.raises(ValueError, match="does not compile"):
        checks.request({"$ref": "#/components/schemas/None"}, "", "any")


def test_those_that_do_not_compile_are_told_each_by_itself() -> None:
    schemas = {"Bad": {"minimum": "x"}, "Good": {"type": "string"}, "Worse": {"type": 5}}
    checks = Checks({"components": {"schemas": schemas}})
    for name, schema in schemas.items():
        checks.request(schema, f"{PLACE}/{name}", "any")
    assert [problem.place for problem in checks.compile()] == [
        f"{PLACE}/Bad",
        f"{PLACE}/Worse",
    ]


def test_a_body_takes_what_its_schema_takes(load: Loader) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    body = load(body_of(schema)).operations["send"].body
    assert body is not None
    check = body.types[0].check
    assert check is not None
    assert check.is_valid({"a": 1})
    assert [(f.param, f.message) for f in check.findings({"a": "secret"})] == [
        ("/a", "must be an integer")
    ]

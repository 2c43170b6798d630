from typing import Any

import pytest

from gateway.contract.mend import request_view
from tests.contract.loading import Loader

COMPONENTS = {
    "Id": {"type": "string", "readOnly": True},
    "Base": {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string", "readOnly": True}, "name": {"type": "string"}},
    },
}


@pytest.mark.parametrize(
    "schema",
    [
        {"required": ["id", "name"], "properties": {"id": {"readOnly": True}}},
        {"required": ["id", "name"], "properties": {"id": {"$ref": "#/components/schemas/Id"}}},
        {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["id", "name"]}]},
        {"allOf": [{"$ref": "#/components/schemas/Base"}], "required": ["id", "name"]},
        {"allOf": [{"properties": {"id": {"readOnly": True}}}, {"required": ["id", "name"]}]},
    ],
)
def test_a_read_only_property_is_not_required_of_a_request(load: Loader, schema: Any) -> None:
    components = {"schemas": COMPONENTS}
    assert load.accepts(schema, {"name": "x"}, components=components)
    assert not load.accepts(schema, {"id": "x"}, components=components)


def test_responses_must_have_it(load: Loader) -> None:
    contract = load(
        {"openapi": "3.1.0", "paths": {"/a": {"get": {}}}, "components": {"schemas": COMPONENTS}}
    )
    schema = contract.document["components"]["schemas"]["Base"]
    check = contract.check_for(schema, "/components/schemas/Base")
    assert check.is_valid({"id": "x"})
    assert not check.is_valid({})


def test_a_schema_that_holds_itself_has_an_end() -> None:
    document = {"a": {"allOf": [{"$ref": "#/a"}], "required": ["x"]}}
    assert request_view(document["a"], one_of="any", document=document) == document["a"]


def test_what_is_not_read_only_stays() -> None:
    schema = {"required": ["a"], "properties": {"a": {"writeOnly": True}, "b": {"readOnly": True}}}
    assert request_view(schema, one_of="any") is schema

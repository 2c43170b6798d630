"""What the assertions of a schema become."""

from typing import Any

import pytest

from tests.contract.loading import Loader
from tests.contract.test_mend import mended


@pytest.mark.parametrize("side", ["Minimum", "Maximum"])
def test_boolean_exclusive_bounds(side: str) -> None:
    exclusive, inclusive = f"exclusive{side}", side.lower()
    told = [f"`{exclusive}` is a boolean."]
    for version, messages in (("3.0.3", []), ("3.1.0", told)):
        assert mended({inclusive: 5, exclusive: True}, version) == ({exclusive: 5}, messages)
        assert mended({inclusive: 5, exclusive: False}, version) == ({inclusive: 5}, messages)
        assert mended({exclusive: True}, version) == ({}, messages)
    assert mended({exclusive: 5}) == ({exclusive: 5}, [])


@pytest.mark.parametrize(
    ("schema", "kept"),
    [
        ({"minimum": "5"}, {}),
        ({"maximum": None}, {}),
        ({"minimum": True}, {}),
        ({"multipleOf": 0}, {}),
        ({"multipleOf": -1}, {}),
        ({"minLength": -1}, {}),
        ({"maxItems": 1.5}, {}),
        ({"maxItems": 2.0}, {"maxItems": 2.0}),
        ({"minProperties": "1"}, {}),
        ({"uniqueItems": "yes"}, {}),
        ({"required": True}, {"required": []}),
        ({"required": None}, {"required": []}),
        ({"required": ["a", "b", "a", 5]}, {"required": ["a", "b"]}),
        ({"enum": []}, {}),
        ({"enum": "a"}, {}),
        ({"anyOf": []}, {}),
        ({"allOf": {}}, {}),
        ({"oneOf": None}, {}),
        ({"dependentRequired": []}, {}),
        ({"dependentRequired": {"a": "b"}}, {}),
        ({"pattern": "("}, {}),
        ({"pattern": 5}, {}),
        ({"pattern": "(?>a)\\Z(?<!b"}, {}),
        ({"pattern": "^a$"}, {"pattern": "^a$"}),
        ({"patternProperties": {"(": {}, "a": {}}}, {"patternProperties": {"a": {}}}),
        ({"default": "a", "type": "integer"}, {"type": "integer"}),
        ({"default": 1, "type": "number"}, {"type": "number", "default": 1}),
        ({"default": None, "type": ["string", "null"]}, None),
        ({"default": ["a"], "type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"default": "b", "enum": ["a"]}, {"enum": ["a"]}),
        ({"default": None, "anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}]}),
        ({"default": {"a": 1}}, None),
    ],
)
def test_each_assertion(schema: dict[str, Any], kept: dict[str, Any] | None) -> None:
    found, messages = mended(schema)
    expected = schema if kept is None else kept
    assert found == expected
    assert len(messages) == (0 if expected == schema else 1)


def test_what_was_left_out_refuses_nothing(load: Loader) -> None:
    schema = {"type": "string", "pattern": "(", "maxLength": "5", "enum": []}
    assert load.accepts(schema, "anything")
    assert not load.accepts(schema, 5)

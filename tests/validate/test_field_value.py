from dataclasses import replace

import jsonschema_rs
import pytest

from gateway.contract.model import PartEncoding
from gateway.errors import Finding
from gateway.validate.field_value import Field, FieldError, find_value
from gateway.validate.part_rules import PartRule
from gateway.validate.readings import Shape


class Check:
    def __init__(self, schema: dict[str, object]) -> None:
        self._validator = jsonschema_rs.Draft202012Validator(schema)
        self.is_valid = self._validator.is_valid

    def findings(self, value: object, prefix: str = "") -> list[Finding]:
        return [
            Finding(prefix + "".join(f"/{part}" for part in error.instance_path), "is not valid")
            for error in self._validator.iter_errors(value)
        ]


def rule(*types: str, items: tuple[str, ...] = ()) -> PartRule:
    shape = Shape(frozenset(types), frozenset(items))
    return PartRule("p", (), "text", shape, alone=True, least=0, most=None, content_types=())


def value(rule: PartRule, schema: dict[str, object] | None, *texts: str, **encoding: object):
    fields = [Field(rule, text) for text in texts]
    check = None if schema is None else Check(schema)
    return find_value(fields, check, PartEncoding(**encoding) if encoding else None, "/p")


def test_the_first_valid_reading_counts() -> None:
    either = rule("integer", "string")
    assert value(either, {}, "7") == (7, [])
    assert value(either, {"enum": ["7"]}, "7") == ("7", [])
    assert value(rule("integer"), {"minimum": 9}, "7")[1] == [Finding("/p", "is not valid")]


def test_without_a_check_a_text_that_may_be_a_string_stays_one() -> None:
    assert value(rule("integer", "string"), None, "7") == ("7", [])
    assert value(rule("integer"), None, "7") == (7, [])
    assert value(rule("integer"), None, "x")[1][0].param == "/p"
    assert value(rule("array", items=("integer",)), None, "1", "x")[1][0].param == "/p/1"


def test_json_stands_for_the_property_or_for_an_item() -> None:
    array = rule("array", items=("object", "integer"))
    one = Field(array, "", is_json=True, json={"a": 1})
    schema = Check({"type": "array", "items": {"type": ["object", "integer"]}})
    assert find_value([one], schema, None, "/p") == ([{"a": 1}], [])
    assert find_value([one, Field(array, "7")], schema, None, "/p") == ([{"a": 1}, 7], [])
    whole = replace(one, json=[1, 2])
    assert find_value([whole], schema, None, "/p") == ([1, 2], [])
    assert find_value([replace(one, json=["x"])], schema, None, "/p")[1]


def test_json_that_is_not_valid_may_be_a_text() -> None:
    union = rule("object", "string")
    field = Field(union, "{}", is_json=True, json={})
    assert find_value([field], Check({"const": "{}"}), None, "/p") == ("{}", [])
    assert find_value([field], Check({"const": 1}), None, "/p")[1] == [
        Finding("/p", "is not valid")
    ]


def test_brackets_and_json_do_not_mix() -> None:
    union = rule("object")
    nested = replace(union, path=("a",))
    with pytest.raises(FieldError, match="not both"):
        find_value([Field(union, "{}", True, {}), Field(nested, "1")], None, None, "/p")
    with pytest.raises(FieldError, match="not both"):
        find_value([Field(union, "x"), Field(nested, "1")], None, None, "/p")


def test_declared_styles() -> None:
    array = rule("array", items=("integer",))
    schema = {"type": "array", "items": {"type": "integer"}}
    assert value(array, schema, "1|2", style="pipeDelimited", explode=False) == ([1, 2], [])
    assert value(array, schema, "1,2", explode=False) == ([1, 2], [])
    assert value(array, schema, "1", "2", explode=False) == ([1, 2], [])
    assert value(array, schema, "1", style="form", explode=True) == ([1], [])
    assert value(rule("string"), {"type": "string"}, "1,2", explode=False) == ("1,2", [])
    assert value(rule("object"), None, "a,1", explode=False)[0] == {"a": 1}
    with pytest.raises(FieldError, match="in turn"):
        value(rule("object"), None, "a", explode=False)

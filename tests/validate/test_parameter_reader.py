"""One parameter, by the texts that a request gives for it."""

from gateway.errors import Finding
from gateway.validate.parameter_reader import ParameterReader
from tests.validate.declared import parameter, params

INTEGER = {"type": "integer"}
NUMBERS = {"type": "array", "items": INTEGER}
POINT = {"type": "object", "properties": {"x": INTEGER}}


def test_how_a_parameter_is_written() -> None:
    exploded, comma = parameter("p", NUMBERS), parameter("p", NUMBERS, explode=False)
    assert ParameterReader(exploded).spread
    assert not ParameterReader(exploded).separated
    assert not ParameterReader(exploded).has_members
    assert ParameterReader(comma).separated
    assert ParameterReader(comma).needs_escapes
    assert ParameterReader(comma).is_list
    assert ParameterReader(parameter("p", POINT)).has_members
    assert not ParameterReader(parameter("p", POINT, style="deepObject")).has_members
    json = ParameterReader(parameter("p", POINT, media_type="application/json"))
    assert not (json.spread or json.separated or json.has_members)


def test_a_finding_has_the_name_the_rule_and_the_place_of_the_rule() -> None:
    reader = ParameterReader(parameter("p", INTEGER))
    assert reader.text_findings("x") == [Finding("p", "must be an integer", "/parameters/p")]
    assert reader.missing() == Finding("p", "is a required query parameter", "/parameters/p")


def test_fields() -> None:
    reader = ParameterReader(parameter("p", NUMBERS, explode=False))
    assert reader.field_findings([((), "1,2", None)]) == []
    assert reader.field_findings([((), "1,2", "1%2C2"), ((), "3", "3")]) != []
    assert reader.field_findings([((), "1,2", "1,2"), ((), "3", "3")]) == []
    assert params(reader.field_findings([(("",), "1", None), (("",), "x", None)])) == ["p/1"]


def test_an_untyped_parameter_takes_what_its_schema_takes() -> None:
    reader = ParameterReader(parameter("p", {}))
    assert reader.field_findings([((), "x", None), ((), "y", None)]) == []
    assert reader.field_findings([(("a", "b"), "x", None)]) == []
    limited = ParameterReader(parameter("p", {"not": {"enum": ["x", ["x"], "1", 1, [1], ["1"]]}}))
    assert limited.text_findings("y") == []
    assert params(limited.text_findings("x")) == ["p"]
    assert params(limited.text_findings("1")) == ["p"]

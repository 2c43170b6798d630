"""What is wrong with a value: everything, once, in words, and quickly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.pointer import resolve
from gateway.validate.findings import MAX_FINDINGS, UNTOLD
from gateway.validate.schemas import SchemaChecks

NAMED = {"type": "object", "properties": {"a/b": {"type": "integer"}}, "required": ["~c"]}


def found(schema, value, **components):
    document = {"components": {"schemas": {"It": schema, **components}}}
    check = SchemaChecks(document, one_of="exact").check(schema, "/components/schemas/It")
    return check.findings(value)


def told(schema, value, **components):
    return {finding.param: finding.message for finding in found(schema, value, **components)}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (NAMED, {"a/b": "x"}, {"/a~1b": "must be an integer", "/~0c": "is required"}),
        ({"items": {"type": "string"}}, [1, "a", 2], {"/0": "must be a string"}),
        ({"prefixItems": [{"const": 1}], "items": False}, [2, 3], {"/0": "must be 1"}),
        ({"prefixItems": [{}], "items": False}, [2, 3], {"/1": "is not allowed here"}),
        ({"properties": {"a": False}}, {"a": 1}, {"/a": "is not allowed here"}),
        (
            {"properties": {"name": {}}, "additionalProperties": False},
            {"nmae": 1, "zzz": 1},
            {
                "/nmae": "is not a known property. Did you mean 'name'?",
                "/zzz": "is not a known property",
            },
        ),
        ({"additionalProperties": {"type": "integer"}}, {"x": ""}, {"/x": "must be an integer"}),
        ({"patternProperties": {"^x": {"maximum": 1}}}, {"xy": 2, "y": 2}, {"/xy": "at most 1"}),
        (
            {"patternProperties": {"^x": {}}, "additionalProperties": False},
            {"x1": 1, "y": 1},
            {"/y": "is not a known property"},
        ),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, {"/ab": "has a name that must have"}),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, {"": "must have 'b' with 'a'"}),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}, {"/b": "is required"}),
        ({"contains": {"const": 1}}, [2], {"": "must hold at least 1 item(s)"}),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], {"": "must hold at most 1"}),
        ({"not": {"required": ["a"]}}, {"a": 1}, {"": "must not have 'a'"}),
        ({"not": {"type": "string"}}, "x", {"": "is of the kind that `not` excludes"}),
        (
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
            {"a": 1},
            {"/b": "is required"},
        ),
        ({"if": {"required": ["a"]}, "else": {"required": ["c"]}}, {}, {"/c": "is required"}),
        (
            {"properties": {"a": {}}, "unevaluatedProperties": False},
            {"a": 1, "b": 2},
            {"/b": "is not a known property"},
        ),
        ({"prefixItems": [{}], "unevaluatedItems": False}, [1, 2], {"": "holds an unknown item"}),
        ({"allOf": [{"required": ["a"]}, {"minProperties": 2}]}, {}, {"/a": "is required"}),
        ({"type": "object", "minimum": 3, "required": ["a"]}, 2, {"": "must be an object"}),
        ({"oneOf": [{"minimum": 1}, {"maximum": 9}]}, 5, {"": "matches 1 and 2"}),
    ],
)
def test_keywords(schema, value, expected):
    messages = told(schema, value)
    for param, words in expected.items():
        assert words in messages[param]


def test_a_finding_tells_where_the_rule_stands():
    [finding] = found(
        {"properties": {"a": {"$ref": "#/components/schemas/B"}}}, {"a": 1}, B={"type": "string"}
    )
    assert finding.schema == "/components/schemas/B/type"


def test_what_two_rules_say_alike_is_said_once():
    assert len(found({"allOf": [{"type": "object"}, {"type": "object", "title": "x"}]}, 1)) == 1


def test_at_most_twenty():
    assert len(found({"items": {"type": "string"}}, list(range(100)))) == MAX_FINDINGS


def test_values_are_never_quoted():
    schema = {
        "properties": {"a": {"type": "integer"}, "b": {"enum": ["x"]}, "c": {"pattern": "^x"}},
        "additionalProperties": {"not": {}},
    }
    value = dict.fromkeys("abcd", "secret")
    assert len(found(schema, value)) == 4
    assert "secret" not in str(found(schema, value))


def test_a_long_name_is_cut():
    [finding] = found({"additionalProperties": False}, {"x" * 100_000: 1})
    assert len(finding.param) < 300


def test_deep_recursion_ends_with_a_finding():
    tree = {"properties": {"x": {"$ref": "#/components/schemas/It"}}, "type": "object"}
    value: object = 1
    for _ in range(190):
        value = {"x": value}
    [finding] = found(tree, value)
    assert finding.message == UNTOLD
    assert finding.param.startswith("/x/x/x")


LEAF = st.sampled_from(
    [
        {"type": "string"},
        {"type": ["integer", "null"]},
        {"enum": ["a", 1]},
        {"const": {}},
        {"minimum": 2},
        {"maxLength": 1},
        {"minItems": 1},
        {"required": ["a"]},
        {"$ref": "#/components/schemas/It"},
        True,
        False,
    ]
)
SCHEMAS = st.recursive(
    LEAF,
    lambda inner: (
        st.dictionaries(st.sampled_from(["items", "not", "if", "then", "else"]), inner)
        | st.dictionaries(
            st.sampled_from(["allOf", "anyOf", "oneOf"]), st.lists(inner, min_size=1, max_size=3)
        )
        | st.dictionaries(
            st.just("properties"), st.dictionaries(st.sampled_from(["a", "type"]), inner)
        )
    ),
    max_leaves=8,
)
VALUES = st.recursive(
    st.sampled_from([None, True, 1, 3, 2.5, "", "a", "bc"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "type", "z"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(SCHEMAS, VALUES)
def test_findings_are_there_if_and_only_if_the_engine_refuses(schema, value):
    document = {"components": {"schemas": {"It": LOOPLESS}}}
    checks = SchemaChecks(document, one_of="exact")
    check = checks.check(schema, "")
    findings = check.findings(value)
    assert bool(findings) is not check.is_valid(value)
    for finding in findings:
        parent = finding.param.rpartition("/")[0]
        assert finding.message
        resolve(value, parent)


LOOPLESS = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/It"}}}

"""Query parameters, in all styles."""

from typing import Any

import pytest

from gateway.contract.model import Policy, Style
from gateway.validate.query_parameters import MAX_NAME
from tests.validate.declared import check_of, parameter, params, query_findings

STRING, INTEGER = {"type": "string"}, {"type": "integer"}
COLORS = {"type": "array", "items": {"enum": ["blue", "black", "a,b"]}, "maxItems": 2}
NUMBERS = {"type": "array", "items": INTEGER}
POINT = {
    "type": "object",
    "properties": {"x": INTEGER, "y": INTEGER, "tags": {"type": "array", "items": STRING}},
    "required": ["x"],
}
NESTED = {
    "type": "object",
    "properties": {
        "b": {
            "type": "object",
            "properties": {"c": INTEGER, "d": {"type": "array", "items": STRING}},
            "additionalProperties": False,
        }
    },
}
DATES = {"anyOf": [{"type": "object", "properties": {"gt": INTEGER}}, {"type": "integer"}]}

Said = tuple[str, Any, Style, bool]
FORM: Said = ("p", COLORS, "form", True)
COMMA: Said = ("p", COLORS, "form", False)
SPACE: Said = ("p", COLORS, "spaceDelimited", False)
PIPE: Said = ("p", COLORS, "pipeDelimited", False)
SPREAD: Said = ("p", POINT, "form", True)
PAIRED: Said = ("p", POINT, "form", False)
DEEP: Said = ("p", POINT, "deepObject", True)
DEEPER: Said = ("p", NESTED, "deepObject", True)
DEEP_OR_NOT: Said = ("p", DATES, "deepObject", True)
LIMIT: Said = ("p", {"type": "integer", "minimum": 1, "maximum": 100}, "form", True)
BRACKETED: Said = ("p[]", NUMBERS, "form", True)


def found(said: Said, query: str) -> list[str]:
    name, schema, style, explode = said
    return params(query_findings(query, parameter(name, schema, style=style, explode=explode)))


@pytest.mark.parametrize(
    ("said", "query"),
    [
        (LIMIT, ""),
        (LIMIT, "p=5"),
        (LIMIT, "q=x&p=%35&r"),
        (FORM, "p=blue"),
        (FORM, "p=blue&p=black"),
        (FORM, "p[]=blue&p[]=black"),
        (FORM, "p%5B%5D=blue&p%5b%5d=black"),
        (FORM, "p[0]=blue&p[1]=black"),
        (FORM, "p=blue&q=1&p[]=black"),
        (FORM, "p=a,b"),
        (COMMA, "p=blue,black"),
        (COMMA, "p=blue%2Cblack"),
        (COMMA, "p=a%2Cb,blue"),
        (COMMA, "p=blue&p=black"),
        (COMMA, "p[]=blue&p[]=a,b"),
        (COMMA, "p="),
        (SPACE, "p=blue%20black"),
        (SPACE, "p=blue+black"),
        (SPACE, "p[]=blue&p[]=black"),
        (PIPE, "p=blue|black"),
        (PIPE, "p=blue%7Cblack"),
        (SPREAD, "x=1&y=2"),
        (SPREAD, "x=1&tags=a&tags=b"),
        (SPREAD, "x=1&tags[]=a"),
        (SPREAD, "p[x]=1"),
        (SPREAD, "q=1"),
        (PAIRED, "p=x,1,y,2"),
        (PAIRED, "p=x,1,tags,a"),
        (PAIRED, "p[x]=1&p[tags][]=a"),
        (DEEP, "p[x]=1&p[y]=2"),
        (DEEP, "p[x]=1&p[tags]=a&p[tags]=b"),
        (DEEP, "p[x]=1&p[tags][]=a&p[tags][]=2"),
        (DEEP, "p[x]=1&p[tags][0]=a&p[tags][1]=b"),
        (DEEPER, "p[b][c]=1&p[b][d][]=1&p[b][d][]=x"),
        (DEEP_OR_NOT, "p[gt]=5"),
        (DEEP_OR_NOT, "p=5"),
        (BRACKETED, "p[]=1&p[]=2"),
        (BRACKETED, "p[0]=1&p[1]=2"),
        (BRACKETED, "p=1&p=2"),
        (LIMIT, "p[=x&p]=x&p[a=x&[p]=x"),
    ],
)
def test_valid(said: Said, query: str) -> None:
    assert found(said, query) == []


@pytest.mark.parametrize(
    ("said", "query", "where"),
    [
        (LIMIT, "p=", ["p"]),
        (LIMIT, "p", ["p"]),
        (LIMIT, "p=x", ["p"]),
        (LIMIT, "p=5.0", ["p"]),
        (LIMIT, "p=500", ["p"]),
        (LIMIT, "p=5&p=5", ["p"]),
        (LIMIT, "%70=0", ["p"]),
        (LIMIT, "p[]=5", ["p"]),
        (LIMIT, "p[x]=5", ["p"]),
        (FORM, "p=red", ["p/0"]),
        (FORM, "p=blue,black", ["p/0"]),
        (FORM, "p=blue&p=red&p=red", ["p/1", "p/2", "p"]),
        (FORM, "p[]=red", ["p/0"]),
        (FORM, "p=blue&p[a]=black", ["p"]),
        (COMMA, "p=blue,red", ["p/1"]),
        (COMMA, "p=blue,black,blue", ["p"]),
        (SPACE, "p=blue,black", ["p/0"]),
        (PIPE, "p=blue|red", ["p/1"]),
        (SPREAD, "y=2", ["p"]),
        (SPREAD, "x=a", ["p/x"]),
        (SPREAD, "x=1&x=2", ["p/x"]),
        (SPREAD, "p=1", ["p"]),
        (PAIRED, "p=x,1,y", ["p"]),
        (PAIRED, "p=x,a", ["p/x"]),
        (DEEP, "p[x]=a&p[y]=b", ["p/x", "p/y"]),
        (DEEP, "p[y]=1", ["p"]),
        (DEEP, "p=1", ["p"]),
        (DEEP, "p=1&p[x]=1", ["p"]),
        (DEEP, "p[x]=1&p[x]=2", ["p/x"]),
        (DEEPER, "p[b][c]=x", ["p/b/c"]),
        (DEEPER, "p[b][e]=x", ["p/b"]),
        (DEEPER, "p" + "[b]" * 40 + "=x", ["p"]),
        (DEEP_OR_NOT, "p[gt]=x", ["p/gt"]),
        (BRACKETED, "p[]=1&p[]=x", ["p[]/1"]),
        (BRACKETED, "p[1]=x", ["p[]/0"]),
    ],
)
def test_invalid(said: Said, query: str, where: list[str]) -> None:
    assert sorted(found(said, query)) == sorted(where)


def test_a_missing_required_parameter() -> None:
    limit = parameter("limit", INTEGER, required=True)
    (finding,) = query_findings("", limit)
    assert (finding.param, finding.schema) == ("limit", "/parameters/limit")
    assert finding.message == "is a required query parameter"
    assert query_findings("q=1", limit) == [finding]
    assert query_findings("limit=1", limit) == []


def test_a_missing_required_exploded_object() -> None:
    point = parameter("p", POINT, required=True)
    assert params(query_findings("z=1", point)) == ["p"]
    assert query_findings("x=1", point) == []


def test_an_empty_value_where_it_is_allowed() -> None:
    limit = parameter("limit", INTEGER, allow_empty=True)
    assert query_findings("limit=", limit) == query_findings("limit", limit) == []
    assert params(query_findings("limit=&limit=", limit)) == ["limit"]


def test_the_longest_declared_name_counts() -> None:
    parts = parameter("a", {"type": "object", "properties": {"b": STRING}}, style="deepObject")
    ids = parameter("a[ids][]", NUMBERS)
    status = parameter("a[status]", {"enum": ["on", "off"]})
    declared = (parts, ids, status)
    assert query_findings("a[b]=x&a[ids][0]=1&a[ids][1]=2&a[status]=on", *declared) == []
    query = "a[status]=x&a[ids][]=x"
    assert sorted(params(query_findings(query, *declared))) == ["a[ids][]/0", "a[status]"]


def test_an_open_exploded_object_takes_all_other_names() -> None:
    extra = parameter("extra", {"type": "object", "additionalProperties": INTEGER})
    limit = parameter("limit", INTEGER)
    assert query_findings("limit=1&a=2&b=3", extra, limit) == []
    assert params(query_findings("limit=1&a=x&b=3", extra, limit)) == ["extra/a"]
    check = check_of(extra, fixed_query=(("beta", "true"),))
    assert check.findings((), b"beta=true", ()) == []


def test_unknown_names_pass_unless_they_are_refused() -> None:
    limit = parameter("limit", INTEGER)
    assert query_findings("limits=1", limit) == []
    refuse = check_of(limit, policy=Policy(unknown_query="refuse"), fixed_query=(("beta", "true"),))
    assert refuse.findings((), b"beta=true&limit=5", ()) == []
    (finding,) = refuse.findings((), b"limits=secret", ())
    assert finding.param == "limits"
    assert "limit" in finding.message
    assert "secret" not in finding.message
    (finding,) = refuse.findings((), b"x" * 5000, ())
    assert len(finding.param) == MAX_NAME


def test_a_fixed_pair_is_no_parameter_but_a_declared_one_is() -> None:
    beta = parameter("beta", {"const": True, "type": "boolean"}, required=True)
    fixed = (("beta", "true"),)
    assert check_of(beta, fixed_query=fixed).findings((), b"beta=true", ()) == []
    assert params(check_of(beta, fixed_query=fixed).findings((), b"", ())) == ["beta"]


def test_what_cannot_be_read_is_a_finding() -> None:
    limit = parameter("limit", INTEGER)
    assert params(query_findings("limit=%zz", limit)) == ["limit"]
    assert params(query_findings("%zz=1", limit)) == ["query"]
    assert params(check_of().findings((), b"q=%E9", ())) == ["q"]


@pytest.mark.parametrize("query", ["filter={%22a%22:1}", "filter=%7B%22a%22%3A+1%7D"])
def test_json_content(query: str) -> None:
    schema = {"type": "object", "properties": {"a": INTEGER}}
    filter_ = parameter("filter", schema, media_type="application/json; charset=utf-8")
    assert query_findings(query, filter_) == []
    assert params(query_findings(query.replace("1}", "%22x%22}").replace("1%7D", "[]}"), filter_))
    for bad in ('{"a":1,"a":2}', "{", "", '{"a":NaN}'):
        (finding,) = query_findings(f"filter={bad}", filter_)
        assert finding.param == "filter"
        assert "JSON" in finding.message
    assert params(query_findings("filter=%7B%22a%22:%22x%22%7D", filter_)) == ["filter/a"]
    assert params(query_findings("filter={}&filter={}", filter_)) == ["filter"]


def test_text_content_is_judged_and_other_content_is_not() -> None:
    assert params(query_findings("t=x", parameter("t", {"enum": ["a"]}, media_type="text/plain")))
    assert query_findings("t=x", parameter("t", {"enum": ["a"]}, media_type="image/png")) == []


def test_digits_that_are_a_string() -> None:
    version = parameter("version", {"type": "string", "enum": ["1", "2"]})
    assert query_findings("version=1", version) == []
    assert params(query_findings("version=3", version)) == ["version"]


def test_no_message_quotes_a_value() -> None:
    declared = [
        parameter("limit", INTEGER),
        parameter("p", COLORS, style="pipeDelimited"),
        parameter("d", POINT, style="deepObject"),
        parameter("j", INTEGER, media_type="application/json"),
    ]
    for name in ("limit", "p", "d", "j"):
        for query in (f"{name}=hunter2", f"{name}[]=hunter2", f"{name}=hunter2&{name}=hunter2%"):
            for finding in query_findings(query, *declared):
                assert "hunter2" not in finding.message

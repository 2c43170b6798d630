"""The parameters of an operation together."""

import time
from typing import Any

import pytest

from gateway.contract.model import Policy, Style
from gateway.validate.parameters import compile_parameters
from gateway.validate.readings import MAX_FINDINGS
from tests.validate.declared import check_of, operation, parameter, params

STRING, INTEGER = {"type": "string"}, {"type": "integer"}
NUMBERS = {"type": "array", "items": INTEGER}
POINT = {"type": "object", "properties": {"x": INTEGER}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "style", "explode", "good", "bad"),
    [
        (INTEGER, "simple", False, "5", "x"),
        (STRING, "simple", False, "a,b", None),
        (NUMBERS, "simple", False, "1,2", "1,x"),
        (NUMBERS, "simple", True, "1,2", "1;2"),
        (POINT, "simple", False, "x,1", "x"),
        (POINT, "simple", True, "x=1", "y=1"),
        (INTEGER, "label", False, ".5", "5"),
        (NUMBERS, "label", False, ".1,2", ".1,x"),
        (NUMBERS, "label", True, ".1.2", "1.2"),
        (POINT, "label", True, ".x=1", ".x=a"),
        (INTEGER, "matrix", False, ";id=5", ";no=5"),
        (NUMBERS, "matrix", False, ";id=1,2", ";id=1;id=2"),
        (NUMBERS, "matrix", True, ";id=1;id=2", ";id=1;no=2"),
        (POINT, "matrix", True, ";x=1", ";x=a"),
        ({"type": "boolean"}, "simple", False, "true", "True"),
        ({"type": "object"}, "simple", True, "a=1", "a"),
    ],
)
def test_path_parameters(
    schema: Any, style: Style, explode: bool, good: str, bad: str | None
) -> None:
    declared = parameter("id", schema, "path", style=style, explode=explode)
    check = check_of(declared, path="/things/{id}")
    assert check.findings((good,), b"", ()) == []
    if bad is not None:
        assert check.findings((bad,), b"", ())


def test_path_values_come_in_the_order_of_the_template() -> None:
    declared = [parameter("id", INTEGER, "path"), parameter("Sid", {"enum": ["a"]}, "path")]
    check = check_of(*declared, path="/x/{Sid}/{undeclared}/{id}.json")
    assert check.findings(("a", "?", "5"), b"", ()) == []
    assert params(check.findings(("5", "?", "a"), b"", ())) == ["Sid", "id"]


def test_json_content_in_a_path() -> None:
    declared = parameter("id", POINT, "path", media_type="application/json")
    check = check_of(declared, path="/x/{id}")
    assert check.findings(('{"x":1}',), b"", ()) == []
    assert params(check.findings(('{"y":1}',), b"", ())) == ["id"]


def test_all_findings_are_told_with_their_rules() -> None:
    check = check_of(
        parameter("id", INTEGER, "path"),
        parameter("limit", INTEGER),
        parameter("after", STRING, required=True),
        parameter("X-Count", INTEGER, "header"),
        parameter("seen", INTEGER, "cookie"),
        path="/x/{id}",
    )
    headers = [(b"x-count", b"a"), (b"cookie", b"seen=a")]
    found = check.findings(("a",), b"limit=a", headers)
    assert params(found) == ["id", "limit", "after", "X-Count", "seen"]
    assert {finding.schema for finding in found} == {
        f"/parameters/{name}" for name in ("id", "limit", "after", "X-Count", "seen")
    }
    assert found[0].message == "must be an integer"


def test_at_most_twenty_findings() -> None:
    check = check_of(*(parameter(f"p{number}", INTEGER) for number in range(30)))
    query = "&".join(f"p{number}=x" for number in range(30))
    assert len(check.findings((), query.encode(), ())) == MAX_FINDINGS


def test_names_of_keys_are_not_unknown() -> None:
    declared = operation(policy=Policy(unknown_query="refuse"))
    assert params(compile_parameters(declared).findings((), b"api_key=k", ())) == ["api_key"]
    assert compile_parameters(declared, {"api_key"}).findings((), b"api_key=k", ()) == []


def test_an_array_given_many_times_is_judged_in_bounded_time() -> None:
    check = check_of(parameter("ids", {"type": "array"}), parameter("d", {}))
    started = time.thread_time()
    check.findings((), b"&".join([b"ids[]=1"] * 9000), ())
    check.findings((), b"d" + b"[a]" * 20000 + b"=1&" + b"[" * 30000 + b"]" * 30000, ())
    assert time.thread_time() - started < 2

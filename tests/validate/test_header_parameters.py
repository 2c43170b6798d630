"""Header and cookie parameters."""

from typing import Any

import pytest

from gateway.errors import Finding
from tests.validate.declared import check_of, parameter, params

STRING, INTEGER = {"type": "string"}, {"type": "integer"}
NUMBERS = {"type": "array", "items": INTEGER, "maxItems": 3}
POINT = {"type": "object", "properties": {"x": INTEGER, "y": INTEGER}, "required": ["x"]}


def header_findings(*values: bytes, schema: Any, **more: Any) -> list[Finding]:
    check = check_of(parameter("X-Thing", schema, "header", **more))
    return check.findings((), b"", [(b"host", b"h"), *((b"x-thing", value) for value in values)])


def cookie_findings(*values: bytes, schema: Any, **more: Any) -> list[Finding]:
    check = check_of(parameter("thing", schema, "cookie", **more))
    return check.findings((), b"", [(b"cookie", value) for value in values])


@pytest.mark.parametrize(
    ("schema", "explode", "values"),
    [
        (INTEGER, False, []),
        (INTEGER, False, [b"5"]),
        (INTEGER, False, [b" 5\t"]),
        (STRING, False, ["é, ü".encode()]),
        (NUMBERS, False, [b"1,2"]),
        (NUMBERS, False, [b"1, 2 ,,3,"]),
        (NUMBERS, True, [b"1", b"2, 3"]),
        (NUMBERS | {"type": ["array", "null"]}, True, [b"1, 2"]),
        (NUMBERS, False, [b""]),
        (POINT, False, [b"x,1,y,2"]),
        (POINT, True, [b"x=1,y=2"]),
        (POINT, True, [b"x=1", b"y=2"]),
        ({"anyOf": [INTEGER, NUMBERS]}, False, [b"1,2"]),
        ({"anyOf": [INTEGER, NUMBERS]}, False, [b"1"]),
    ],
)
def test_valid_headers(schema: Any, explode: bool, values: list[bytes]) -> None:
    assert header_findings(*values, schema=schema, explode=explode) == []


@pytest.mark.parametrize(
    ("schema", "explode", "values", "where"),
    [
        (INTEGER, False, [b"x"], ["X-Thing"]),
        (INTEGER, False, [b""], ["X-Thing"]),
        (INTEGER, False, [b"1", b"1"], ["X-Thing"]),
        (INTEGER, False, [b"\xff"], ["X-Thing"]),
        (STRING, False, [b"\xe9"], ["X-Thing"]),
        (NUMBERS, False, [b"1,x"], ["X-Thing/1"]),
        (NUMBERS, False, [b"1,2", b"3,4"], ["X-Thing"]),
        (POINT, False, [b"x,1,y"], ["X-Thing"]),
        (POINT, True, [b"x=a"], ["X-Thing/x"]),
        (POINT, True, [b"y=1"], ["X-Thing"]),
    ],
)
def test_invalid_headers(schema: Any, explode: bool, values: list[bytes], where: list[str]) -> None:
    assert params(header_findings(*values, schema=schema, explode=explode)) == where


def test_header_names_have_no_case() -> None:
    check = check_of(parameter("X-Thing", INTEGER, "header", required=True))
    assert check.findings((), b"", [(b"X-THING", b"5")]) == []


def test_a_missing_required_header() -> None:
    (finding,) = header_findings(schema=INTEGER, required=True)
    assert finding == Finding("X-Thing", "is a required header parameter", "/parameters/X-Thing")


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_are_no_parameters(name: str) -> None:
    check = check_of(parameter(name, INTEGER, "header", required=True))
    assert check.findings((), b"", [(name.lower().encode(), b"x")]) == []


def test_json_in_a_header() -> None:
    more = {"schema": POINT, "media_type": "application/json"}
    assert header_findings(b'{"x": 1}', **more) == []
    assert params(header_findings(b'{"x": "1"}', **more)) == ["X-Thing/x"]
    assert params(header_findings(b'{"x": 1}', b'{"x": 1}', **more)) == ["X-Thing"]


@pytest.mark.parametrize(
    ("schema", "explode", "values"),
    [
        (INTEGER, True, []),
        (INTEGER, True, [b"thing=5"]),
        (INTEGER, True, [b'other=x; thing="5"']),
        (INTEGER, True, [b"other=x", b"thing=5"]),
        ({"enum": ["a b"]}, True, [b"thing=a%20b"]),
        ({"enum": ["a%20b"]}, True, [b"thing=a%20b"]),
        ({"enum": ["100%"]}, True, [b"thing=100%"]),
        ({"enum": ["a+b"]}, True, [b"thing=a+b"]),
        ({"enum": ["a&thing=b"]}, True, [b"thing=a&thing=b"]),
        (NUMBERS, True, [b"thing=1; thing=2"]),
        (NUMBERS, True, [b"thing=1&thing=2"]),
        (NUMBERS, False, [b"thing=1,2"]),
        (NUMBERS, False, [b"thing=1%2C2"]),
        (POINT, True, [b"x=1; y=2"]),
        (POINT, True, [b"x=1&y=2"]),
        (POINT, False, [b"thing=x,1,y,2"]),
    ],
)
def test_valid_cookies(schema: Any, explode: bool, values: list[bytes]) -> None:
    assert cookie_findings(*values, schema=schema, explode=explode) == []


@pytest.mark.parametrize(
    ("schema", "explode", "values", "where"),
    [
        (INTEGER, True, [b"thing=x"], ["thing"]),
        (INTEGER, True, [b"thing=5; thing=5"], ["thing"]),
        (INTEGER, True, [b"thing=5", b"thing=5"], ["thing"]),
        (INTEGER, True, [b"thing=5&a=1"], ["thing"]),
        (INTEGER, True, [b"thing=\xff"], ["Cookie"]),
        (INTEGER, True, [b"thing=%zz"], ["thing"]),
        (NUMBERS, True, [b"thing=1; thing=x"], ["thing/1"]),
        (POINT, True, [b"x=a; y=2"], ["thing/x"]),
    ],
)
def test_invalid_cookies(schema: Any, explode: bool, values: list[bytes], where: list[str]) -> None:
    assert params(cookie_findings(*values, schema=schema, explode=explode)) == where


def test_a_missing_required_cookie() -> None:
    (finding,) = cookie_findings(b"other=1; Thing=1", schema=INTEGER, required=True)
    assert finding == Finding("thing", "is a required cookie parameter", "/parameters/thing")


def test_json_in_a_cookie_plain_or_escaped() -> None:
    more = {"schema": POINT, "media_type": "application/json"}
    assert cookie_findings(b'thing={"x":1}', **more) == []
    assert cookie_findings(b"thing=%7B%22x%22%3A1%7D", **more) == []
    assert params(cookie_findings(b"thing=%7B%22x%22%3Atrue%7D", **more)) == ["thing"]

import json
from typing import Any

import pytest

from gateway.actions.budget import BUDGET
from gateway.actions.jobs import CallAnswer
from gateway.errors import Finding, RelayError
from gateway.mcp.results import check_of, error_result, json_of, message_in, success

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}, "s": {"type": "string"}}}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"error": {"message": "m"}}, "m"),
        ({"error": "m"}, "m"),
        ({"title": "t", "detail": "d"}, "d"),
        ({"message": "", "title": "t"}, "t"),
        ({"error": {"code": 5}}, ""),
        ([1], ""),
        (None, ""),
    ],
)
def test_where_an_error_has_its_sentence(value: Any, told: str) -> None:
    assert message_in(value) == told


def test_all_findings_are_told() -> None:
    findings = [Finding("/a", "is missing"), Finding("/b", "is odd")]
    result = error_result("t", RelayError("invalid_body", "Two things.", errors=findings))
    assert result.text == "t: Two things.\n- /a: is missing\n- /b: is odd"
    assert result.is_error


def test_members_that_are_not_as_declared_stand_in_the_text_alone() -> None:
    value = {"n": "five", "s": "x", "other": None}
    result = success(CallAnswer(200, b""), value, (), check_of(SCHEMA))
    assert result.structured == {"s": "x", "other": None}
    assert json.loads(result.text) == value


def test_text_of_an_operation_that_declares_json() -> None:
    result = success(CallAnswer(200, b"words", "text/plain"), None, (), check_of(SCHEMA))
    assert (result.text, result.structured) == ("words", {"text": "words"})
    assert success(CallAnswer(200, b"words", "text/plain"), None, (), None).structured is None


def test_an_answer_beyond_the_budget() -> None:
    result = success(CallAnswer(200, b""), {"data": ["x" * 100] * 2_000}, (), None)
    assert len(result.text) <= BUDGET
    assert result.structured is not None
    assert result.structured["truncated"] is True


@pytest.mark.parametrize(
    ("content", "media_type", "value"),
    [
        (b"[1]", "application/json", [1]),
        (b"[1]", "application/problem+json; charset=utf-8", [1]),
        (b"[1]", "text/plain", None),
        (b"[1", "application/json", None),
        (b"", "application/json", None),
    ],
)
def test_json_of_an_answer(content: bytes, media_type: str, value: Any) -> None:
    assert json_of(CallAnswer(200, content, media_type)) == value

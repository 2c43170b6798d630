"""How long a listing of findings takes: not long, and never longer than it may."""

import time

import pytest

from gateway.errors import Finding
from gateway.validate.findings import MAX_FINDINGS, UNTOLD, Explainer
from gateway.validate.schemas import SchemaChecks
from gateway.validate.subschemas import Subschemas
from tests.costs import least

QUICKLY = 0.05  # seconds of processor time

PART = {
    "anyOf": [
        {
            "type": "object",
            "required": ["type", "text"],
            "properties": {"type": {"const": f"t{i}"}, "text": {"type": "string"}},
        }
        for i in range(30)
    ]
}
MESSAGE = {
    "anyOf": [
        {
            "type": "object",
            "required": ["role", "content"],
            "properties": {
                "role": {"enum": [f"r{i}"]},
                "content": {
                    "anyOf": [
                        {"type": "string"},
                        {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                    ]
                },
            },
        }
        for i in range(10)
    ]
}
CHAT = {
    "properties": {
        "input": {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"$ref": "#/components/schemas/Message"}},
            ]
        }
    }
}


def _chat(bad):
    text = "hello there " * 8
    return {
        "input": [
            {"role": "r7", "content": [{"type": "t20", "text": 5 if i in bad else text}]}
            for i in range(1500)
        ]
    }


@pytest.mark.parametrize("bad", [{777}, set(range(1500))])
def test_a_long_chat_is_listed_quickly(bad):
    document = {"components": {"schemas": {"Chat": CHAT, "Message": MESSAGE, "Part": PART}}}
    check = SchemaChecks(document, one_of="any").check({}, "/components/schemas/Chat")
    value = _chat(bad)
    assert not check.is_valid(value)
    findings: list[Finding] = []

    def listed() -> float:
        start = time.thread_time()
        findings[:] = check.findings(value)
        return time.thread_time() - start

    assert least(listed, QUICKLY) <= QUICKLY
    assert len(findings) == min(len(bad), MAX_FINDINGS)
    assert findings[0].param == f"/input/{min(bad)}/content/0/text"
    assert findings[0].message == "must be a string"


def test_a_listing_that_takes_too_long_ends_with_a_finding():
    schema = {"items": {"type": "integer"}}
    value = [*range(3_000_000), "x"]
    check = SchemaChecks({}, one_of="any").check(schema, "")
    start = time.thread_time()
    assert [finding.message for finding in check.findings(value)] == [UNTOLD]
    assert time.thread_time() - start < 2


def test_what_the_engine_is_given_anew_is_not_counted():
    many = {f"m{i}": {"type": "string", "minLength": 1} for i in range(200)}
    parts = {f"p{i}": {"type": "object", "properties": many} for i in range(200)}
    it = {"type": "object", "properties": {**parts, "n": {"type": "integer"}}}
    subschemas = Subschemas({"components": {"schemas": {"It": it}}})
    node = subschemas.node("/components/schemas/It")
    subschemas.compile(node)
    subschemas.let_go()
    start = time.thread_time()
    subschemas.take_up()
    seconds = (time.thread_time() - start) / 2
    subschemas.let_go()
    findings = Explainer(subschemas, seconds).findings(node, {"n": "x"})
    assert [(each.param, each.message) for each in findings] == [("/n", "must be an integer")]

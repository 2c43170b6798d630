"""Errors as bytes, in both shapes."""

import json

import pytest

from gateway.answers import error_type, render
from gateway.errors import CODES, Finding, RelayError
from gateway.exchange import Exchange

FINDINGS = [Finding("/a", "must be an integer", "/secret/place"), Finding("/b", "is missing")]
ERROR = RelayError("invalid_body", "é: /a: must be an integer", errors=FINDINGS)
EXCHANGE = Exchange("req_1", "POST")
MEMBERS = {
    "param": "/a",
    "code": "invalid_body",
    "request_id": "req_1",
    "errors": [
        {"param": "/a", "message": "must be an integer"},
        {"param": "/b", "message": "is missing"},
    ],
}


def test_openai() -> None:
    body, media_type = render(ERROR, EXCHANGE, "openai")
    assert media_type == "application/json"
    said = {"message": ERROR.message, "type": "invalid_request_error", **MEMBERS}
    assert json.loads(body) == {"error": said}


def test_problem() -> None:
    body, media_type = render(ERROR, EXCHANGE, "problem")
    assert media_type == "application/problem+json"
    assert json.loads(body) == {
        **{"type": "about:blank", "title": "Bad Request", "status": 400},
        **{"detail": ERROR.message, **MEMBERS},
    }


@pytest.mark.parametrize("code", CODES)
def test_every_code_can_be_answered(code: str) -> None:
    for shape in ("openai", "problem"):
        body, _ = render(RelayError(code, "m"), EXCHANGE, shape)  # type: ignore[arg-type]
        assert code in body.decode()
    kind = error_type(RelayError(code, "m"))
    assert kind.endswith("_error")
    assert (kind == "server_error") == (CODES[code] >= 500)

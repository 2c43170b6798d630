"""The one place where errors become bytes: shape `openai`, or `problem` (RFC 9457)."""

import json
from typing import Any, Literal

from gateway.errors import RelayError
from gateway.exchange import Exchange

Shape = Literal["openai", "problem"]
TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
}


def error_members(error: RelayError, request_id: str) -> dict[str, Any]:
    """Return the members that both shapes share."""
    return {
        "message": error.message,
        "type": error_type(error),
        "param": error.param,
        "code": error.code,
        "request_id": request_id,
        "errors": [
            {"param": finding.param, "message": finding.message} for finding in error.errors
        ],
    }


def error_type(error: RelayError) -> str:
    """Return the error's class, as clients of the OpenAI API know it."""
    if error.status in TYPES:
        return TYPES[error.status]
    return "invalid_request_error" if error.status < 500 else "server_error"


def render(error: RelayError, exchange: Exchange, shape: Shape) -> tuple[bytes, str]:
    """Return an error's body and media type."""
    members = error_members(error, exchange.request_id)
    if shape == "openai":
        return json.dumps({"error": members}).encode(), "application/json"
    del members["message"]
    problem = {
        "type": "about:blank",
        "title": error.status.phrase,
        "status": int(error.status),
        "detail": error.message,
        **{name: value for name, value in members.items() if name != "type"},
    }
    return json.dumps(problem).encode(), "application/problem+json"

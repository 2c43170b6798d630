"""The calls that the gateway answers itself: the envelope, and the poll of a job."""

from typing import Any

from codegen.actions.texts import DESCRIPTION, SUMMARY, clamp
from gateway.contract.model import Operation
from gateway.local.catalogue import ENVELOPE, KINDS
from gateway.projection import Call, Member

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
JOB = "getJob"
JOB_PATH = "/jobs/{id}"
ENVELOPE_TEXT = (
    "Use it for operations that have no action of their own. Give operationId with path_params, or "
    "method with path; query, headers and body as JSON text. All checks of a direct call apply, "
    "and its answer comes back."
)
JOB_TEXT = (
    "Use it after a call that was answered with status 202: give its job's id. Answers 202 while "
    "the call still runs, then what the call itself answers."
)
# What a call answers that takes longer than a caller waits.
ACCEPTED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "job": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "description": f"Give it to {JOB}."},
                "status": {"type": "string", "description": "running"},
            },
        },
        "message": {"type": "string", "description": "What to do next."},
    },
}


def envelope_call(own: Operation | None, name: str) -> Call:
    """Return the envelope: the document's own operation, or the one that every gateway has.

    Its members are strings, which the envelope itself reads as JSON; nothing is rewritten.
    """
    kind = KINDS[ENVELOPE]
    return Call(
        name=name,
        kind="envelope",
        # The gateway's own operation is named for its path (`gateway.local.catalogue`).
        operation=own.id if own else kind.twin[1:],
        method="POST",
        path=own.path if own else "/proxy",
        summary=clamp(own.summary if own else kind.summary, SUMMARY),
        description=clamp(ENVELOPE_TEXT, DESCRIPTION),
        members=(
            _text("operationId", "Name of the operation, with its path's values in path_params."),
            _text("path_params", 'JSON text: values for the names in braces, as {"id": "a1"}.'),
            Member("method", "body", "method", False, {"type": "string", "enum": METHODS}, "HTTP."),
            _text("path", "Path with its values filled in; no host, no query."),
            _text("query", 'JSON text: query parameters by name, as {"limit": 10}.'),
            _text("headers", "JSON text: header parameters that the operation declares."),
            _text("body", "JSON text: the operation's body; for a form an object of its fields."),
        ),
        body_type="application/json",
        consequential=True,
    )


def job_call(name: str) -> Call:
    """Return the poll of a job."""
    return Call(
        name=name,
        kind="job",
        operation="",
        method="GET",
        path=JOB_PATH,
        summary="Get the answer of a call that takes long",
        description=clamp(JOB_TEXT, DESCRIPTION),
        members=(
            Member("id", "path", "id", True, {"type": "string"}, "Id of the job, as answered."),
        ),
        consequential=False,
    )


def _text(name: str, description: str) -> Member:
    return Member(name, "body", name, False, {"type": "string"}, description)

"""One operation as a call: its members, the way back, and what it answers."""

from collections.abc import Mapping
from typing import Any

from codegen.actions.answers import AnswerTrimmer, is_binary, json_schema, success
from codegen.actions.bodies import Body, BodyProjector, choose_body
from codegen.actions.entries import Report
from codegen.actions.flat import Flattener
from codegen.actions.parameters import Members, ParameterProjector
from codegen.actions.texts import DESCRIPTION, SUMMARY, clamp, is_cut
from gateway.contract.model import Operation
from gateway.projection import Call, CallKind

CONSEQUENTIAL = "x-openai-isConsequential"
TAKEN = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODYLESS = ("GET", "DELETE")
READING = ("GET", "HEAD", "OPTIONS")


class CallProjector:
    """Projects the operations of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.answers = AnswerTrimmer(document)
        self.flattener = Flattener(document)

    def call(self, operation: Operation, kind: CallKind, name: str, report: Report) -> Call:
        """Return the call of an operation, on the operation's own path."""
        members = Members()
        ParameterProjector(self.document, report).add_all(operation, members)
        body_type = choose_body(operation, self.flattener, files=kind == "wrap")
        if body_type is None and operation.body is not None:
            report.add("body", "left out", "No media type of it can be written from JSON.")
        body = Body()
        if body_type is not None:
            body = BodyProjector(self.document, report).add(operation, body_type, members)
        self._tell(operation, report)
        return Call(
            name=name,
            kind=kind,
            operation=operation.id,
            method=_method(operation, body_type is not None, bool(body.files), report),
            path=operation.path,
            summary=clamp(operation.summary or _title(operation), SUMMARY),
            description=clamp(
                operation.description or operation.summary or _title(operation), DESCRIPTION
            ),
            members=tuple(members.found),
            rewrites=tuple(members.rewrites),
            files=body.files,
            body_type=body.media_type,
            binary=is_binary(operation),
            consequential=is_consequential(operation),
            output_schema=self.answers.output(json_schema(success(operation))),
        )

    def _tell(self, operation: Operation, report: Report) -> None:
        for place, text, limit in (
            ("summary", operation.summary, SUMMARY),
            ("description", operation.description, DESCRIPTION),
        ):
            if is_cut(text, limit):
                report.add(
                    place, "cut at a sentence's end", "Over 300 characters block the import."
                )
        if is_binary(operation):
            report.add("response", "bytes became a link to a download", "Answers are text alone.")
        elif json_schema(success(operation)) is not None:
            what = "schema trimmed to plain members, two levels deep"
            report.add("response", what, "Answers need no schema; a short one helps a model.")


def is_consequential(operation: Operation) -> bool:
    """Tell whether a person is always asked first: as the document says, else unless it reads."""
    said = operation.document.get(CONSEQUENTIAL)
    return said if isinstance(said, bool) else operation.method not in READING


def _method(operation: Operation, has_body: bool, has_files: bool, report: Report) -> str:
    """Return the method that a consumer uses; one that cannot carry the call becomes POST."""
    method = operation.method
    if has_files:
        reason = "Files come with POST alone."
    elif has_body and method in BODYLESS:
        reason = f"{method} takes no body."
    elif method not in TAKEN:
        reason = f"{method} is not taken."
    else:
        return method
    if method == "POST":
        return method
    report.add("method", f"{method} became POST", reason)
    return "POST"


def _title(operation: Operation) -> str:
    return f"{operation.method} {operation.key}"

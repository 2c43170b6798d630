"""What a tool's caller is told: text for the model, a structured value for its program."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import Draft202012Validator

from gateway.actions.budget import BUDGET, fit, fit_text, size_of, written
from gateway.actions.jobs import CallAnswer
from gateway.actions.media import is_json, media_type_of
from gateway.errors import RelayError
from gateway.mcp.files import ResultFile

# Where errors keep their sentence: the OpenAI shape, RFC 9457, and what others do.
MESSAGES = ("message", "detail", "title", "error_description", "error")
FINDINGS = 20
IsValid = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a tool's call. `structured` is None where there is no JSON of success."""

    text: str
    structured: dict[str, Any] | None = None
    files: tuple[ResultFile, ...] = ()
    is_error: bool = False


def error_result(name: str, error: RelayError) -> ToolResult:
    """Tell what is wrong with a call that led to no request, or whose answer cannot be had."""
    findings = [f"- {each.param}: {each.message}" for each in error.errors[:FINDINGS]]
    said = [f"{name}: {error.message}", *(findings if len(findings) > 1 else [])]
    return ToolResult(fit_text("\n".join(said)), is_error=True)


def failure(name: str, answer: CallAnswer, value: Any) -> ToolResult:
    """Tell what an operation was answered that is no success; `value` is None if it is no JSON."""
    told = message_in(value)
    first = f"{name} failed with status {answer.status}" + (f": {told}" if told else ".")
    body = written(value) if value is not None else answer.content.decode("utf-8", "replace")
    return ToolResult(fit_text(f"{first}\n{body}".strip()), is_error=True)


def success(
    answer: CallAnswer, value: Any, files: tuple[ResultFile, ...], declared: IsValid | None
) -> ToolResult:
    """Tell what an operation was answered; `value` is None if it is no JSON.

    `declared` checks the output schema: a client refuses an answer that does not conform, so a
    member that does not is told in the text alone.
    """
    if value is None:
        text = answer.content.decode("utf-8", "replace")
        structured = {"text": text} if declared is not None else None
        text = text or f"Done, with status {answer.status} and no content."
    else:
        value = fit(value, BUDGET).value if size_of(value) > BUDGET else value
        text = written(value)
        structured = value if isinstance(value, dict) else {"data": value}
    if structured is not None and declared is not None:
        structured = conforming(structured, declared)
    return ToolResult(text, structured, files)


def check_of(schema: Mapping[str, Any]) -> IsValid:
    """Return the check of an output schema, which stands by itself (JSON Schema 2020-12)."""
    return Draft202012Validator(dict(schema), retriever=_refuse).is_valid


def conforming(value: dict[str, Any], declared: IsValid) -> dict[str, Any]:
    """Return the members that an output schema, which requires none, does not refuse."""
    if declared(value):
        return value
    return {name: item for name, item in value.items() if declared({name: item})}


def json_of(answer: CallAnswer) -> Any:
    """Return an answer's JSON, None where it has none."""
    if not answer.content or not is_json(media_type_of(answer.media_type)):
        return None
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return None


def message_in(value: Any) -> str:
    """Return the sentence of an error, "" where it has none that is known."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        if isinstance(value.get("error"), Mapping):
            return message_in(value["error"])
        for name in MESSAGES:
            if isinstance(value.get(name), str) and value[name]:
                return str(value[name])
    return ""


def _refuse(uri: str) -> Any:
    raise ValueError("an output schema refers to another document")

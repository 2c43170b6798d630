"""What is read of a response on its way: a bounded copy, for reports and token counts.

The response itself is never held up: it is judged when it has gone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jiter

from gateway.contract.model import Answer, Check, Operation, Schema
from gateway.exchange import Exchange
from gateway.relay.event_stream import media_type

BOUND = 1 << 20  # bytes copied; of a longer response nothing is judged
COUNTS = (  # the log names no others: a name could be content too
    *("input_tokens", "output_tokens", "total_tokens"),
    *("prompt_tokens", "completion_tokens"),
)
Fields = Mapping[bytes, bytes]  # the first value of each


class Watch:
    """A bounded copy of one response's body."""

    def __init__(self, check: Check | None, usage: bool, *, events: bool) -> None:
        self._check = check
        self._usage = usage
        self._events = events
        self._copy = bytearray()
        self._whole = True

    def feed(self, chunk: bytes) -> None:
        """Copy a chunk; of an event stream the end is kept, where the counts stand."""
        if not self._whole and not self._events:
            return
        self._copy += chunk
        if len(self._copy) > BOUND:
            self._whole = False
            del self._copy[: len(self._copy) - (BOUND if self._events else 0)]

    def note(self, exchange: Exchange) -> None:
        """Write what the copy shows into the exchange."""
        if exchange.outcome != "complete" or not (self._whole or self._events):
            return
        if self._check is None and b'"usage"' not in self._copy:
            return
        value = self._last_event() if self._events else _json(bytes(self._copy))
        if value is None:
            return
        if self._check is not None and not self._check.is_valid(value):
            exchange.drift = tuple(finding.schema for finding in self._check.findings(value))
        if self._usage:
            exchange.usage = token_counts(value)

    def _last_event(self) -> Any:
        """Return the data of the last event that has token counts."""
        for line in reversed(bytes(self._copy).splitlines()):
            if line.startswith(b"data:") and b'"usage"' in line:
                value = _json(line[5:])
                if value is not None and token_counts(value):
                    return value
        return None


class ResponseChecks:
    """The response schemas of the operations that report, compiled at their first response."""

    def __init__(self, compile_check: Callable[[Schema, str], Check]) -> None:
        self._compile = compile_check
        self._made: dict[str, Check] = {}

    def check(self, operation: Operation, status: int, media_type: str) -> Check | None:
        """Return the check of a response; None where the document declares no schema for it."""
        answer = declared_answer(operation.answers, status)
        media = answer.content.get(media_type) if answer else None
        if answer is None or media is None or "schema" not in media:
            return None
        pointer = f"{answer.pointer}/content/{media_type.replace('/', '~1')}/schema"
        if pointer not in self._made:
            self._made[pointer] = self._compile(media["schema"], pointer)
        return self._made[pointer]


def declared_answer(answers: Sequence[Answer], status: int) -> Answer | None:
    """Return the response that a document declares for a status (OpenAPI 3.1.0, 4.8.16)."""
    by_status = {answer.status: answer for answer in answers}
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in by_status:
            return by_status[key]
    return None


def watch_for(
    operation: Operation, status: int, fields: Fields, checks: ResponseChecks
) -> Watch | None:
    """Return a watch where the policy asks for one and the body can be read."""
    policy = operation.policy
    report = policy.response == "report"
    if not report and not (policy.usage and 200 <= status < 300):
        return None
    if b"content-encoding" in fields:
        return None
    said = media_type(fields.get(b"content-type", b""))
    events = said == "text/event-stream"
    if not events and not (said == "application/json" or said.endswith("+json")):
        return None
    check = checks.check(operation, status, said) if report and not events else None
    return Watch(check, bool(policy.usage), events=events)


def token_counts(value: Any) -> dict[str, int]:
    """Find token counts as the OpenAI API writes them: `usage` of the body or of its response."""
    for holder in (value, value.get("response") if isinstance(value, Mapping) else None):
        usage = holder.get("usage") if isinstance(holder, Mapping) else None
        if isinstance(usage, Mapping):
            return {
                name: usage[name]
                for name in COUNTS
                if isinstance(usage.get(name), int) and not isinstance(usage[name], bool)
            }
    return {}


def _json(data: bytes) -> Any:
    try:
        return jiter.from_json(data)
    except ValueError:
        return None

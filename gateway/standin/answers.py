"""Which of an operation's declared answers a request gets. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.contract.model import Answer, Operation

EVENT_STREAM = "text/event-stream"
OCTET_STREAM = "application/octet-stream"
NO_CONTENT = (204, 205, 304)


@dataclass(frozen=True, slots=True)
class Choice:
    """A status and a media type. `declared` is the type as the document has it, a range included.

    `media_type` is None where the answer has no content; `media` is the Media Type Object.
    """

    status: int
    answer: Answer | None = None
    declared: str | None = None
    media_type: str | None = None
    media: Mapping[str, Any] = field(default_factory=dict)


def choose(
    operation: Operation,
    accept: str,
    members: Mapping[str, Any],
    query: Mapping[str, str],
    status: int | None = None,
) -> Choice:
    """Choose the answer to a request: the asked status, else the first 2XX, else the default.

    JSON is preferred among types that `accept` (RFC 9110, section 12.5.1) likes as much; an event
    stream is chosen by `x-stream.when`, else by `stream: true` in body or query, else by `accept`.
    """
    answer = _answer_of(operation, status)
    code = status or _code_of(answer)
    if answer is None or code in NO_CONTENT or not answer.content:
        return Choice(code, answer)
    streams = None
    for declared, media in answer.content.items():
        if essence(declared) == EVENT_STREAM:
            streams = _wants_stream(media, members, query)
    names = list(answer.content)
    if streams is not None and len(names) > 1:
        names = [name for name in names if (essence(name) == EVENT_STREAM) == streams] or names
    declared = _best(names, _ranges(accept))
    concrete = _concrete(essence(declared), accept)
    return Choice(code, answer, declared, concrete, answer.content[declared])


def essence(media_type: str) -> str:
    """Return a media type in lower case, without parameters."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Tell whether bodies of the media type are one JSON value."""
    name = essence(media_type)
    return name == "application/json" or name.endswith("+json") or name == "text/json"


def _answer_of(operation: Operation, status: int | None) -> Answer | None:
    by_status = {answer.status.upper(): answer for answer in operation.answers}
    if status is not None:
        return by_status.get(str(status)) or by_status.get(f"{status // 100}XX")
    for name, answer in by_status.items():
        if name.startswith("2"):
            return answer
    return by_status.get("DEFAULT")


def _code_of(answer: Answer | None) -> int:
    if answer is None or not answer.status.isdigit():
        return 200
    return int(answer.status)


def _wants_stream(
    media: Mapping[str, Any], members: Mapping[str, Any], query: Mapping[str, str]
) -> bool | None:
    """Tell whether the request asks for the stream; None where it says nothing about it."""
    when = (media.get("x-stream") or {}).get("when")
    if isinstance(when, Mapping):
        wanted = when.get("equals", True)
        if "property" in when:
            return _equals(members.get(when["property"]), wanted)
        return _equals(query.get(str(when.get("query"))), wanted)
    said = [source["stream"] for source in (members, query) if "stream" in source]
    return any(_equals(value, True) for value in said) if said else None


def _equals(value: Any, wanted: Any) -> bool:
    """Compare; a form and a query say JSON's `true` as text."""
    same = type(value) is type(wanted) and value == wanted
    return bool(same or value == json.dumps(wanted))


def _best(names: list[str], ranges: list[tuple[str, float]]) -> str:
    def rank(name: str) -> tuple[float, bool, bool]:
        return _quality(essence(name), ranges), is_json(name), essence(name) != EVENT_STREAM

    return max(names, key=rank)


def _quality(name: str, ranges: list[tuple[str, float]]) -> float:
    """Return the weight of the most specific range that the type meets; 0 where none does."""
    kind = name.partition("/")[0]
    known = dict(reversed(ranges))
    for wanted in (name, f"{kind}/*", "*/*"):
        if wanted in known:
            return known[wanted]
    if name.endswith("/*"):  # a declared range meets every type inside of it
        inside = [q for wanted, q in ranges if name == "*/*" or wanted.startswith(f"{kind}/")]
        return max(inside, default=0.0)
    return 0.0


def _ranges(accept: str) -> list[tuple[str, float]]:
    return list(_read_ranges(accept)) or [("*/*", 1.0)]


def _read_ranges(accept: str) -> Iterable[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if "/" in name:
            yield name, quality


def _concrete(name: str, accept: str) -> str:
    """Return the type to send for a declared one: of a range what `accept` names, else bytes."""
    if not name.endswith("/*"):
        return name
    kind = name.partition("/")[0]
    for wanted, quality in _ranges(accept):
        if quality > 0 and "*" not in wanted and kind in ("*", wanted.partition("/")[0]):
            return wanted
    return OCTET_STREAM

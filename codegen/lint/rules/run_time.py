"""What a document promises, and a call at run time cannot keep."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from codegen.lint.rule import Hit, advice
from codegen.lint.tree import below, is_json, items, mapping, members_of, target, types_of
from codegen.lint.view import View

MAX_CHARACTERS = 100_000
MAX_FILES = 10
FILES = "openaiFileResponse"
# Media types that are text though their first half does not say so.
TEXT = frozenset(
    (
        "application/xml",
        "application/yaml",
        "application/x-yaml",
        "application/javascript",
        "application/jsonl",
        "application/x-ndjson",
        "application/x-www-form-urlencoded",
    )
)


def _contents(view: View) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Walk the media types of every response: name, media type, place."""
    for operation in view.operations:
        for _, answer, place in view.answers(operation):
            for name, media, media_place in items(answer.get("content"), below(place, "content")):
                yield name, mapping(media), media_place


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _is_text(media_type: str) -> bool:
    name = _essence(media_type)
    return (
        is_json(name) or name.startswith("text/") or name.endswith(("+xml", "/*")) or name in TEXT
    ) and not name.startswith(("image/", "audio/", "video/"))


@advice(
    "A",
    "The response is {media_type}: only text reaches the model.",
    "Answer JSON that holds a URL, or files up to 10 MB in `openaiFileResponse`.",
)
def binary_answer(view: View) -> Iterator[Hit]:
    """Responses are text."""
    for name, _, place in _contents(view):
        if not _is_text(name):
            yield Hit(place, {"media_type": name})


@advice(
    "A",
    "The schema declares bytes: only text is sent and received.",
    "Take files as `openaiFileIdRefs`, answer them as URLs or in `openaiFileResponse`.",
)
def binary_schema(view: View) -> Iterator[Hit]:
    """No schema stands for bytes."""
    for site in view.sites:
        if site.node.get("format") == "binary":
            yield Hit(site.place)


@advice(
    "A",
    "The response is an event stream: nothing is streamed to the model.",
    "Answer application/json alone.",
)
def event_stream(view: View) -> Iterator[Hit]:
    """No response is a stream."""
    for name, _, place in _contents(view):
        if _essence(name) == "text/event-stream":
            yield Hit(place)


@advice(
    "A",
    "The call can ask for a stream: nothing is streamed to the model.",
    "Take `stream` away, and let the server act as if it were false.",
)
def stream_member(view: View) -> Iterator[Hit]:
    """No call asks for a stream."""
    for operation in view.operations:
        for parameter in operation.parameters:
            if parameter.name == "stream" and parameter.location == "query":
                yield Hit(parameter.place)
        body = operation.body
        if body is not None and body.json:
            members = members_of(view.document, body.schema, body.schema_place)
            if "stream" in members:
                yield Hit(members["stream"][0])


@advice(
    "A",
    "`openaiFileResponse` is not declared as an array of at most 10 files.",
    "Write an array with `maxItems: 10` of objects with name, mime_type and content, or of URLs.",
)
def files_out_shape(view: View) -> Iterator[Hit]:
    """`openaiFileResponse` is an array of at most 10 files or URLs."""
    for name, media, place in _contents(view):
        if not is_json(name):
            continue
        members = members_of(view.document, media.get("schema"), below(place, "schema"))
        if FILES in members:
            at, member = members[FILES]
            schema = target(view.document, member)
            inner = types_of(target(view.document, schema.get("items")))
            most = schema.get("maxItems", MAX_FILES)
            fits = types_of(schema) == ("array",) and inner in (("object",), ("string",))
            if not fits or not isinstance(most, int) or most > MAX_FILES:
                yield Hit(at)


@advice(
    "A",
    "The value has at least {count} characters: requests and responses end at 100,000.",
    "Cut it, or answer in pages; keep each below 90,000 characters.",
)
def too_long(view: View) -> Iterator[Hit]:
    """Nothing is longer than a request or response may be."""
    for site in view.sites:
        least = site.node.get("minLength")
        if isinstance(least, int) and least >= MAX_CHARACTERS:
            yield Hit(below(site.place, "minLength"), {"count": least})
    for _, media, place in _contents(view):
        if "example" in media:
            count = _characters(media["example"])
            if count >= MAX_CHARACTERS:
                yield Hit(below(place, "example"), {"count": count})


def _characters(value: Any) -> int:
    try:
        return len(json.dumps(value, ensure_ascii=False, default=str))
    except (ValueError, RecursionError):
        return 0


RULES = (binary_answer, binary_schema, event_stream, stream_member, files_out_shape, too_long)

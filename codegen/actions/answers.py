"""What an operation answers, as consumers are told: the success schema, cut to plain members."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.actions.flat import SCALARS, Branch, Flat, Flattener
from codegen.actions.texts import DESCRIPTION, clamp
from gateway.contract.model import Answer, Operation
from gateway.validate.media_types import kind_of

MAX_DEPTH = 1  # objects and arrays below the answer itself
TEXTS = frozenset(("application/xml", "application/sdp", "application/yaml", "image/svg+xml"))


def success(operation: Operation) -> Answer | None:
    """Return the first declared answer of success."""
    good = [answer for answer in operation.answers if answer.status.startswith("2")]
    return good[0] if good else None


def json_schema(answer: Answer | None) -> Any:
    """Return the schema of an answer's JSON; None where it has none."""
    for media_type, media in answer.content.items() if answer else ():
        if kind_of(bare(media_type)) == "json":
            return media.get("schema")
    return None


def is_binary(operation: Operation) -> bool:
    """Tell whether an operation's success is bytes: no JSON and no text."""
    answer = success(operation)
    kinds = [bare(each) for each in answer.content] if answer else []
    bodies = [each for each in kinds if each != "text/event-stream"]
    return bool(bodies) and not any(is_text(each) for each in bodies)


def bare(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_text(media_type: str) -> bool:
    """Tell whether a media type's bodies are text, which a call can hold."""
    if media_type.startswith("text/") or media_type in TEXTS:
        return True
    return kind_of(media_type) in ("json", "form") or media_type.endswith("+xml")


class AnswerTrimmer:
    """Trims the schemas of answers. What is left out may come all the same."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.flattener = Flattener(document)

    def output(self, schema: Any) -> dict[str, Any] | None:
        """Return a truthful schema of an answer; None where it is no object.

        No member is required and no value excluded: what an API answers is not for us to refuse.
        """
        flat = self.flattener.flat(schema if isinstance(schema, Mapping | bool) else {})
        if not flat.branches or {branch.kind for branch in flat.branches} != {"object"}:
            return None
        return self._object(flat, 0)

    def _trimmed(self, schema: Any, refs: frozenset[str], depth: int) -> dict[str, Any] | None:
        flat = self.flattener.flat(schema, refs)
        kinds = {branch.kind for branch in flat.branches}
        if any(branch.recursive for branch in flat.branches) or len(kinds) != 1:
            return None
        kind = kinds.pop()
        if kind in SCALARS:
            return _described({"type": _typed(kind, flat)}, flat)
        if kind == "object" and depth <= MAX_DEPTH:
            made = self._object(flat, depth)
            return {**made, "type": _typed("object", flat)} if made["properties"] else None
        if kind == "array" and depth <= MAX_DEPTH:
            return self._array(flat, depth)
        return None

    def _object(self, flat: Flat, depth: int) -> dict[str, Any]:
        """Return an object with the members that are plain, and the same in all alternatives."""
        properties: dict[str, Any] = {}
        for name in dict.fromkeys(name for branch in flat.branches for name in branch.properties):
            found = list(self._of_member(flat.branches, name, depth))
            if found and found[0] is not None and all(each == found[0] for each in found):
                properties[name] = found[0]
        return _described({"type": "object", "properties": properties}, flat)

    def _of_member(
        self, branches: tuple[Branch, ...], name: str, depth: int
    ) -> Iterator[dict[str, Any] | None]:
        for branch in branches:
            if name in branch.properties:
                yield self._trimmed(branch.properties[name], branch.refs, depth + 1)

    def _array(self, flat: Flat, depth: int) -> dict[str, Any] | None:
        if len(flat.branches) != 1 or "items" not in flat.branches[0].said:
            return None
        branch = flat.branches[0]
        items = self._trimmed(branch.said["items"], branch.refs, depth + 1)
        if items is None:
            return None
        return _described({"type": _typed("array", flat), "items": items}, flat)


def plain(schema: Any) -> Any:
    """Return a trimmed schema with plain types: null is not told of."""
    if isinstance(schema, Mapping):
        found = {key: plain(value) for key, value in schema.items()}
        kinds = schema.get("type")
        if isinstance(kinds, list):
            found["type"] = next(kind for kind in kinds if kind != "null")
        return found
    return schema


def _typed(kind: str, flat: Flat) -> str | list[str]:
    return [kind, "null"] if flat.nullable else kind


def _described(schema: dict[str, Any], flat: Flat) -> dict[str, Any]:
    text = clamp(flat.description, DESCRIPTION)
    return {**schema, "description": text} if text else schema

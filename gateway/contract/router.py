"""Find the operation of a request: exact paths by dict, templated ones by segment."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from gateway.contract.model import Operation
from gateway.contract.segments import Segment, is_templated
from gateway.errors import RelayError

BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
FORBIDDEN = re.compile(r"[/\\\x00]")


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the once-decoded values of its path's parameters, in their order."""

    operation: Operation
    path_values: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    """One segment of the tree: what can follow it, most concrete first."""

    literals: dict[str, "_Node"] = field(default_factory=dict)
    templates: list[tuple[Segment, "_Node"]] = field(default_factory=list)
    operations: dict[str, list[Operation]] = field(default_factory=dict)

    def child(self, text: str) -> "_Node":
        if not is_templated(text):
            return self.literals.setdefault(unquote(text), _Node())
        segment = Segment(text)
        for known, node in self.templates:
            if known.literals == segment.literals:
                return node
        node = _Node()
        self.templates.append((segment, node))
        # More literal characters first: `{id}.json` before `{id}`.
        self.templates.sort(key=lambda entry: -entry[0].literal_length)
        return node

    def leaves(self, segments: list[str], index: int, values: tuple[str, ...]) -> "_Leaves":
        """Yield each node with operations that the segments lead to, the most concrete first."""
        if index == len(segments):
            if self.operations:
                yield self, values
            return
        text = segments[index]
        literal = self.literals.get(text)
        if literal is not None:
            yield from literal.leaves(segments, index + 1, values)
        for segment, node in self.templates:
            found = segment.match(text)
            if found is not None:
                yield from node.leaves(segments, index + 1, values + found)


_Leaves = Iterable[tuple[_Node, tuple[str, ...]]]


class Router:
    """Routes by raw path and query. Immutable once built."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._exact: dict[bytes, dict[str, list[Operation]]] = {}
        self._root = _Node()
        for operation in operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.path.split("/")[1:]:
            node = node.child(segment)
        entries = node.operations.setdefault(operation.method, [])
        entries.append(operation)
        entries.sort(key=lambda entry: -len(entry.fixed_query))
        path = operation.path.encode()
        if not is_templated(operation.path) and not _decode(path)[1]:
            self._exact[path] = node.operations

    def match(self, method: str, raw_path: bytes, query_string: bytes = b"") -> Match:
        """Return the operation of a request.

        Raises RelayError: `not_found`; `method_not_allowed` with `Allow` (RFC 9110, section
        15.5.6); `invalid_path` where a segment could mean another path to the upstream.
        """
        by_method = self._exact.get(raw_path)
        if by_method is not None:
            operation = _choose(by_method.get(method), query_string)
            if operation is not None:
                return Match(operation, ())
        return self._search(method, raw_path, query_string)

    def _search(self, method: str, raw_path: bytes, query_string: bytes) -> Match:
        segments, fault = _decode(raw_path)
        allowed: set[str] = set()
        for node, values in self._root.leaves(segments, 0, ()):
            operation = _choose(node.operations.get(method), query_string)
            if operation is not None:
                if fault and not operation.policy.raw_path:
                    raise RelayError("invalid_path", fault)
                return Match(operation, values)
            allowed |= _allowed(node.operations, query_string)
        if fault:
            raise RelayError("invalid_path", fault)
        if not allowed:
            raise RelayError(
                "not_found", "No operation of the document has this path; see /-/docs for all."
            )
        names = ", ".join(sorted(allowed))
        raise RelayError(
            "method_not_allowed",
            f"This path does not take {method}; it takes {names}.",
            headers=((b"allow", names.encode()),),
        )


def _allowed(by_method: dict[str, list[Operation]], query_string: bytes) -> set[str]:
    """Return the methods that a path takes with this query; a local GET answers HEAD too."""
    chosen = {method: _choose(entries, query_string) for method, entries in by_method.items()}
    allowed = {method for method, operation in chosen.items() if operation is not None}
    get = chosen.get("GET")
    return allowed | {"HEAD"} if get is not None and get.local else allowed


def _choose(entries: list[Operation] | None, query_string: bytes) -> Operation | None:
    """Take the entry whose fixed query the request has; the most specific one stands first."""
    if not entries:
        return None
    if not entries[0].fixed_query:  # the most specific one stands first: none has a query
        return entries[0]
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    for entry in entries:
        if all(pair in pairs for pair in entry.fixed_query):
            return entry
    return None


def _decode(raw_path: bytes) -> tuple[list[str], str]:
    """Split a raw path and decode each segment once; tell what is wrong with it, if anything."""
    fault = ""
    if BAD_ESCAPE.search(raw_path):
        fault = "The path holds a % that begins no escape; write it as %25."
    segments = []
    for part in raw_path.split(b"/")[1:]:
        decoded = unquote_to_bytes(part)
        try:
            text = decoded.decode("utf-8")
        except UnicodeDecodeError:
            text = decoded.decode("latin-1")
            fault = fault or "The path is not UTF-8; percent-encode UTF-8 bytes."
        if text in (".", "..") or FORBIDDEN.search(text):
            fault = fault or (
                "A path segment is a dot segment or holds a slash, a backslash or NUL; "
                "such a path can mean another one to the upstream."
            )
        segments.append(text)
    return segments, fault

"""What a projection did to values, undone: pure functions over a call's table of rewrites."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.contract.pointer import escape
from gateway.contract.types import type_of
from gateway.errors import Finding, RelayError
from gateway.projection import Rewrite
from gateway.validate.strict_json import parse_json

EACH = "*"  # in a rewrite's path: every item of an array
MAX_FINDINGS = 20
Change = Callable[[Any, str], Any]


class Unreadable(ValueError):
    """A value that its rewrite cannot read. The message tells the rule, not the value."""


def undo(arguments: Mapping[str, Any], rewrites: Sequence[Rewrite]) -> dict[str, Any]:
    """Return the values as the operation takes them, under the names of the members.

    `arguments` are the members as a consumer gave them; they are not changed. `fixed` rewrites
    and names of members are not applied here. Raises `invalid_body` with every value that cannot
    be read.
    """
    values: dict[str, Any] = _copied(arguments)
    findings: list[Finding] = []
    for rewrite in rewrites:
        if rewrite.kind in ("json", "csv"):
            _change_at(values, rewrite.path, "", _reader(rewrite, findings))
    # Deepest first: a path holds the projected names of all that stands above.
    for rewrite in sorted(rewrites, key=lambda each: -len(each.path)):
        if rewrite.kind == "rename":
            _rename_at(values, rewrite.path, str(rewrite.value))
    if findings:
        raise _invalid(findings)
    return values


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copied(item) for name, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def without_nulls(value: Any) -> Any:
    """Return a value less the members that are null: strict tools send them for what is absent."""
    if isinstance(value, Mapping):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def read_json(text: str, types: Sequence[str] | None) -> Any:
    """Read a string field that holds JSON.

    `types` None: it is always JSON. Else the field takes plain text too, and JSON counts only if it
    is of one of these types; a text that would be taken for such JSON is written as a JSON string.
    """
    try:
        value = parse_json(text.encode())
    except (RelayError, UnicodeEncodeError):
        if types is None:
            raise Unreadable("is a string that holds no valid JSON") from None
        return text
    if types is None:
        return value
    kind = type_of(value)
    if kind in types or (kind == "integer" and "number" in types):
        return value
    if kind == "string" and read_json(value, types) != value:
        return value
    return text


def read_csv(text: str) -> list[Any]:
    """Read a comma-separated list; blanks around the items do not count.

    A JSON array is taken as it is, for items that hold commas.
    """
    if text.startswith("["):
        try:
            value = parse_json(text.encode())
        except (RelayError, UnicodeEncodeError):
            value = None
        if isinstance(value, list):
            return value
    return [item.strip() for item in text.split(",")] if text.strip() else []


def _reader(rewrite: Rewrite, findings: list[Finding]) -> Change:
    def change(value: Any, place: str) -> Any:
        # A client that knows better gives the value itself.
        if not isinstance(value, str):
            return value
        if rewrite.kind == "csv":
            return read_csv(value)
        try:
            return read_json(value, rewrite.value)
        except Unreadable as error:
            findings.append(Finding(place, str(error)))
            return value

    return change


def _change_at(node: Any, path: Sequence[str], place: str, change: Change) -> None:
    name, rest = path[0], path[1:]
    for key in _keys(node, name):
        where = f"{place}/{escape(str(key))}"
        if rest:
            _change_at(node[key], rest, where, change)
        else:
            node[key] = change(node[key], where)


def _keys(node: Any, name: str) -> Sequence[Any]:
    """Return what a step of a path leads to: the items of an array, or one member."""
    if name == EACH:
        return range(len(node)) if isinstance(node, list) else ()
    return (name,) if isinstance(node, dict) and name in node else ()


def _rename_at(node: Any, path: Sequence[str], target: str) -> None:
    name, rest = path[0], path[1:]
    if rest:
        for key in _keys(node, name):
            _rename_at(node[key], rest, target)
    elif isinstance(node, dict) and name in node:
        renamed = {target if key == name else key: value for key, value in node.items()}
        node.clear()
        node.update(renamed)


def _invalid(findings: list[Finding]) -> RelayError:
    first = findings[0]
    return RelayError(
        "invalid_body", f"{first.param} {first.message}.", errors=findings[:MAX_FINDINGS]
    )

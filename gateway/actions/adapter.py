"""A projected call into the request that the direct one would be; `local.reentry` sends it.

The table that projected a call maps it back. How its rewrites are read here:

- `path[0]` is the projected name of a member, whatever its place; the rest leads into its value.
- `json`: `value` None is always JSON; a list of JSON types is a field that takes plain text too
  (`gateway.actions.undo.read_json`).
- `fixed`: a path of one name is a member of the body; `("query", name)` is a query parameter.
- A member of place `body` whose target is "" is the whole body; the others are members of it.
- A member of place `header` is a query parameter to the consumer, and a header to the operation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.actions.arguments import check_name, read_arguments
from gateway.actions.undo import undo, without_nulls
from gateway.contract.model import Contract, Operation
from gateway.contract.router import Router
from gateway.contract.types import TypeReader
from gateway.errors import Finding, RelayError
from gateway.local.inner_body import write_body
from gateway.local.inner_parameters import write_headers, write_path, write_query
from gateway.local.inner_request import InnerRequest
from gateway.projection import Call
from gateway.validate.strict_json import parse_json

FILE_REFERENCES = "openaiFileIdRefs"


@dataclass(frozen=True, slots=True)
class Restored:
    """The parts of an operation's request by the operation's own names; `body` None is no body."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)
    body: Any = None


class Adapter:
    """Maps the calls of one contract's projections back. The contract has the local operations."""

    def __init__(self, contract: Contract) -> None:
        self._operations = contract.operations
        self._router = Router(contract.operations.values())
        self._types = TypeReader(contract.document)

    def operation(self, call: Call) -> Operation:
        """Return the operation of a call."""
        return self._operations[call.operation]

    def http_request(
        self, call: Call, path_values: Sequence[str], query_string: bytes, body: bytes
    ) -> InnerRequest:
        """Map a projected HTTP request back; see `read_arguments` for its parts."""
        given = read_arguments(call, path_values, query_string, body)
        return self.inner_request(call, restore(call, given, self._has_body(call, body)))

    def tool_request(self, call: Call, arguments: Mapping[str, Any]) -> InnerRequest:
        """Map a tool call back: flat members, in which null is the same as absence."""
        return self.inner_request(call, self.restore_tool(call, arguments))

    def restore_tool(self, call: Call, arguments: Mapping[str, Any]) -> Restored:
        """Return what a tool call asks for, by the operation's own names."""
        for name in arguments:
            check_name(call, name, "invalid_body")
        return restore(call, without_nulls(arguments), self._has_body(call, b""))

    def _has_body(self, call: Call, given: bytes) -> bool:
        """Tell whether an empty body is sent too: where one came, or the operation needs one."""
        body = self.operation(call).body
        return body is not None and (bool(given) or body.required)

    def inner_request(self, call: Call, restored: Restored) -> InnerRequest:
        """Write the operation's request.

        Raises RelayError where a value does not fit its place, or where the path or the query
        that the values make is another operation's.
        """
        operation = self.operation(call)
        body = None
        try:
            raw_path = write_path(operation, restored.path)
            query_string = write_query(operation, restored.query)
            headers = write_headers(operation, restored.headers)
            if restored.body is not None:
                body = write_body(operation, restored.body, self._types)
        except RelayError as error:
            raise _as_call(call, error) from None
        found = self._router.match(operation.method, raw_path, query_string).operation
        if found is not operation:
            message = f"A value makes of {call.name} another operation's request, {found.id}."
            raise RelayError("invalid_parameter", message)
        return InnerRequest(operation, operation.method, raw_path, query_string, headers, body)

    def path_and_query(self, call: Call, restored: Restored) -> InnerRequest:
        """Write a request without its body, for twins that stream one of their own."""
        bare = Restored(restored.path, restored.query, restored.headers)
        return self.inner_request(call, bare)


def restore(call: Call, arguments: Mapping[str, Any], has_body: bool) -> Restored:
    """Sort the flat members of a call into the parts of the operation's request.

    `has_body` tells that an empty body is one too. Files (`openaiFileIdRefs`) are left out. Raises
    `invalid_body` where a value cannot be read, and for a member that is missing.
    """
    _check_required(call, arguments)
    values = undo(arguments, call.rewrites)
    found = Restored()
    parts = {"path": found.path, "query": found.query, "header": found.headers}
    files = {each.target for each in call.files}
    members: dict[str, Any] = {}
    for member in call.members:
        if member.name not in values or member.name == FILE_REFERENCES:
            continue
        if member.place != "body":
            parts[member.place][member.target] = values[member.name]
        elif member.target not in files:
            members[member.target] = values[member.name]
    body: Any = members if members or has_body else None
    if any(member.place == "body" and member.target == "" for member in call.members):
        body = members.get("")
    return _fixed(call, Restored(found.path, found.query, found.headers, body))


def _check_required(call: Call, arguments: Mapping[str, Any]) -> None:
    findings = [
        Finding(member.name, "is missing")
        for member in call.members
        if member.required and member.name not in arguments
    ]
    if findings:
        names = ", ".join(finding.param for finding in findings)
        raise RelayError("invalid_body", f"{call.name} needs {names}.", errors=findings[:20])


def _fixed(call: Call, restored: Restored) -> Restored:
    """Set the members that the projection has decided; no body is made for one."""
    for rewrite in call.rewrites:
        if rewrite.kind != "fixed":
            continue
        if len(rewrite.path) == 2:
            restored.query[rewrite.path[1]] = rewrite.value
        elif isinstance(restored.body, dict):
            restored.body[rewrite.path[0]] = rewrite.value
    if call.kind == "envelope":
        _still(restored.body)
    return restored


def _still(envelope: Any) -> None:
    """Turn off streaming in a request that stands in an envelope: nobody could read the events."""
    if not isinstance(envelope, dict):
        return
    inner = envelope.get("body")
    if isinstance(inner, str):
        try:
            inner = parse_json(inner.encode())
        except (RelayError, UnicodeEncodeError):
            return  # plain text, or the envelope's own check tells what is wrong with it
    if isinstance(inner, dict) and inner.get("stream") is True:
        envelope["body"] = {**inner, "stream": False}


def _as_call(call: Call, error: RelayError) -> RelayError:
    """Tell what the writers of requests found in the words of a call."""
    if error.code != "invalid_envelope":
        return error
    findings = error.errors or (Finding("", error.message),)
    first = findings[0]
    code = "invalid_body" if first.param.startswith("/body") else "invalid_parameter"
    message = f"{call.name} cannot be called: {first.param} {first.message}".strip()
    return RelayError(code, message, errors=findings)

"""From the members of an envelope to the request that a direct call would be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from gateway.contract.model import Contract, Operation
from gateway.contract.router import Router
from gateway.contract.types import TypeReader
from gateway.errors import Finding, RelayError
from gateway.local.catalogue import ENVELOPE, local_kind
from gateway.local.envelope_members import MAX_NAME, Members, invalid_envelope
from gateway.local.inner_body import write_body
from gateway.local.inner_parameters import (
    DOTS,
    LITERALS,
    plain_query,
    write_headers,
    write_path,
    write_query,
)
from gateway.suggest import did_you_mean

METHOD = re.compile(r"[A-Z]+")
MAX_HEAD = 64 << 10  # bytes of target and headers; servers take no more from the wire either


@dataclass(frozen=True, slots=True)
class InnerRequest:
    """A request as ASGI would give it. `headers` are the declared ones; `body` has its type."""

    operation: Operation
    method: str
    raw_path: bytes
    query_string: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: tuple[bytes, bytes] | None


class InnerRequests:
    """Builds the requests of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._operations: Mapping[str, Operation] = contract.operations
        self._router = Router(contract.operations.values())
        self._types = TypeReader(contract.document)

    def build(self, members: Members) -> InnerRequest:
        """Return the request of an envelope.

        Raises RelayError where it leads to no operation, or to one that an envelope does not
        reach; `param` is a pointer into the envelope.
        """
        if members.operation_id is not None:
            operation = self._named(members.operation_id)
            raw_path = write_path(operation, members.path_params)
            method, place = operation.method, "/path_params"
        else:
            method, place = members.method or "", "/path"
            raw_path = _raw_path(members.path or "")
            operation = self._match(method, raw_path, plain_query(members.query), place)
        _check_reach(operation)
        query_string = write_query(operation, members.query)
        # What a value makes of the path or the query may be another operation's.
        found = self._match(method, raw_path, query_string, place)
        if found is not operation:
            rule = f"leads to another operation, {found.id}; name that one instead"
            raise invalid_envelope(Finding(place, rule))
        headers = write_headers(operation, members.headers)
        if len(raw_path) + len(query_string) + sum(map(_length, headers)) > MAX_HEAD:
            rule = f"has a path, query and headers of more than {MAX_HEAD} bytes"
            raise invalid_envelope(Finding("", rule))
        body = write_body(operation, members.body, self._types)
        return InnerRequest(operation, method, raw_path, query_string, headers, body)

    def _named(self, operation_id: str) -> Operation:
        operation = self._operations.get(operation_id)
        if operation is not None:
            return operation
        names = [each.id for each in self._operations.values() if each.policy.actions != "never"]
        near = did_you_mean(operation_id[:MAX_NAME], names)
        hint = near if near.startswith("Did") else "/-/docs lists them all."
        raise invalid_envelope(Finding("/operationId", f"names no operation. {hint}"))

    def _match(self, method: str, raw_path: bytes, query_string: bytes, place: str) -> Operation:
        if not METHOD.fullmatch(method):
            raise invalid_envelope(Finding("/method", "must be a method in capitals, as GET"))
        try:
            return self._router.match(method, raw_path, query_string).operation
        except RelayError as error:
            param = "/method" if error.code == "method_not_allowed" else place
            raise RelayError(error.code, error.message, param=param) from None


def _length(pair: tuple[bytes, bytes]) -> int:
    return len(pair[0]) + len(pair[1])


def _check_reach(operation: Operation) -> None:
    """Refuse what an envelope never reaches."""
    if operation.local and local_kind(operation) == ENVELOPE:
        raise invalid_envelope(Finding("", "leads to the envelope itself"))
    if operation.websocket:
        rule = f"leads to {operation.id}, a WebSocket; open that directly"
        raise invalid_envelope(Finding("", rule))
    if operation.policy.actions == "never":
        raise RelayError(
            "operation_not_allowed",
            f"{operation.id} is not reached through an envelope; call it directly.",
        )


def _raw_path(path: str) -> bytes:
    """Return a path as a request line would carry it; what must be escaped is."""
    rule = ""
    if not path.startswith("/") or path.startswith("//"):
        rule = "must be a path that begins with one slash, without scheme and host"
    elif "?" in path or "#" in path:
        rule = "must have no query and no fragment; a query goes into the member query"
    elif "{" in path:
        rule = "must have values for the names in braces; or give operationId with path_params"
    elif any(unquote_to_bytes(part) in DOTS for part in path.split("/")):
        rule = "must have no dot segment"
    if rule:
        raise invalid_envelope(Finding("/path", rule))
    return quote(path, safe=LITERALS + "%").encode()

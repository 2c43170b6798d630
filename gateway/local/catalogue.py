"""The operations that the gateway answers itself, added to those of the document.

Each answers under `/-/…` whatever the document, and at its usual path where the document leaves
that free. An operation of the document with `x-gateway: {upstream: local}` is answered by the
application of the same operationId.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from gateway._generated.operation_ids import (
    DOCS,
    HEALTH,
    OPENAPI_JSON,
    OPENAPI_YAML,
    PROXY_REQUEST,
    READY,
)
from gateway.contract.model import Contract, Operation, Policy
from gateway.contract.router import Router
from gateway.errors import Problem, StartError
from gateway.local.made import OPEN, free_id, is_free, json_body, made_operation, scope_of
from gateway.suggest import did_you_mean

PREFIX = "/-/"
ENVELOPE = PROXY_REQUEST
ENVELOPE_SIZE = 32 << 20  # bytes


@dataclass(frozen=True, slots=True)
class LocalKind:
    """One thing that the gateway answers. `usual` is None where it lives under `/-/` alone.

    `name` is the operationId by which a document asks for it; `document` tells that a setting
    closes it, as it does the document itself; `keyed` that it is never open on its own account.
    """

    name: str
    method: str
    twin: str
    usual: str | None
    summary: str
    document: bool = False
    keyed: bool = False


KINDS: Mapping[str, LocalKind] = {
    kind.name: kind
    for kind in (
        LocalKind(HEALTH, "GET", "/-/health", "/health", "Tell whether the gateway is alive"),
        LocalKind(READY, "GET", "/-/ready", "/ready", "Tell whether the gateway can relay"),
        LocalKind(
            OPENAPI_JSON,
            "GET",
            "/-/openapi.json",
            "/openapi.json",
            "Get the document as JSON",
            document=True,
        ),
        LocalKind(
            OPENAPI_YAML,
            "GET",
            "/-/openapi.yaml",
            "/openapi.yaml",
            "Get the document as YAML",
            document=True,
        ),
        LocalKind(DOCS, "GET", "/-/docs", "/docs", "Read the document as a page", document=True),
        LocalKind(
            "docsAsset",
            "GET",
            "/-/docs/{asset}",
            None,
            "Get a file of the page",
            document=True,
        ),
        LocalKind(
            ENVELOPE,
            "POST",
            "/-/proxy",
            "/v1/proxy",
            "Call any operation by name, or by method and path",
            keyed=True,
        ),
    )
}


def local_kind(operation: Operation) -> str:
    """Return the name of what answers a local operation."""
    return str(operation.document.get("operationId", operation.id))


def local_operations(contract: Contract, open_documents: bool = True) -> tuple[Operation, ...]:
    """Return the local operations: the document's own, their policy settled, and the added ones.

    They go over the contract's by their ids. Raises StartError with every local operation of the
    document that nothing answers, and every path of it that is the gateway's.
    """
    _check(contract)
    router = Router(contract.operations.values())
    taken = set(contract.operations)
    found = [
        _settled(contract, operation, open_documents)
        for operation in contract.operations.values()
        if operation.local
    ]
    for kind in KINDS.values():
        if not _answered_at(contract, kind, kind.twin):
            twin_id = free_id(kind.twin[1:], taken)
            found.append(_added(contract, kind, kind.twin, twin_id, open_documents))
        if kind.usual is not None and is_free(router, kind.method, kind.usual):
            usual_id = free_id(kind.name, taken)
            found.append(_added(contract, kind, kind.usual, usual_id, open_documents))
    return tuple(found)


def _check(contract: Contract) -> None:
    problems = []
    own = {(kind.method, kind.twin) for kind in KINDS.values()}
    for operation in contract.operations.values():
        name = local_kind(operation)
        if operation.local and name not in KINDS:
            message = f"The gateway answers nothing of the name {name!r}."
            problems.append(Problem(operation.pointer, message, did_you_mean(name, KINDS)))
        elif not operation.local and (operation.method, operation.path) in own:
            message = f"The gateway itself answers {operation.method} {operation.path}."
            mend = "Leave the operation out, or serve the document under a server path."
            problems.append(Problem(operation.pointer, message, mend))
    if problems:
        raise StartError(problems)


def _answered_at(contract: Contract, kind: LocalKind, path: str) -> bool:
    """Tell whether the document itself puts a kind there."""
    return any(
        operation.local and operation.path == path and operation.method == kind.method
        for operation in contract.operations.values()
    )


def _settled(contract: Contract, operation: Operation, open_documents: bool) -> Operation:
    """Settle whether a local operation of the document is open: it is if it says `security: []`."""
    kind = KINDS[local_kind(operation)]
    said = operation.document.get("security", contract.document.get("security"))
    public = isinstance(said, list) and (not said or {} in said)
    if kind.document and not open_documents:
        public = False
    policy = replace(operation.policy, public=public)
    security = operation.security if public else _key_places(contract, operation.security)
    settled = replace(operation, policy=policy, security=security)
    return _as_envelope(settled) if kind.name == ENVELOPE else settled


def _added(
    contract: Contract, kind: LocalKind, path: str, identity: str, open_documents: bool
) -> Operation:
    public = not kind.keyed and (open_documents or not kind.document)
    operation = made_operation(
        identity,
        kind.method,
        path,
        kind.name,
        summary=kind.summary,
        security=OPEN if public else _key_places(contract, ()),
        policy=Policy(upstream="local", public=public, scope=scope_of(kind.method)),
    )
    return _as_envelope(operation) if kind.name == ENVELOPE else operation


def _key_places(
    contract: Contract, said: Collection[tuple[str, ...]]
) -> tuple[tuple[str, ...], ...]:
    """Return where a key may stand for a closed operation: every scheme, if it names none."""
    named = tuple(names for names in said if names)
    return named or tuple((name,) for name in contract.schemes)


def _as_envelope(operation: Operation) -> Operation:
    """Leave the check of the body to the envelope, which parses it once and knows the mends."""
    policy = replace(operation.policy, max_body=operation.policy.max_body or ENVELOPE_SIZE)
    return replace(operation, body=json_body(required=True), policy=policy)

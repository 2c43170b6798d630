"""The operations that a projection adds to a gateway: its calls, their files, its documents."""

from collections.abc import Iterator, Mapping

from gateway.actions.applications import MAX_BODY
from gateway.actions.documents import MANIFEST, PLUGIN, document_paths
from gateway.actions.downloads import TEMPLATE
from gateway.actions.routes import PREFIX
from gateway.contract.model import Contract, Operation, Policy, RequestBody
from gateway.local.made import OPEN, free_id, json_body, made_operation, scope_of
from gateway.projection import Call, Projection

# What answers: the `document["operationId"]` of an operation (`gateway.local.catalogue`).
CALL = "actionsCall"
DOWNLOAD = "actionsDownload"
PUBLISHED = "actionsPublished"
BODY = json_body(required=False)


def action_operations(
    contract: Contract, projection: Projection, *, open_documents: bool = True
) -> tuple[Operation, ...]:
    """Return the local operations of a projection, at every path that the contract leaves free.

    Calls need a relay key, wherever the contract's schemes put it; signed downloads need none, nor
    do the documents, unless a setting closes them.
    """
    taken = set(contract.operations)
    places = {(each.method, each.path) for each in contract.operations.values()}
    return tuple(
        operation
        for operation in _all(contract, projection, open_documents, taken)
        if (operation.method, operation.path) not in places
    )


def _all(
    contract: Contract, projection: Projection, open_documents: bool, taken: set[str]
) -> Iterator[Operation]:
    keyed = tuple((name,) for name in contract.schemes)
    seen: set[tuple[str, str]] = set()
    for action_set in projection.sets.values():
        for call in action_set.calls:
            if (call.method, call.path) not in seen:
                seen.add((call.method, call.path))
                yield _call(call, keyed, taken)
    text = "Get a file of an answer"
    yield _made("GET", TEMPLATE, DOWNLOAD, text, security=OPEN, taken=taken)
    paths = [f"{path}{form}" for path in document_paths(projection) for form in (".json", ".yaml")]
    said: Mapping[str, object] = {MANIFEST: projection.manifest, PLUGIN: projection.plugin}
    paths += [path for path, value in said.items() if value]
    for path in paths:
        security = OPEN if open_documents else keyed
        for place in (path, f"/-{path}"):
            text = "Get a published document"
            yield _made("GET", place, PUBLISHED, text, security=security, taken=taken)


def _call(call: Call, keyed: tuple[tuple[str, ...], ...], taken: set[str]) -> Operation:
    body = BODY if any(member.place == "body" for member in call.members) else None
    path = PREFIX + call.path
    return _made(
        call.method,
        path,
        CALL,
        call.summary,
        security=keyed,
        taken=taken,
        name=call.name,
        body=body,
    )


def _made(
    method: str,
    path: str,
    kind: str,
    summary: str,
    *,
    security: tuple[tuple[str, ...], ...],
    taken: set[str],
    name: str = "",
    body: RequestBody | None = None,
) -> Operation:
    return made_operation(
        free_id(f"actions.{name}" if name else f"{kind}:{path}", taken),
        method,
        path,
        kind,
        summary=summary,
        security=security,
        policy=Policy(
            upstream="local", public=security == OPEN, scope=scope_of(method), max_body=MAX_BODY
        ),
        body=body,
    )

"""The operations that MCP adds to a gateway: one endpoint at two paths."""

from collections.abc import Iterator

from gateway.contract.model import Contract, Operation, Policy
from gateway.contract.router import Router
from gateway.local.made import is_free, json_body, made_operation, scope_of

# What answers: the `document["operationId"]` of an operation (`gateway.local.catalogue`).
MCP = "mcp"
METHOD = "POST"
TWIN = "/-/mcp"
USUAL = "/mcp"
SUMMARY = "Call the tools over the Model Context Protocol"
MAX_BODY = 32 << 20  # bytes of a message
GONE_KEY = "specrelay.mcp.gone"  # in a message's scope: an event, that its client went away
BODY = json_body(required=True)
POLICY = Policy(
    upstream="local",
    scope=scope_of(METHOD),
    max_body=MAX_BODY,
    actions="never",  # a call in a call in a call tells nobody anything
)


def mcp_operations(contract: Contract) -> tuple[Operation, ...]:
    """Return the operations of the endpoint: under `/-/`, and at `/mcp` where that is free.

    Both need a relay key as bearer. GET and DELETE are 405, as the protocol has it for servers
    without sessions and without a stream of their own (2025-11-25, Transports).
    """
    return tuple(_operations(contract))


def _operations(contract: Contract) -> Iterator[Operation]:
    if not any(each.local and each.path == TWIN for each in contract.operations.values()):
        yield _operation(contract, TWIN, TWIN.lstrip("/"))
    if is_free(Router(contract.operations.values()), METHOD, USUAL):
        yield _operation(contract, USUAL, MCP)


def _operation(contract: Contract, path: str, identity: str) -> Operation:
    while identity in contract.operations:
        identity += "_"
    return made_operation(
        identity,
        METHOD,
        path,
        MCP,
        summary=SUMMARY,
        security=_bearer(contract),
        policy=POLICY,
        body=BODY,
    )


def _bearer(contract: Contract) -> tuple[tuple[str, ...], ...]:
    """Return where MCP's clients put a key. Without a scheme that says so it is bearer too."""
    schemes = contract.schemes.values()
    return tuple((each.name,) for each in schemes if each.kind == "bearer") or ((),)

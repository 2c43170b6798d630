"""The operations that MCP adds to a gateway: one endpoint at two paths."""

from collections.abc import Iterator

from gateway.contract.model import BodyType, Contract, Operation, Policy, RequestBody
from gateway.contract.router import Router
from gateway.errors import RelayError

# What answers: the `document["operationId"]` of an operation (`gateway.local.catalogue`).
MCP = "mcp"
METHOD = "POST"
TWIN = "/-/mcp"
USUAL = "/mcp"
SUMMARY = "Call the tools over the Model Context Protocol"
MAX_BODY = 32 << 20  # bytes of a message
GONE_KEY = "specrelay.mcp.gone"  # in a message's scope: an event, that its client went away
BODY = RequestBody(True, (BodyType("application/json", "json", None, None),))
POLICY = Policy(
    upstream="local",
    scope="gateway:write",
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
    if _is_free(contract, USUAL):
        yield _operation(contract, USUAL, MCP)


def _is_free(contract: Contract, path: str) -> bool:
    """Tell whether no operation has the path, by itself or through a template."""
    try:
        Router(contract.operations.values()).match(METHOD, path.encode())
    except RelayError as error:
        return error.code == "not_found"
    return False


def _operation(contract: Contract, path: str, identity: str) -> Operation:
    while identity in contract.operations:
        identity += "_"
    return Operation(
        id=identity,
        method=METHOD,
        path=path,
        key=path,
        fixed_query=(),
        server="",
        server_path="",
        tag="gateway",
        summary=SUMMARY,
        description="",
        parameters=(),
        body=BODY,
        answers=(),
        security=_bearer(contract),
        policy=POLICY,
        websocket=False,
        pointer="",
        document={"operationId": MCP},
    )


def _bearer(contract: Contract) -> tuple[tuple[str, ...], ...]:
    """Return where MCP's clients put a key. Without a scheme that says so it is bearer too."""
    schemes = contract.schemes.values()
    return tuple((each.name,) for each in schemes if each.kind == "bearer") or ((),)

"""How an operation that the gateway adds is made, wherever it is added: one shape, free names."""

from gateway.contract.model import BodyType, Operation, Policy, RequestBody
from gateway.contract.router import Router
from gateway.errors import RelayError

Security = tuple[tuple[str, ...], ...]
OPEN: Security = ((),)  # needs no key


def made_operation(
    identity: str,
    method: str,
    path: str,
    kind: str,
    *,
    summary: str,
    security: Security,
    policy: Policy,
    body: RequestBody | None = None,
) -> Operation:
    """Make an operation that is answered here; `kind` names what answers it."""
    return Operation(
        id=identity,
        method=method,
        path=path,
        key=path,
        fixed_query=(),
        server="",
        server_path="",
        tag="gateway",
        summary=summary,
        description="",
        parameters=(),
        body=body,
        answers=(),
        security=security,
        policy=policy,
        websocket=False,
        pointer="",
        document={"operationId": kind},
    )


def json_body(*, required: bool) -> RequestBody:
    """Return a JSON body that whoever answers checks itself."""
    return RequestBody(required, (BodyType("application/json", "json", None, None),))


def scope_of(method: str) -> str:
    """Return the scope of an operation of the gateway's own."""
    return f"gateway:{'read' if method == 'GET' else 'write'}"


def free_id(name: str, taken: set[str]) -> str:
    """Return an id that no operation has yet, and take it."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found)
    return found


def is_free(router: Router, method: str, path: str) -> bool:
    """Tell whether no operation of the document has the path, by itself or through a template."""
    try:
        router.match(method, path.encode())
    except RelayError as error:
        return error.code == "not_found"
    return False

"""`specrelay routes`: the operations of a document, and where they go."""

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

from gateway.cli.console import print_table
from gateway.cli.options import Spec, Upstream
from gateway.errors import StartError

if TYPE_CHECKING:
    from gateway.cli.opening import Opened
    from gateway.contract.model import Operation, Policy

COLUMNS = ("Method", "Path", "Operation", "Upstream", "Policy")
# The members of a policy that a reader looks for; those with their default are left out.
SHOWN = frozenset(
    {"public", "request", "response", "max_body", "retry", "actions", "raw_path", "one_of"}
)


def routes(*, spec: Spec = None, upstream: Upstream = None) -> int:
    """List the operations of a document, in its order."""
    from gateway.cli.opening import open_document

    opened = open_document(spec=spec, upstream=upstream)
    print_table(COLUMNS, _rows(opened))
    return 0


def _rows(opened: "Opened") -> Iterator[tuple[str, ...]]:
    urls = _upstreams(opened)
    for operation in opened.contract.operations.values():
        yield (
            "WS" if operation.websocket else operation.method,
            _path(operation),
            operation.id,
            "local" if operation.local else urls.get(operation.id, operation.server),
            _policy(operation.policy),
        )


def _upstreams(opened: "Opened") -> dict[str, str]:
    """Return each relayed operation's base URL; none where some operation has no upstream."""
    from gateway.relay.upstreams import plan_routes

    settings = opened.settings
    try:
        planned = plan_routes(opened.contract, settings.variable, settings.upstream)
    except StartError:  # `check` and `serve` tell it; a listing is worth having without
        return {}
    return {name: route.upstream.url for name, route in planned.items()}


def _path(operation: "Operation") -> str:
    query = "&".join(f"{name}={value}" for name, value in operation.fixed_query)
    return f"{operation.path}?{query}" if query else operation.path


def _policy(policy: "Policy") -> str:
    """Write what differs from the defaults, such as `request=report retry=idempotent`."""
    words = []
    for member in fields(policy):
        value = getattr(policy, member.name)
        if member.name in SHOWN and value != member.default:
            name = member.name.replace("_", "-")
            words.append(name if value is True else f"{name}={value}")
    return " ".join(words)

"""Find the call of a projected request by its method and path."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.contract.model import Operation, Policy
from gateway.contract.router import Router
from gateway.projection import Call

PREFIX = "/-/actions"


@dataclass(frozen=True, slots=True)
class Called:
    """A call and the once-decoded values of its path's parameters, in their order."""

    call: Call
    path_values: tuple[str, ...]


class CallRoutes:
    """Routes requests below `/-/actions` by the rules of the contract's router."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._calls = {f"{call.method} {call.path}": call for call in calls}
        self._router = Router(_routed(name, call) for name, call in self._calls.items())

    def match(self, method: str, raw_path: bytes) -> Called:
        """Return the call of a request; raises RelayError as the contract's router does."""
        found = self._router.match(method, raw_path)
        return Called(self._calls[found.operation.id], found.path_values)


def _routed(name: str, call: Call) -> Operation:
    """Return what the router knows of a call."""
    return Operation(
        id=name,
        method=call.method,
        path=PREFIX + call.path,
        key=call.path,
        fixed_query=(),
        server="",
        server_path="",
        tag="actions",
        summary=call.summary,
        description=call.description,
        parameters=(),
        body=None,
        answers=(),
        security=(),
        policy=Policy(upstream="local"),
        websocket=False,
        pointer="",
        document={},
    )

"""Every method of the Python SDK that makes a request, found by walking the client's resources."""

import inspect
import json
import typing
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx2
from openai import DefaultHttpxClient, OpenAI, Stream
from openai._legacy_response import HttpxBinaryResponseContent
from openai._models import BaseModel
from openai._resource import SyncAPIResource

from tests.clients.arguments import Maker, hints_of
from tests.clients.declared_types import complaints

WRAPPERS = {"with_raw_response", "with_streaming_response"}
# These make no request of their own, open a socket, return a manager, or take a type, a handler or
# a path of the caller's own: no signature tells what to give them.
BY_HAND = {
    "beta.agents.environments.files.upload",
    "connect",
    "create_and_run_stream",
    "create_and_stream",
    "for_result",
    "parse",
    "prepare",
    "prepare_directory",
    "stream",
    "submit_tool_outputs_stream",
    "unwrap",
    "upload_and_poll",
    "verify_signature",
}


@dataclass(frozen=True)
class Method:
    """A method, or one of its overloads. `name` is its path from the client."""

    name: str
    bound: Callable[..., Any]
    signature: Callable[..., Any]

    def arguments(self, *, full: bool, turn: int = 0) -> dict[str, Any]:
        """Return keyword arguments; raises NoValue where none can be made."""
        return Maker(full=full, turn=turn).arguments(self.signature)

    def complaints(self, arguments: dict[str, Any], seen: "Seen") -> list[str]:
        """Call it and return what is wrong with the result; the SDK's exceptions pass."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of methods; they still work
            result = self.bound(**arguments)
            hint = hints_of(self.signature)["return"]
            found = self._of_result(result, hint)
        if isinstance(result, Stream):
            (hint,) = typing.get_args(hint)
        elif not isinstance(result, BaseModel):
            return found
        return found + [each for value in seen.values() for each in complaints(value, hint, "JSON")]

    def _of_result(self, result: Any, hint: Any) -> list[str]:
        if isinstance(result, Stream):
            (event,) = typing.get_args(hint)
            events = list(result)
            found = [each for one in events for each in complaints(one, event, "event")]
            return found if events else ["the stream is empty"]
        if isinstance(result, HttpxBinaryResponseContent):
            return [] if result.read() else ["the content is empty"]
        return complaints(result, hint)


class Seen:
    """Keeps the last response of a client, whose JSON tells more than the models made from it."""

    def __init__(self) -> None:
        self._last: httpx2.Response | None = None

    def client(self) -> httpx2.Client:
        """Return an HTTP client for the SDK that shows its responses here."""
        return DefaultHttpxClient(event_hooks={"response": [self._keep]})

    def values(self) -> list[Any]:
        """Return the JSON of the last response: of each event, if it was a stream of events."""
        assert self._last is not None
        kind = self._last.headers.get("content-type", "")
        if kind.startswith("text/event-stream"):
            lines = [each for each in self._last.text.splitlines() if each.startswith("data: ")]
            return [json.loads(line[6:]) for line in lines if line != "data: [DONE]"]
        return [self._last.json()] if kind.startswith("application/json") else []

    def _keep(self, response: httpx2.Response) -> None:
        response.read()
        self._last = response


def methods_of(client: OpenAI) -> Iterator[Method]:
    """Yield all methods of a client, each overload as one of its own."""
    for name, bound in _bound_methods(client, ""):
        if BY_HAND & {name, name.rpartition(".")[2]}:
            continue
        function = bound.__func__
        overloads = [each for each in typing.get_overloads(function) if not _undecided(each)]
        for number, signature in enumerate(overloads or [function], 1):
            label = f"{name}#{number}" if len(overloads) > 1 else name
            yield Method(label, bound, signature)


def _bound_methods(owner: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in dir(type(owner)):
        static = inspect.getattr_static(type(owner), name)
        if name.startswith("_") or name in WRAPPERS:
            continue
        if isinstance(static, cached_property | property):
            inner = getattr(owner, name)
            if isinstance(inner, SyncAPIResource):
                yield from _bound_methods(inner, f"{prefix}{name}.")
        elif inspect.isfunction(static) and isinstance(owner, SyncAPIResource):
            yield prefix + name, getattr(owner, name)


def _undecided(overload: Callable[..., Any]) -> bool:
    """Tell whether an overload leaves open if it streams; the two others say what it returns."""
    parameters = inspect.signature(overload).parameters
    return "stream" in parameters and hints_of(overload)["stream"] is bool

"""The Actions documents, the plugin manifest and the list of tools, as they are served.

All are bytes made once. A projected document names a placeholder as its server; what is served
names the gateway's own address.
"""

import asyncio
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.contract.prepare import as_json
from gateway.exchange import exchange_of
from gateway.local.document import as_yaml
from gateway.local.fixed_answer import FixedAnswer
from gateway.projection import ActionSet, Projection

PLACEHOLDER = "https://relay.example.com"
MEND = "PUBLIC_URL is not set: the document names a placeholder as its server"
# > The warning header field … has been obsoleted (RFC 9111, section 5.5): hence a field of ours.
WARNING = (b"x-relay-warning", MEND.encode())
MANIFEST = "/v1/manifest"
PLUGIN = "/.well-known/ai-plugin.json"


def with_server(value: Any, public_url: str) -> Any:
    """Return a projected value with our address in the place of the placeholder, everywhere."""
    if not public_url:
        return value
    if isinstance(value, str):
        begins = value == PLACEHOLDER or value.startswith(f"{PLACEHOLDER}/")
        return public_url + value[len(PLACEHOLDER) :] if begins else value
    if isinstance(value, Mapping):
        return {key: with_server(item, public_url) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_server(item, public_url) for item in value]
    return value


def action_document(action_set: ActionSet, public_url: str) -> dict[str, Any]:
    """Return a set's document with our address as its server."""
    document = dict(action_set.document)
    document["servers"] = with_server(document.get("servers", []), public_url)
    return document


class ActionsDocument:
    """One set's document in both forms."""

    def __init__(self, action_set: ActionSet, public_url: str) -> None:
        warnings = () if public_url else (WARNING,)
        content = as_json(action_document(action_set, public_url))
        self.json = FixedAnswer(content, b"application/json", warnings)
        self._warnings = warnings

    @cached_property
    def yaml(self) -> FixedAnswer:
        """The YAML form, made when it is first asked for."""
        return FixedAnswer(as_yaml(self.json.content), b"application/yaml", self._warnings)

    async def answer_json(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the JSON form."""
        await self.json.send(scope["headers"], send)

    async def answer_yaml(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the YAML form."""
        made = await asyncio.to_thread(lambda: self.yaml)
        await made.send(scope["headers"], send)


class Published:
    """All that is published of a projection, by path. One answers for all of them."""

    def __init__(self, projection: Projection, public_url: str) -> None:
        self.answers: dict[str, ASGIApp] = {}
        for path, action_set in document_paths(projection).items():
            document = ActionsDocument(action_set, public_url)
            self.answers[f"{path}.json"] = document.answer_json
            self.answers[f"{path}.yaml"] = document.answer_yaml
        for path, value in ((MANIFEST, projection.manifest), (PLUGIN, projection.plugin)):
            if value:
                told = json.dumps(with_server(value, public_url), ensure_ascii=False).encode()
                warnings = () if public_url else (WARNING,)
                self.answers[path] = _Fixed(FixedAnswer(told, b"application/json", warnings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what stands at the operation's path, below `/-` too."""
        operation = exchange_of(scope).operation
        assert operation is not None
        path = operation.path
        answer = self.answers.get(path) or self.answers[path.removeprefix("/-")]
        await answer(scope, receive, send)


def document_paths(projection: Projection) -> dict[str, ActionSet]:
    """Return where each set's document stands, without its extension.

    One set, and the first of several, is `/openapi.actions`; each of several is
    `/openapi.actions.<set>` too.
    """
    sets = list(projection.sets.values())
    found = {"/openapi.actions": sets[0]} if sets else {}
    if len(sets) > 1:
        found |= {f"/openapi.actions.{each.name}": each for each in sets}
    return found


class _Fixed:
    def __init__(self, answer: FixedAnswer) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer.send(scope["headers"], send)

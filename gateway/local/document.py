"""The document as the gateway publishes it: without `x-gateway`, with our own address as server."""

import asyncio
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import yaml
from starlette.types import Receive, Scope, Send

from gateway.contract.model import Contract
from gateway.contract.prepare import as_json
from gateway.contract.servers import first_server, server_path
from gateway.local.fixed_answer import FixedAnswer

METHODS = frozenset(("get", "put", "post", "delete", "options", "head", "patch", "trace"))


def published(bundle: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    """Return a document whose every server is the gateway.

    `bundle` holds no `x-gateway`. `public_url` is the gateway's address without a closing slash;
    without one ("") servers are paths alone, which lead back to where the document came from.
    """
    document = {**bundle, "servers": _own([bundle.get("servers")], public_url)}
    document["paths"] = _paths(bundle.get("paths"), bundle.get("servers"), public_url)
    components = bundle.get("components")
    if isinstance(components, Mapping) and isinstance(components.get("pathItems"), Mapping):
        items = _paths(components["pathItems"], bundle.get("servers"), public_url)
        document["components"] = {**components, "pathItems": items}
    return document


def _own(levels: list[Any], public_url: str) -> list[dict[str, str]]:
    """Return our server in the place of the first one of the innermost level that has any."""
    return [{"url": public_url + server_path(first_server(*levels)) or "/"}]


def _paths(paths: Any, root: Any, public_url: str) -> dict[str, Any]:
    if not isinstance(paths, Mapping):
        return {}
    return {
        key: _path_item(item, root, public_url) if isinstance(item, Mapping) else item
        for key, item in paths.items()
    }


def _path_item(item: Mapping[str, Any], root: Any, public_url: str) -> dict[str, Any]:
    found = dict(item)
    if "servers" in item:
        found["servers"] = _own([item["servers"], root], public_url)
    for method in METHODS & item.keys():
        said = item[method]
        if isinstance(said, Mapping) and "servers" in said:
            servers = _own([said["servers"], item.get("servers"), root], public_url)
            found[method] = {**said, "servers": servers}
    return found


class _Dumper(yaml.CSafeDumper):
    """Writes what stands at two places twice: anchors are hard to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(text: bytes) -> bytes:
    """Write a document that is JSON text as YAML, in the same order."""
    written: str = yaml.dump(
        json.loads(text), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )
    return written.encode()


class Document:
    """The published document in both forms, each made when it is first asked for."""

    def __init__(self, contract: Contract, public_url: str) -> None:
        self._contract = contract
        self._public_url = public_url

    @cached_property
    def json(self) -> FixedAnswer:
        """The JSON form."""
        text = as_json(published(self._contract.bundle, self._public_url))
        return FixedAnswer(text, b"application/json")

    @cached_property
    def yaml(self) -> FixedAnswer:
        """The YAML form; of a large document it takes seconds."""
        return FixedAnswer(as_yaml(self.json.content), b"application/yaml")

    async def answer_json(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the JSON form."""
        made = await asyncio.to_thread(lambda: self.json)
        await made.send(scope["headers"], send)

    async def answer_yaml(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the YAML form."""
        made = await asyncio.to_thread(lambda: self.yaml)
        await made.send(scope["headers"], send)

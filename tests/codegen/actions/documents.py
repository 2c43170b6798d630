"""Small documents for the projection, and their calls."""

import tempfile
from pathlib import Path
from typing import Any

from codegen.actions.entries import ReportEntry
from codegen.actions.projection import project_actions
from gateway.contract.model import Contract
from gateway.projection import ActionSet, Call, Member, Rewrite
from tests.local.documents import body, contract_of, document, operation

JSON = "application/json"


def contract_from(tree: dict[str, Any]) -> Contract:
    with tempfile.TemporaryDirectory() as folder:
        return contract_of(tree, Path(folder))


def contract(paths: dict[str, Any], **members: Any) -> Contract:
    return contract_from(document(paths, **members))


def sets_of(paths: dict[str, Any], **members: Any) -> tuple[dict[str, ActionSet], Any]:
    return project_actions(contract(paths, **members))


def call_with(
    said: dict[str, Any], path: str = "/things", method: str = "post"
) -> tuple[Call, list[ReportEntry], dict[str, Any]]:
    """Return the call of one operation, what was reported, and its projected operation."""
    sets, entries = sets_of({path: {method: said}})
    call = sets["main"].calls[0]
    item = sets["main"].document["paths"][call.path]
    return call, entries, item[call.method.lower()]


def body_call(schema: Any, media_type: str = JSON, **members: Any) -> tuple[Call, list[Any], Any]:
    """Return the call of an operation with a body of this schema, its report and properties."""
    said = operation("makeThing", **body(media_type, schema, **members))
    call, entries, projected = call_with(said)
    content = projected["requestBody"]["content"][JSON]["schema"]
    return call, entries, content


def of(name: str, schema: Any) -> tuple[dict[str, Any], list[Rewrite], list[ReportEntry]]:
    """Return how a member of a body is projected: its schema, its rewrites, its report."""
    call, entries, content = body_call({"type": "object", "properties": {name: schema}})
    here = [each for each in entries if each.place.startswith(f"body/{name}")]
    return content["properties"][name], [r for r in call.rewrites if r.path[0] == name], here


def member(call: Call, name: str) -> Member:
    return next(each for each in call.members if each.name == name)


def told(entries: list[ReportEntry]) -> list[str]:
    return [f"{entry.place}: {entry.what}" for entry in entries]

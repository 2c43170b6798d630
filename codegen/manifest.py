"""What tells consumers what there is: the manifest, the plugin manifest, MCP's instructions."""

import re
from collections.abc import Mapping
from typing import Any

from codegen.actions.document import PLACEHOLDER
from codegen.curation import Class
from codegen.tool_text import clamped
from gateway.contract.model import Contract
from gateway.projection import ActionSet, Call, Tool

HUMAN_NAME = 20  # characters that the plugin manifest's members may have
MODEL_NAME = 50
HUMAN_DESCRIPTION = 100
MODEL_DESCRIPTION = 8_000
Classes = Mapping[str, Class]  # of operations, by id
ESSENTIALS = 512  # characters of MCP's instructions that every client shows to its model


def make_manifest(
    contract: Contract,
    sets: Mapping[str, ActionSet],
    tools: tuple[Tool, ...],
    classes: Classes,
) -> dict[str, Any]:
    """List every operation by family, with the tool that calls it, and where everything is."""
    by_operation = {tool.call.operation: tool.name for tool in reversed(tools)}
    families: dict[str, list[dict[str, Any]]] = {}
    for operation in contract.operations.values():
        said: dict[str, Any] = {
            "operationId": operation.id,
            "method": operation.method,
            "path": operation.path,
            "summary": operation.summary,
        }
        if operation.fixed_query:
            said["query"] = dict(operation.fixed_query)
        if operation.id in classes:
            said["actions"] = classes[operation.id]
        if operation.id in by_operation:
            said["tool"] = by_operation[operation.id]
        families.setdefault(operation.tag, []).append(said)
    return {
        "name": contract.title,
        "version": contract.version,
        "description": description(contract),
        "url": PLACEHOLDER,
        "links": _links(contract),
        "auth": {"type": "bearer", "header": "Authorization", "alternative": "X-Relay-Key"},
        "action_sets": {
            name: {
                "document": _document_of(contract, name, several=len(sets) > 1),
                "operations": [call.name for call in each.calls],
            }
            for name, each in sets.items()
        },
        "families": [{"name": name, "operations": each} for name, each in families.items()],
    }


def make_plugin(contract: Contract, instructions: str) -> dict[str, Any]:
    """Make the plugin manifest (`/.well-known/ai-plugin.json`, schema version v1)."""
    info = contract.document.get("info")
    info = info if isinstance(info, Mapping) else {}
    contact = info.get("contact")
    contact = contact if isinstance(contact, Mapping) else {}
    logo = info.get("x-logo")
    given = {
        "logo_url": logo.get("url") if isinstance(logo, Mapping) else None,
        "contact_email": contact.get("email"),
        "legal_info_url": info.get("termsOfService"),
    }
    slug = re.sub(r"[^a-z0-9]+", "_", contract.title.lower()).strip("_")
    return {
        "schema_version": "v1",
        "name_for_human": clamped(contract.title, HUMAN_NAME),
        "name_for_model": slug[:MODEL_NAME] or "api",
        "description_for_human": clamped(description(contract), HUMAN_DESCRIPTION),
        "description_for_model": clamped(instructions, MODEL_DESCRIPTION),
        "auth": {"type": "user_http", "authorization_type": "bearer"},
        "api": {"type": "openapi", "url": _links(contract)["actions"]},
        **{name: value for name, value in given.items() if value},
    }


def make_instructions(contract: Contract, sets: Mapping[str, ActionSet], classes: Classes) -> str:
    """Say how the tools are used; the first 512 characters hold the essentials."""
    calls = [call for each in sets.values() for call in each.calls]
    essentials = clamped(" ".join(_essentials(contract, calls)), ESSENTIALS)
    own = {call.operation for call in calls}
    by_tag: dict[str, list[str]] = {}
    for operation in contract.operations.values():
        if classes.get(operation.id) == "envelope" and operation.id not in own:
            by_tag.setdefault(operation.tag, []).append(operation.id)
    envelope = next((call.name for call in calls if call.kind == "envelope"), None)
    if envelope is None or not by_tag:
        return essentials
    lines = [f"{tag}: {', '.join(ids)}" for tag, ids in by_tag.items()]
    return "\n".join([essentials, "", f"Operations that {envelope} reaches:", *lines])


def description(contract: Contract) -> str:
    """Return one line about the API."""
    info = contract.document.get("info")
    info = info if isinstance(info, Mapping) else {}
    said = info.get("summary") or info.get("description") or contract.title
    return clamped(" ".join(str(said).split()), 300)


def _essentials(contract: Contract, calls: list[Call]) -> list[str]:
    said = [
        f"Tools of {clamped(contract.title, 80)}: each is one operation, checked before it runs."
    ]
    for call in calls:
        if call.kind == "envelope":
            said.append(f"Use {call.name} with operationId for what has no tool of its own.")
            break
    said.append("A field that says it holds JSON takes a string of JSON.")
    said.append("`truncated: true`: the answer was cut; ask for less or for the next page.")
    for call in calls:
        if call.kind == "job":
            said.append(f"Status 202 is a job that goes on: ask {call.name} for its answer.")
            break
    if any(call.files for call in calls):
        said.append("Files go in as https links.")
    return said


def _document_of(contract: Contract, name: str, *, several: bool) -> str:
    link = _links(contract)["actions"]
    return link.replace(".actions.", f".actions.{name}.") if several else link


def _links(contract: Contract) -> dict[str, str]:
    """Return where all is, the gateway's own address to take the placeholder's place.

    That is the usual path if the document itself has it there, or the one under `/-/`.
    """
    said = {each.path for each in contract.operations.values() if each.local}
    return {
        name: PLACEHOLDER + (path if path in said else f"/-{path}")
        for name, path in (
            ("openapi", "/openapi.json"),
            ("actions", "/openapi.actions.json"),
            ("mcp", "/mcp"),
            ("docs", "/docs"),
        )
    }

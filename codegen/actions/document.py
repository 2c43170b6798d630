"""Calls as one OpenAPI document that ChatGPT's importer accepts, fully inlined."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codegen.actions.answers import plain
from codegen.actions.calls import CONSEQUENTIAL
from codegen.actions.gateway_calls import ACCEPTED
from codegen.actions.texts import DESCRIPTION, clamp
from gateway.contract.model import Contract
from gateway.projection import Call, Member

PLACEHOLDER = "https://relay.example.com"
BASE = "/-/actions"
SCHEME = "RelayKey"
FILE_ANSWER: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "openaiFileResponse": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Links to files of up to 10 MB.",
        },
        "url": {
            "type": "string",
            "description": "Link to an image, a video or a larger file; show it to the user.",
        },
        "name": {"type": "string"},
        "mime_type": {"type": "string"},
        "size": {"type": "integer", "description": "In bytes."},
    },
}


def make_document(contract: Contract, name: str, calls: Sequence[Call]) -> dict[str, Any]:
    """Return the document of one action set; its server is the placeholder."""
    info = contract.document.get("info")
    said = info.get("description") if isinstance(info, Mapping) else None
    title = contract.title if name == "main" else f"{contract.title}: {name}"
    described = {"description": clamp(str(said), DESCRIPTION)} if said else {}
    paths: dict[str, Any] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": contract.version or "1", **described},
        "servers": [{"url": PLACEHOLDER + BASE}],
        "security": [{SCHEME: []}],
        "paths": paths,
        "components": {
            "schemas": {},
            "securitySchemes": {SCHEME: {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(call: Call) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.summary,
        "description": call.description,
        CONSEQUENTIAL: call.consequential,
    }
    parameters = [_parameter(member) for member in call.members if member.place != "body"]
    if parameters:
        said["parameters"] = parameters
    body = [member for member in call.members if member.place == "body"]
    if body:
        required = any(member.required for member in body)
        content = {"application/json": {"schema": _object(body)}}
        said["requestBody"] = {"required": required, "content": content}
    said["responses"] = _responses(call)
    return said


def _parameter(member: Member) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": member.name,
        "in": "query" if member.place == "header" else member.place,
        "required": member.required,
    }
    if member.description:
        said["description"] = member.description
    return {**said, "schema": dict(member.schema)}


def _object(members: Iterable[Member]) -> dict[str, Any]:
    found = list(members)
    properties = {
        member.name: {**member.schema, "description": member.description}
        if member.description
        else dict(member.schema)
        for member in found
    }
    made: dict[str, Any] = {"type": "object", "properties": properties}
    required = [member.name for member in found if member.required]
    return {**made, "required": required} if required else made


def _responses(call: Call) -> dict[str, Any]:
    schema = FILE_ANSWER if call.binary else plain(call.output_schema)
    good: dict[str, Any] = {"description": "What the operation answers."}
    if schema is not None:
        good["content"] = {"application/json": {"schema": schema}}
    accepted = {
        "description": "The call still runs; poll the job.",
        "content": {"application/json": {"schema": ACCEPTED}},
    }
    return {"200": good, "202": accepted}

"""Function tools: each call of the action sets as a tool with one input schema."""

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.inline import inlined
from codegen.strict import Unfit, strict_form
from codegen.tool_text import tool_description
from gateway.contract.model import Operation
from gateway.projection import ActionSet, Call, Tool

MAX_TOOLS = 128
FILES = "openaiFileIdRefs"
READING = frozenset(("GET", "HEAD"))
# What a file member is filled with at run time; Actions documents declare strings, and mean this.
FILE: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "The file's name."},
        "id": {"type": "string", "description": "Any name of yours for the file."},
        "mime_type": {"type": "string", "description": "Media type, such as image/png."},
        "download_link": {
            "type": "string",
            "description": "https URL that the gateway fetches the file from.",
        },
    },
    "required": ["name", "id", "mime_type", "download_link"],
    "additionalProperties": False,
}


def make_tools(
    sets: Mapping[str, ActionSet], operations: Mapping[str, Operation]
) -> tuple[Tool, ...]:
    """Return a tool for every call of the sets, in their order: at most 128.

    `input_schema` has optional members as optional; `strict` tells that `strict_form` takes it.
    """
    return tuple(_tool(call, actions, operations) for call, actions in _calls(sets))[:MAX_TOOLS]


def left_out(sets: Mapping[str, ActionSet]) -> tuple[str, ...]:
    """Return the names of the calls for which there is no room among the tools."""
    return tuple(call.name for call, _ in _calls(sets))[MAX_TOOLS:]


def responses_tool(tool: Tool) -> dict[str, Any]:
    """Write a tool as the Responses API takes it."""
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": parameters(tool),
        "strict": tool.strict,
    }


def chat_tool(tool: Tool) -> dict[str, Any]:
    """Write a tool as the Chat Completions API takes it."""
    inner = {key: value for key, value in responses_tool(tool).items() if key != "type"}
    return {"type": "function", "function": inner}


def parameters(tool: Tool) -> dict[str, Any]:
    """Return the schema that a model is given: the strict form where there is one."""
    return strict_form(tool.input_schema) if tool.strict else dict(tool.input_schema)


def why_not_strict(schema: Mapping[str, Any]) -> str | None:
    """Tell what keeps a schema from having a strict form; None where it has one."""
    try:
        strict_form(schema)
    except Unfit as error:
        return str(error)
    return None


def input_schema(call: Call, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the flat object of a call's members; `document` is what its `$ref`s point into."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for member in call.members:
        schema = inlined(dict(member.schema), document)
        if member.description and isinstance(schema, dict):
            schema = {**schema, "description": member.description}
        properties[member.name] = schema
        if member.required:
            required.append(member.name)
    if call.files:
        said = properties.get(FILES, {}).get("description", "The files, at most 10.")
        properties[FILES] = {"type": "array", "description": said, "items": FILE, "maxItems": 10}
        if any(each.required for each in call.files) and FILES not in required:
            required.append(FILES)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _calls(sets: Mapping[str, ActionSet]) -> Iterator[tuple[Call, ActionSet]]:
    """Yield each call once; several sets may have the same envelope and job poll."""
    seen: set[str] = set()
    for actions in sets.values():
        for call in actions.calls:
            if call.name not in seen:
                seen.add(call.name)
                yield call, actions


def _tool(call: Call, actions: ActionSet, operations: Mapping[str, Operation]) -> Tool:
    schema = input_schema(call, actions.document)
    operation = operations.get(call.operation)
    method = operation.method if operation is not None else call.method
    return Tool(
        name=call.name,
        title=call.summary or call.name,
        description=tool_description(call.summary or call.name, call.description),
        input_schema=schema,
        strict=why_not_strict(schema) is None,
        call=call,
        read_only=method in READING and call.kind != "envelope",
        destructive=method == "DELETE" or call.kind == "envelope",
    )

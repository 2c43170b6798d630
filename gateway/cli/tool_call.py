"""A tool call as it comes from a model, into the projected request that makes it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from gateway.actions.undo import without_nulls
from gateway.cli.call_request import CallRequest, wrong
from gateway.contract.model import Contract
from gateway.contract.segments import TEMPLATE
from gateway.projection import Call, Tool
from gateway.suggest import did_you_mean

PREFIX = "/-/actions"
BODYLESS = ("GET", "HEAD", "DELETE")


def is_tool_call(text: str) -> bool:
    """Tell a tool call from the name of an operation."""
    return text.lstrip().startswith("{")


def read_tool_call(text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the arguments of a tool call.

    Its forms are an output item of the Responses API, a tool call of Chat Completions, and the
    name and arguments alone, which may be an object or its JSON text.
    """
    said = _object(text, "The tool call")
    nested = said.get("function")
    inner = nested if isinstance(nested, dict) else said
    name, arguments = inner.get("name"), inner.get("arguments", {})
    if not isinstance(name, str):
        wrong("The tool call has no name: give it as the model wrote it.")
    if isinstance(arguments, str):
        arguments = _object(arguments or "{}", "The arguments of the tool call")
    if not isinstance(arguments, dict):
        wrong("The arguments of the tool call are no object.")
    return name, arguments


def find_tool(tools: Mapping[str, Tool], name: str) -> Tool:
    """Return the tool of that name, or suggest one."""
    if name not in tools:
        wrong(f"No tool is named {name!r}. {did_you_mean(name, tools)}".strip())
    return tools[name]


def request_of(
    contract: Contract, name: str, arguments: Mapping[str, Any]
) -> tuple[CallRequest, bytes]:
    """Return the projected request of a tool call, and its body."""
    from codegen.project import project

    tools = {tool.name: tool for tool in project(contract).tools}
    return tool_request(find_tool(tools, name).call, arguments)


def tool_request(call: Call, arguments: Mapping[str, Any]) -> tuple[CallRequest, bytes]:
    """Return the projected request of a call, and its body.

    Strict tools say null for what they leave out; it is left out here.
    """
    given = without_nulls(arguments)
    unknown = [name for name in given if name not in _names(call)]
    if unknown:
        wrong(f"{call.name} has no member {unknown[0]!r}. {did_you_mean(unknown[0], _names(call))}")
    missing = [each.name for each in call.members if each.required and each.name not in given]
    if missing:
        wrong(f"{call.name} needs {', '.join(missing)}.")
    path = TEMPLATE.sub(lambda found: quote(_text(given.pop(found[1], "")), safe=""), call.path)
    target, content, media_type = PREFIX + path, b"", None
    if call.method in BODYLESS:
        query = urlencode({name: _text(value) for name, value in given.items()}, quote_via=quote)
        target += f"?{query}" if query else ""
    else:
        content, media_type = json.dumps(given, ensure_ascii=False).encode(), "application/json"
    return CallRequest(call.method, target, (), media_type), content


def _names(call: Call) -> list[str]:
    files = ["openaiFileIdRefs"] if call.files else []
    return [*(member.name for member in call.members), *files]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _object(text: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        wrong(f"{what} is no valid JSON.")
    if not isinstance(found, dict):
        wrong(f"{what} is no object.")
    return found

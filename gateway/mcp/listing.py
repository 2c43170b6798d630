"""How a tool is listed (Model Context Protocol, `tools/list`): plain data, no SDK."""

from typing import Any

from gateway.projection import Tool


def listed(tool: Tool) -> dict[str, Any]:
    """Return a tool as a client is told of it.

    `openWorldHint` tells that an upstream is called. An output schema whose root is no object is
    left out: clients before 2026-07-28 refuse it.
    """
    output = tool.call.output_schema
    shown = output is not None and output.get("type") == "object"
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": dict(tool.input_schema),
        **({"outputSchema": dict(output)} if output is not None and shown else {}),
        "annotations": {
            "readOnlyHint": tool.read_only,
            "destructiveHint": tool.destructive,
            "openWorldHint": tool.call.kind != "job",
        },
    }

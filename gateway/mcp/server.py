"""The SDK's side of MCP: this module alone imports `mcp`, and is itself imported late."""

import asyncio
import base64
import logging
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    BlobResourceContents,
    CallToolRequestParams,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ListToolsResult,
    PaginatedRequestParams,
    ResourceLink,
    TextContent,
)
from mcp_types import Tool as ListedTool
from starlette.types import Receive, Scope, Send

from gateway.contract.model import Contract
from gateway.errors import ClientGone
from gateway.logs import trace
from gateway.mcp.files import ResultFile
from gateway.mcp.listing import listed
from gateway.mcp.operations import GONE_KEY, MAX_BODY
from gateway.mcp.results import ToolResult
from gateway.mcp.tool_runs import ToolRuns
from gateway.projection import Tool
from gateway.suggest import did_you_mean

Context = ServerRequestContext[Any, Any]
MAX_NAME = 64  # characters of a tool's name
logger = logging.getLogger("specrelay")


class ToolServer:
    """Answers messages. It keeps nothing between two of them, so any worker can have the next."""

    def __init__(self, runs: ToolRuns, contract: Contract, instructions: str) -> None:
        self._runs = runs
        self._tools = [ListedTool.model_validate(listed(tool)) for tool in runs.tools.values()]
        self._server: Server[Any] = Server(
            contract.title,
            version=contract.version,
            instructions=instructions or None,
            get_tool_input_schema=self._input_schema,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
        )

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message. `scope` has an `asyncio.Event` at `GONE_KEY`.

        The SDK's manager is made for this message alone: all that it starts ends with it.
        """
        manager = StreamableHTTPSessionManager(
            self._server, stateless=True, json_response=True, max_request_body_size=MAX_BODY
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    def _input_schema(self, name: str) -> Any:
        tool = self._runs.tools.get(name)
        return tool.input_schema if tool is not None else None

    async def _list_tools(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=self._tools)

    async def _call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        tool = self._named(params.name)
        scope = context.request.scope  # type: ignore[union-attr]
        gone: asyncio.Event = scope[GONE_KEY]
        try:
            result = await self._runs.run(tool, params.arguments or {}, scope, gone)
        except ClientGone:
            # Nobody reads it; an exception would be a defect in the SDK's log.
            return _written(ToolResult("The client went away.", is_error=True))
        except Exception as error:
            logger.error("tool %s failed: %s", tool.name, trace(error))
            message = "The gateway failed; its log has the place."
            raise MCPError(INTERNAL_ERROR, message) from error
        return _written(result)

    def _named(self, name: str) -> Tool:
        tool = self._runs.tools.get(name)
        if tool is None:
            near = did_you_mean(name[:MAX_NAME], self._runs.tools)
            raise MCPError(INVALID_PARAMS, f"No tool has this name. {near}".strip())
        return tool


def _written(result: ToolResult) -> CallToolResult:
    blocks: list[ContentBlock] = [TextContent(text=result.text)]
    blocks += [_resource(file) for file in result.files]
    if result.structured is None:
        return CallToolResult(content=blocks, is_error=result.is_error)
    return CallToolResult(
        content=blocks, structured_content=result.structured, is_error=result.is_error
    )


def _resource(file: ResultFile) -> ContentBlock:
    if file.content is None:
        return ResourceLink(uri=file.url, name=file.name, mime_type=file.media_type, size=file.size)
    blob = base64.b64encode(file.content).decode()
    contents = BlobResourceContents(uri=file.url, mime_type=file.media_type, blob=blob)
    return EmbeddedResource(resource=contents)

"""A tool's call, from its arguments to its result, through the stages as its caller."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Scope

from gateway.actions.adapter import Adapter
from gateway.actions.calls import Calls
from gateway.actions.downloads import Downloads
from gateway.actions.inner_call import InnerCall, run_inner
from gateway.actions.jobs import CallAnswer
from gateway.actions.routes import PREFIX
from gateway.actions.undo import without_nulls
from gateway.contract.model import Contract, Operation
from gateway.errors import RelayError
from gateway.local.inner_request import InnerRequest
from gateway.mcp.files import as_links, result_files
from gateway.mcp.results import (
    IsValid,
    ToolResult,
    check_of,
    error_result,
    failure,
    json_of,
    success,
)
from gateway.projection import Call, Tool


class ToolRuns:
    """Runs the tools of a projection. `contract` has the gateway's own operations."""

    def __init__(
        self,
        tools: Iterable[Tool],
        contract: Contract,
        entrance: Callable[[], ASGIApp],
        *,
        calls: Calls,
        downloads: Downloads,
    ) -> None:
        self._contract = contract
        self._entrance = entrance
        self._adapter = Adapter(contract)
        self._calls = calls
        self._downloads = downloads
        self.tools: Mapping[str, Tool] = {
            tool.name: tool for tool in tools if tool.call.kind != "job" or self._polls(tool.call)
        }
        self._declared: dict[str, IsValid] = {}

    async def run(
        self, tool: Tool, arguments: Mapping[str, Any], scope: Scope, gone: asyncio.Event
    ) -> ToolResult:
        """Call a tool for the caller of `scope`; `gone` tells that it does not wait any more.

        What is wrong with the call or its answer is told in the result. Raises ClientGone.
        """
        try:
            if tool.call.kind == "job":
                answer = await self._poll(tool.call, arguments, scope, gone)
            else:
                restored = self._adapter.restore_tool(tool.call, arguments)
                given = without_nulls(arguments)
                answer = await self._calls.run(tool.call, given, restored, scope, gone)
        except RelayError as error:
            return error_result(tool.name, error)
        return await self._result(tool, answer, self._downloads.base_url(scope))

    async def _result(self, tool: Tool, answer: CallAnswer, base_url: str) -> ToolResult:
        value = json_of(answer)
        if answer.status >= 400:
            return failure(tool.name, answer, value)
        value = as_links(value, base_url)
        files = await result_files(value, base_url, self._downloads)
        return success(answer, value, files, self._declared_by(tool))

    def _declared_by(self, tool: Tool) -> IsValid | None:
        """Return the check of a tool's output schema, compiled at its first use."""
        schema = tool.call.output_schema
        if schema is None:
            return None
        if tool.name not in self._declared:
            self._declared[tool.name] = check_of(schema)
        return self._declared[tool.name]

    async def _poll(
        self, call: Call, arguments: Mapping[str, Any], scope: Scope, gone: asyncio.Event
    ) -> CallAnswer:
        """Ask for a job where the calls of Actions do; its answer is within the budget already."""
        operation = self._polls(call)
        assert operation is not None
        name = call.members[0].name
        identity = arguments.get(name)
        if not isinstance(identity, str) or not identity or identity.strip(".") == "":
            raise RelayError("invalid_body", f"{call.name} needs {name}, a text.", param=name)
        path = operation.path.replace("{" + name + "}", quote(identity, safe=""))
        request = InnerRequest(operation, call.method, path.encode(), b"", (), None)
        inner = InnerCall(request)
        answer = await run_inner(self._entrance(), inner, scope, gone, self._downloads)
        return CallAnswer(answer.status, answer.content, answer.content_type)

    def _polls(self, call: Call) -> Operation | None:
        """Return the operation that answers for jobs, None where there is none."""
        place = (call.method, PREFIX + call.path)
        operations = self._contract.operations.values()
        return next((o for o in operations if (o.method, o.path) == place), None)

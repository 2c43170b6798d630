"""Listing and calling with the official client, in both eras of the protocol."""

import asyncio
import base64
import json
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, EmbeddedResource, TextContent

from gateway.resources import spec_folder
from gateway.standin.record import Record
from tests.actions.file_hosts import NAME
from tests.mcp.gateways import KEY, Endpoint, using

MODES = ("legacy", "auto")
FILE = {
    "name": "words.mp3",
    "id": "f1",
    "mime_type": "audio/mpeg",
    "download_link": f"https://{NAME}/words.mp3",
}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "createChatCompletion": {"messages": [{"role": "user", "content": "hi"}], "model": "m"},
    "createImageEdit": {"openaiFileIdRefs": [{**FILE, "name": "a.png", "mime_type": "image/png"}]},
    "createVectorStoreFile": {"vector_store_id": "vs_1", "file_id": "f_1"},
    "createBatch": {"input_file_id": "f_1", "endpoint": "/v1/responses"},
    "proxyRequest": {"operationId": "retrieveModel", "path_params": '{"model": "m"}'},
    "createFile": {"purpose": "user_data"},
}


def arguments_of(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """Return arguments of a tool: what its schema requires, and what this test knows better."""
    given = dict(ARGUMENTS.get(name, {}))
    for each in schema.get("required", []):
        told = schema["properties"][each]
        made = [FILE] if each == "openaiFileIdRefs" else (told.get("enum") or ["some_text"])[0]
        given.setdefault(each, made)
    return given


def text_of(result: CallToolResult) -> str:
    first = result.content[0]
    assert isinstance(first, TextContent)
    return first.text


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("workers", [1, 2])
def test_every_tool_is_listed_and_called(
    two: tuple[Endpoint, Endpoint], record: Record, mode: str, workers: int
) -> None:
    others = [each.url for each in two[1:workers]]

    async def work(client: Client) -> tuple[Any, dict[str, CallToolResult]]:
        listed = (await client.list_tools()).tools
        results = {}
        for tool in listed:
            arguments = arguments_of(tool.input_schema, tool.name)
            results[tool.name] = await client.call_tool(tool.name, arguments)
        return listed, results

    listed, results = using(two[0].url, work, mode=mode, others=others)
    tools = two[0].projection.tools
    assert [tool.name for tool in listed] == [tool.name for tool in tools]
    failed = {name: text_of(result) for name, result in results.items() if result.is_error}
    assert set(failed) == {"getJob"}, failed
    assert "no such job" in failed["getJob"]
    called = {tool.call.operation for tool in tools if tool.call.kind in ("direct", "wrap")}
    assert called <= {entry.operation for entry in record.entries()}
    for entry in record.entries():
        seen = b" ".join([entry.target, *(value for _, value in entry.headers)])
        assert KEY.encode() not in seen


def test_tools_are_listed_as_they_are_published(endpoint: Endpoint) -> None:
    tools = using(endpoint.url, lambda client: client.list_tools()).tools
    said = [each.model_dump(by_alias=True, exclude_none=True, mode="json") for each in tools]
    published = spec_folder() / "published" / "mcp.json"
    assert said == json.loads(published.read_text(encoding="utf-8"))["tools"]
    for tool in said:
        assert tool["description"].startswith("Use this when")


@pytest.mark.parametrize("mode", MODES)
def test_the_instructions_begin_with_the_essentials(endpoint: Endpoint, mode: str) -> None:
    async def work(client: Client) -> str | None:
        return client.instructions

    told = using(endpoint.url, work, mode=mode)
    assert told == endpoint.projection.instructions
    assert "Use proxyRequest" in told[:512]


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_is_structured_and_text(endpoint: Endpoint, mode: str) -> None:
    result = using(endpoint.url, lambda client: client.call_tool("listModels"), mode=mode)
    assert result.structured_content["object"] == "list"
    assert text_of(result).startswith('{"object":"list"')


@pytest.mark.parametrize("mode", MODES)
def test_a_binary_answer_is_a_resource_that_another_worker_serves(
    two: tuple[Endpoint, Endpoint], mode: str
) -> None:
    call = {"model": "tts-1", "input": "hi", "voice": "alloy"}
    result = using(two[0].url, lambda client: client.call_tool("createSpeech", call), mode=mode)
    (resource,) = [each for each in result.content if isinstance(each, EmbeddedResource)]
    content = base64.b64decode(resource.resource.blob)
    assert len(content) == result.structured_content["size"] > 0
    url = resource.resource.uri.replace(two[0].served.url, two[1].served.url)
    assert httpx.get(url, trust_env=False).content == content


@pytest.mark.parametrize("mode", MODES)
def test_what_is_wrong_with_a_call_is_told_in_its_result(endpoint: Endpoint, mode: str) -> None:
    async def work(client: Client) -> list[CallToolResult]:
        return [
            await client.call_tool("createEmbedding", {"model": "m"}),
            await client.call_tool("listModels", {"nothing": 1}),
            await client.call_tool("createChatCompletion", {"model": "m", "messages": []}),
        ]

    missing, unknown, invalid = using(endpoint.url, work, mode=mode)
    assert missing.is_error and "needs input" in text_of(missing)
    assert unknown.is_error and "nothing is no member" in text_of(unknown)
    assert invalid.is_error and "failed with status 400" in text_of(invalid)
    assert "/messages" in text_of(invalid)


@pytest.mark.parametrize("mode", MODES)
def test_a_tool_that_is_not_there(endpoint: Endpoint, mode: str) -> None:
    async def work(client: Client) -> MCPError:
        with pytest.raises(MCPError) as caught:
            await client.call_tool("listModel")
        return caught.value

    error = using(endpoint.url, work, mode=mode)
    assert (error.code, "Did you mean 'listModels'?" in error.message) == (-32602, True)


def test_calls_at_the_same_time(endpoint: Endpoint) -> None:
    async def work(client: Client) -> list[CallToolResult]:
        return await asyncio.gather(*(client.call_tool("listModels") for _ in range(30)))

    assert all(not result.is_error for result in using(endpoint.url, work))

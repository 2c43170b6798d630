"""What a tool's caller gets of each kind of answer: an upstream that says what the test says."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp_types import CallToolResult, EmbeddedResource, ResourceLink, TextContent

from gateway.actions.budget import BUDGET
from tests.mcp.gateways import Endpoint, serving, using
from tests.rawhttp import RawRequest, respond
from tests.relay.gateways import compiled
from tests.servers import Act, Answer, RawUpstream

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def answering(schema: Any, media_type: str = "application/json", **more: Any) -> dict[str, Any]:
    content = {media_type: {"schema": schema}}
    return {"responses": {"200": {"description": "ok", "content": content}}, **more}


ITEM = {"type": "object", "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}
PAGE = {
    "type": "object",
    "required": ["data", "more"],
    "properties": {"data": {"type": "array", "items": ITEM}, "more": {"type": "boolean"}},
}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
B64 = {"type": "object", "properties": {"image": {"type": "string", "format": "byte"}}}
BYTES = {"type": "string", "format": "binary"}
PATHS = {
    "/items": {"get": {"operationId": "listItems", **answering(PAGE, parameters=[LIMIT])}},
    "/items/{id}": {
        "get": {"operationId": "getItem", **answering(ITEM, parameters=[ID])},
        "delete": {"operationId": "deleteItem", "parameters": [ID]},
    },
    "/names": {"get": {"operationId": "names", **answering({"type": "array"})}},
    "/text": {"get": {"operationId": "text", **answering({"type": "string"}, "text/plain")}},
    "/file": {"get": {"operationId": "file", **answering(BYTES, "application/octet-stream")}},
    "/image": {"get": {"operationId": "image", **answering(B64)}},
}


class Said:
    """What the upstream answers next."""

    def __init__(self) -> None:
        self.answer: Answer = b""

    def __call__(self, request: RawRequest) -> Answer:
        return self.answer

    def json(self, value: Any, status: int = 200, media_type: str = "application/json") -> None:
        headers = [("Content-Type", media_type)]
        self.answer = respond(json.dumps(value).encode(), status=status, headers=headers)

    def bytes(self, content: bytes, media_type: str, status: int = 200) -> None:
        headers = [("Content-Type", media_type)]
        self.answer = respond(content, status=status, headers=headers)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Endpoint, Said]]:
    said = Said()
    data: Path = tmp_path_factory.mktemp("shop")
    with (
        RawUpstream(said) as upstream,
        serving(compiled(PATHS), upstream.url, data) as endpoint,
    ):
        yield endpoint, said


def calling(endpoint: Endpoint, name: str, **arguments: Any) -> CallToolResult:
    result = using(endpoint.url, lambda client: client.call_tool(name, arguments))
    assert isinstance(result, CallToolResult)
    return result


def text_of(result: CallToolResult) -> str:
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


def test_a_long_list_is_cut_and_tells_how_to_go_on(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    items = [{"id": f"i{number}", "text": "words " * 50} for number in range(1_000)]
    said.json({"data": items, "more": False})
    result = calling(endpoint, "listItems")
    assert len(text_of(result)) <= BUDGET
    value = json.loads(text_of(result))
    assert value["truncated"] is True
    assert 0 < len(value["data"]) < 1_000
    assert "limit=" in value["how_to_get_the_rest"]
    assert result.structured_content == value


def test_an_answer_that_is_not_as_declared_is_told_all_the_same(
    shop: tuple[Endpoint, Said],
) -> None:
    endpoint, said = shop
    said.json({"id": 5, "text": "five", "new": [1]})
    result = calling(endpoint, "getItem", id="5")
    assert json.loads(text_of(result)) == {"id": 5, "text": "five", "new": [1]}
    assert result.structured_content == {"text": "five", "new": [1]}


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_answer_that_is_no_object(shop: tuple[Endpoint, Said], mode: str) -> None:
    endpoint, said = shop
    said.json(["a", "b"])
    result = using(endpoint.url, lambda client: client.call_tool("names"), mode=mode)
    assert text_of(result) == '["a","b"]'
    assert result.structured_content == {"data": ["a", "b"]}


def test_text_and_nothing(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    said.bytes(b"plain words", "text/plain")
    assert text_of(calling(endpoint, "text")) == "plain words"
    said.answer = b"HTTP/1.1 204 No Content\r\n\r\n"
    result = calling(endpoint, "deleteItem", id="1")
    assert "204" in text_of(result)
    assert not result.is_error


@pytest.mark.parametrize("status", [404, 429, 500])
def test_an_upstream_s_error_is_an_error_with_its_message(
    shop: tuple[Endpoint, Said], status: int
) -> None:
    endpoint, said = shop
    said.json({"error": {"message": "No more of it.", "code": "sold_out"}}, status)
    result = calling(endpoint, "getItem", id="5")
    assert result.is_error
    assert result.structured_content is None
    assert text_of(result).startswith(f"getItem failed with status {status}: No more of it.")
    assert "sold_out" in text_of(result)


def test_an_error_without_json_is_within_the_budget(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    said.bytes(b"<html>" + b"x" * 200_000, "text/html", 502)
    result = calling(endpoint, "getItem", id="5")
    assert result.is_error
    assert text_of(result).startswith("getItem failed with status 502.")
    assert len(text_of(result)) <= BUDGET


def test_an_upstream_that_hangs_up(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    for act in (Act.CLOSE, Act.RESET):
        said.answer = act
        result = calling(endpoint, "getItem", id="5")
        assert result.is_error
        assert text_of(result).startswith("getItem failed with status 502: ")


def test_an_answer_that_breaks_off(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop

    async def cut() -> AsyncIterator[bytes | Act]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        yield Act.CLOSE

    said.answer = cut()
    result = calling(endpoint, "getItem", id="5")
    assert result.is_error
    assert "broke off" in text_of(result)


def test_a_small_file_is_embedded(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    said.bytes(PNG, "image/png")
    result = calling(endpoint, "file")
    (resource,) = [each for each in result.content if isinstance(each, EmbeddedResource)]
    assert base64.b64decode(resource.resource.blob) == PNG
    assert resource.resource.mime_type == "image/png"
    assert json.loads(text_of(result))["mime_type"] == "image/png"


def test_a_large_file_is_a_signed_link(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    content = PNG * 600  # more than 1 MiB
    said.bytes(content, "application/pdf")
    result = calling(endpoint, "file")
    (link,) = [each for each in result.content if isinstance(each, ResourceLink)]
    assert (link.size, link.mime_type) == (len(content), "application/pdf")
    fetched = httpx.get(link.uri, trust_env=False)
    assert fetched.content == content
    assert httpx.get(link.uri.replace("signature=", "signature=x")).status_code == 404
    assert "openaiFileResponse" not in text_of(result)


def test_a_file_inside_of_json(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    said.json({"image": base64.b64encode(PNG).decode(), "name": "sun"})
    result = calling(endpoint, "image")
    (resource,) = [each for each in result.content if isinstance(each, EmbeddedResource)]
    assert base64.b64decode(resource.resource.blob) == PNG
    assert result.structured_content["name"] == "sun"
    assert base64.b64encode(PNG).decode() not in text_of(result)
    assert resource.resource.uri == result.structured_content["url"]


def test_members_that_are_null_are_absent(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    said.json({"data": [], "more": False})
    assert not calling(endpoint, "listItems", limit=None).is_error
    wrong = calling(endpoint, "listItems", limit="many")
    assert wrong.is_error
    assert "limit" in text_of(wrong)


def test_an_id_that_leads_elsewhere(shop: tuple[Endpoint, Said]) -> None:
    endpoint, said = shop
    said.json({"id": "x"})
    for odd in ("..", "a/b", "%2e%2e"):
        result = calling(endpoint, "getItem", id=odd)
        assert result.is_error or odd == "%2e%2e"
    job = calling(endpoint, "getJob", id="..")
    assert job.is_error

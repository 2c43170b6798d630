import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cyclopts import CycloptsError

from codegen.project import project
from gateway.actions.adapter import Adapter
from gateway.cli.call import call
from gateway.cli.tool_call import (
    find_tool,
    is_tool_call,
    read_tool_call,
    request_of,
    tool_request,
)
from gateway.contract.compile import load_contract
from gateway.resources import spec_folder

ARGUMENTS = {"model": "m", "input": "hello"}
CONTRACT = load_contract(spec_folder() / "openapi.yaml")
TOOLS = {tool.name: tool for tool in project(CONTRACT).tools}


@pytest.mark.parametrize(
    "said",
    [
        {"type": "function_call", "name": "a", "call_id": "c", "arguments": json.dumps(ARGUMENTS)},
        {"type": "function", "function": {"name": "a", "arguments": json.dumps(ARGUMENTS)}},
        {"name": "a", "arguments": ARGUMENTS},
    ],
)
def test_every_form_of_a_tool_call_is_read(said: dict[str, Any]) -> None:
    text = json.dumps(said, indent=1)
    assert is_tool_call(text)
    assert read_tool_call(text) == ("a", ARGUMENTS)


def test_a_name_is_no_tool_call() -> None:
    assert not is_tool_call("createEmbedding")


def test_no_arguments_are_none() -> None:
    assert read_tool_call('{"name": "a", "arguments": ""}') == ("a", {})
    assert read_tool_call('{"name": "a"}') == ("a", {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"name"', "no valid JSON"),
        ('{"arguments": {}}', "has no name"),
        ('{"name": "a", "arguments": "{"}', "arguments of the tool call is no valid JSON"),
        ('{"name": "a", "arguments": "[]"}', "is no object"),
        ('{"name": "a", "arguments": 5}', "are no object"),
    ],
)
def test_what_is_no_tool_call_is_refused(text: str, message: str) -> None:
    with pytest.raises(CycloptsError, match=message):
        read_tool_call(text)


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(CycloptsError, match="createEmbedding"):
        find_tool(TOOLS, "createEmbeding")


def test_a_strict_tools_nulls_are_left_out() -> None:
    arguments = {"name": None, "input": "hello", "model": "m", "dimensions": None}
    del arguments["name"]
    request, content = tool_request(TOOLS["createEmbedding"].call, arguments)
    assert (request.method, request.target) == ("POST", "/-/actions/v1/embeddings")
    assert request.media_type == "application/json"
    assert json.loads(content) == {"input": "hello", "model": "m"}


def test_members_of_path_and_query_stand_there() -> None:
    arguments = {"response_id": "a/b ü", "starting_after": None}
    request, content = request_of(CONTRACT, "getResponse", arguments)
    assert request.target == "/-/actions/v1/responses/a%2Fb%20%C3%BC"
    assert (request.method, request.media_type, content) == ("GET", None, b"")
    request, _ = request_of(CONTRACT, "listFiles", {"limit": 3, "purpose": "a&b"})
    assert request.target == "/-/actions/v1/files?limit=3&purpose=a%26b"


def test_a_member_that_is_unknown_or_missing_is_told() -> None:
    call = TOOLS["createEmbedding"].call
    with pytest.raises(CycloptsError, match=r"no member 'imput'.*input"):
        tool_request(call, {"model": "m", "imput": "x"})
    with pytest.raises(CycloptsError, match=r"createEmbedding needs .*model"):
        tool_request(call, {"input": "x", "model": None})


def test_the_gateway_maps_it_back() -> None:
    arguments = {"input": '["a", "b"]', "model": "m", "dimensions": None}
    _, content = request_of(CONTRACT, "createEmbedding", arguments)
    inner = Adapter(CONTRACT).http_request(TOOLS["createEmbedding"].call, (), b"", content)
    assert (inner.method, inner.raw_path) == ("POST", b"/v1/embeddings")
    assert inner.body is not None
    assert json.loads(inner.body[0]) == {"input": ["a", "b"], "model": "m"}


class _Recorder(BaseHTTPRequestHandler):
    seen: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: Any) -> None:
        pass


def test_the_command_takes_a_tool_call(capfd: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[str, bytes]] = []
    handler = type("Handler", (_Recorder,), {"seen": seen})
    said = {"type": "function_call", "name": "createEmbedding", "arguments": json.dumps(ARGUMENTS)}
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert call(json.dumps(said), url=url) == 0
        server.shutdown()
    ((path, body),) = seen
    assert path == "/-/actions/v1/embeddings"
    assert json.loads(body) == ARGUMENTS
    assert capfd.readouterr().out == "{}"


def test_a_tool_call_has_its_arguments_in_it() -> None:
    with pytest.raises(CycloptsError, match="has its arguments in it"):
        call('{"name": "listModels"}', param=["a=b"])

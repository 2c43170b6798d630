from pathlib import Path
from typing import Any

import pytest

from codegen.project import project
from codegen.tools import chat_tool, left_out, make_tools, responses_tool
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.mcp.listing import listed
from gateway.projection import ActionSet, Call, FileMember, Member
from gateway.resources import spec_folder
from tests.codegen.small_documents import contract_of, pets, shelves
from tests.independent.tools_checker import (
    check_function_tools,
    check_instructions,
    check_mcp_tools,
)


@pytest.fixture(scope="module", params=["shipped", "pets", "shelves"])
def contract(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Contract:
    if request.param == "shipped":
        return load_contract(spec_folder() / "openapi.yaml")
    document = {"pets": pets, "shelves": shelves}[request.param]()
    return contract_of(document, tmp_path_factory.mktemp(request.param))


def test_the_tools_pass_the_independent_checker(contract: Contract) -> None:
    tools = project(contract).tools
    assert tools
    assert not check_function_tools([responses_tool(tool) for tool in tools], form="responses")
    assert not check_function_tools([chat_tool(tool) for tool in tools], form="chat")


def test_the_mcp_tools_pass_the_independent_checker(contract: Contract) -> None:
    tools = project(contract).tools
    reaches: dict[str, list[str]] = {}
    for tool in tools:
        operation = contract.operations.get(tool.call.operation)
        reaches[tool.name] = [operation.method if operation else tool.call.method]
        if tool.call.kind == "envelope":
            reaches[tool.name] = [each.method for each in contract.operations.values()] + ["DELETE"]
    local = [tool.name for tool in tools if tool.call.kind == "job"]
    found = check_mcp_tools([listed(tool) for tool in tools], reaches=reaches, local=local)
    assert not found


def test_the_instructions_begin_with_the_essentials(contract: Contract) -> None:
    projection = project(contract)
    calls = [tool.name for tool in projection.tools if tool.call.kind in ("envelope", "job")]
    assert not check_instructions(projection.instructions, [*calls, "truncated"])


def test_every_schema_stands_by_itself(contract: Contract) -> None:
    for tool in project(contract).tools:
        assert "$ref" not in str(tool.input_schema), tool.name


def call(name: str, **changes: Any) -> Call:
    members = (
        Member("id", "path", "id", True, {"type": "string"}, "Whose."),
        Member("limit", "query", "limit", False, {"$ref": "#/components/schemas/Limit"}),
    )
    given: dict[str, Any] = {
        "name": name,
        "kind": "direct",
        "operation": name,
        "method": "GET",
        "path": "/a/{id}",
        "summary": "Get an a",
        "description": "",
        "members": members,
    }
    return Call(**{**given, **changes})


def action_set(*calls: Call, name: str = "main") -> dict[str, ActionSet]:
    document = {"components": {"schemas": {"Limit": {"type": "integer"}}}}
    return {name: ActionSet(name, document, calls)}


def test_members_become_one_flat_object() -> None:
    (tool,) = make_tools(action_set(call("getA")), {})
    assert tool.strict
    assert tool.read_only
    assert tool.input_schema == {
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "Whose."},
            "limit": {"type": "integer"},
        },
        "required": ["id"],
        "additionalProperties": False,
    }


def test_a_model_is_given_the_strict_form_and_a_server_the_plain_one() -> None:
    (tool,) = make_tools(action_set(call("getA")), {})
    assert responses_tool(tool)["parameters"]["required"] == ["id", "limit"]
    assert listed(tool)["inputSchema"]["required"] == ["id"]


def test_what_is_not_strict_says_so() -> None:
    anything = Member("body", "body", "body", False, {})
    (tool,) = make_tools(action_set(call("doA", members=(anything,))), {})
    assert responses_tool(tool)["strict"] is False
    assert chat_tool(tool)["function"]["strict"] is False


def test_files_are_links() -> None:
    sent = call("putA", kind="wrap", method="POST", files=(FileMember("file", False, True),))
    (tool,) = make_tools(action_set(sent), {})
    files = tool.input_schema["properties"]["openaiFileIdRefs"]
    assert "download_link" in files["items"]["required"]
    assert "openaiFileIdRefs" in tool.input_schema["required"]


def test_a_call_of_two_sets_is_one_tool() -> None:
    sets = {**action_set(call("a")), **action_set(call("a"), call("b"), name="more")}
    assert [tool.name for tool in make_tools(sets, {})] == ["a", "b"]


def test_there_are_at_most_128_and_the_rest_is_told() -> None:
    sets = action_set(*(call(f"a{number}") for number in range(130)))
    assert len(make_tools(sets, {})) == 128
    assert left_out(sets) == ("a128", "a129")


def test_the_operation_decides_what_a_tool_does_to_the_world(tmp_path: Path) -> None:
    tools = {tool.name: tool for tool in project(contract_of(pets(), tmp_path)).tools}
    assert tools["deletePet"].destructive
    assert not tools["deletePet"].read_only
    assert tools["getPhoto"].read_only  # its twin is a POST
    assert not tools["createPet"].read_only

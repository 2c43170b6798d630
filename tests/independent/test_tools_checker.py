"""The checker of tools can fail: each fault that is put into clean tools is told."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.independent.tools_checker import (
    check_function_tools,
    check_instructions,
    check_mcp_tools,
    check_strict_schema,
)

Json = Any
Change = Callable[[dict[str, Json]], object]


def closed(**properties: Json) -> dict[str, Json]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def tool() -> dict[str, Json]:
    friend = closed(name={"type": "string"})
    return {
        "type": "function",
        "name": "addPet",
        "description": "Add a pet.",
        "parameters": closed(
            name={"type": "string"},
            age={"type": ["integer", "null"]},
            friends={"type": "array", "items": friend},
            owner={"anyOf": [friend, {"type": "null"}]},
        ),
        "strict": True,
    }


def chat(said: dict[str, Json]) -> dict[str, Json]:
    return {"type": "function", "function": {k: v for k, v in said.items() if k != "type"}}


def nested(levels: int) -> dict[str, Json]:
    schema = closed(leaf={"type": "string"})
    for _ in range(levels - 1):
        schema = closed(inner=schema)
    return schema


def of_tool(**members: Json) -> Change:
    return lambda said: said.update(members)


def of_parameters(**keywords: Json) -> Change:
    return lambda said: said["parameters"].update(keywords)


def a_property(schema: Json) -> Change:
    return lambda said: said.update(parameters=closed(extra=schema))


def open_friends(said: dict[str, Json]) -> None:
    del said["parameters"]["properties"]["friends"]["items"]["additionalProperties"]


def optional_name(said: dict[str, Json]) -> None:
    said["parameters"]["required"].remove("name")


STRING = {"type": "string"}
FAULTS: list[tuple[str, Change]] = [
    ("name of a wrong form", of_tool(name="add.pet")),
    ("name of a wrong form", of_tool(name="a" * 65)),
    ("no description", of_tool(description="")),
    ("description over 1,024", of_tool(description="x" * 1025)),
    ("members that nobody knows", of_tool(title="Add a pet")),
    ("parameters are no object schema", of_tool(parameters=STRING)),
    ("strict is not said", lambda said: said.pop("strict")),
    ("is not strict, though", of_tool(strict=False)),
    ("the root is no plain object", of_parameters(anyOf=[])),
    ("is open", of_parameters(additionalProperties=True)),
    ("/properties/friends/items is open", open_friends),
    ("does not require exactly", optional_name),
    ("has allOf", a_property({**STRING, "allOf": []})),
    ("has oneOf", a_property({"oneOf": [STRING]})),
    ("has not", a_property({**STRING, "not": {"const": "a"}})),
    ("has not", a_property([])),
    ("has if", a_property({**STRING, "if": {}})),
    ("has patternProperties", a_property({**closed(), "patternProperties": {}})),
    ("has no type", a_property({"description": "Anything."})),
    ("an array without items", a_property({"type": "array"})),
    (
        "over 5,000 properties",
        of_tool(parameters=closed(**{f"p{number}": STRING for number in range(5001)})),
    ),
    ("over 1,000 enum values", a_property({**STRING, "enum": [str(n) for n in range(1001)]})),
    ("over 10 levels", of_tool(parameters=nested(11))),
]
IDS = [f"{number}-{fault}" for number, (fault, _) in enumerate(FAULTS)]


def test_clean_tools_have_no_fault() -> None:
    assert check_function_tools([tool()], form="responses") == []
    assert check_function_tools([chat(tool())], form="chat") == []
    assert check_strict_schema(nested(10)) == []


def test_a_tool_whose_schema_does_not_fit_may_be_loose() -> None:
    loose = tool()
    loose["strict"] = False
    optional_name(loose)
    assert check_function_tools([loose], form="responses") == []


@pytest.mark.parametrize(("fault", "change"), FAULTS, ids=IDS)
def test_a_fault_is_told(fault: str, change: Change) -> None:
    said = copy.deepcopy(tool())
    change(said)
    for told in (
        check_function_tools([said], form="responses"),
        check_function_tools([chat(said)], form="chat"),
    ):
        assert any(fault in each for each in told), told


def test_the_tools_together_are_checked() -> None:
    assert check_function_tools({}, form="chat") == ["the tools are no list"]
    assert "addPet: used twice" in check_function_tools([tool(), tool()], form="responses")
    many = [{**tool(), "name": f"addPet{number}"} for number in range(129)]
    assert check_function_tools(many, form="responses") == ["129 tools, over 128"]
    assert check_function_tools([tool()], form="chat") == ["tool 0: not in the form of chat"]


def mcp_tool() -> dict[str, Json]:
    return {
        "name": "deletePet",
        "title": "Delete a pet",
        "description": "Use this when a pet is gone.",
        "inputSchema": closed(id=STRING),
        "annotations": {"readOnlyHint": False, "destructiveHint": True, "openWorldHint": True},
    }


def a_hint(name: str, value: Json) -> Change:
    return lambda said: said["annotations"].update({name: value})


MCP_FAULTS: list[tuple[str, Change]] = [
    ("name of a wrong form", of_tool(name="delete pet")),
    ("no title", of_tool(title="")),
    ("no description", of_tool(description=None)),
    ("does not say when to use it", of_tool(description="Deletes a pet.")),
    ("inputSchema is no object schema", of_tool(inputSchema=STRING)),
    ("inputSchema is no object schema", lambda said: said.pop("inputSchema")),
    ("outputSchema is no object schema", of_tool(outputSchema={"type": "array"})),
    ("readOnlyHint", a_hint("readOnlyHint", True)),
    ("readOnlyHint", a_hint("readOnlyHint", None)),
    ("destructiveHint", a_hint("destructiveHint", False)),
    ("openWorldHint", a_hint("openWorldHint", False)),
    ("openWorldHint", a_hint("openWorldHint", None)),
    ("readOnlyHint", lambda said: said.pop("annotations")),
    ("is no tool that anybody knows", of_tool(name="other")),
]
REACHES = {"deletePet": ["DELETE"]}


def test_a_clean_mcp_tool_has_no_fault() -> None:
    assert check_mcp_tools([mcp_tool()], reaches=REACHES) == []
    reading = mcp_tool()
    reading["annotations"] = {
        "readOnlyHint": True,
        "destructiveHint": False,
        "openWorldHint": False,
    }
    assert check_mcp_tools([reading], reaches={"deletePet": ["get"]}, local=["deletePet"]) == []


@pytest.mark.parametrize(("fault", "change"), MCP_FAULTS)
def test_a_fault_of_an_mcp_tool_is_told(fault: str, change: Change) -> None:
    said = copy.deepcopy(mcp_tool())
    change(said)
    told = check_mcp_tools([said], reaches=REACHES)
    assert any(fault in each for each in told), told


def test_mcp_tools_have_names_of_their_own_and_local_ones_are_local() -> None:
    assert check_mcp_tools([mcp_tool(), mcp_tool()], reaches=REACHES) == ["deletePet: used twice"]
    told = check_mcp_tools([mcp_tool()], reaches=REACHES, local=["deletePet"])
    assert told == ["deletePet: openWorldHint is not true to it"]


def test_the_essentials_stand_at_the_beginning() -> None:
    assert check_instructions("Find pets, then change them.", ["find pets"]) == []
    late = "x" * 512 + " Find pets."
    assert check_instructions(late, ["find pets"]) == ["'find pets' is not in the first 512"]

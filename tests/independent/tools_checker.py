"""A second reading of function tools and MCP tools, written from what is known of their consumers.

It shares no code with the project. Every function returns the faults as sentences.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Json = Any
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
REFUSED = (
    *("allOf", "oneOf", "not", "if", "then", "else", "patternProperties"),
    *("dependentRequired", "dependentSchemas"),
)


def check_function_tools(tools: Json, *, form: str) -> list[str]:
    """Check function tools in the form "responses" or "chat"."""
    if not isinstance(tools, list):
        return ["the tools are no list"]
    found = [f"{len(tools)} tools, over 128"] if len(tools) > 128 else []
    names = []
    for number, tool in enumerate(tools):
        inner = tool.get("function") if form == "chat" else tool
        if tool.get("type") != "function" or not isinstance(inner, Mapping):
            found.append(f"tool {number}: not in the form of {form}")
            continue
        names.append(inner.get("name"))
        found += [f"{inner.get('name')}: {fault}" for fault in _function(tool, inner, form)]
    return found + _repeated(names)


def _function(tool: Mapping[str, Json], inner: Mapping[str, Json], form: str) -> Iterator[str]:
    known = {"name", "description", "parameters", "strict"}
    outer = {"type", "function"} if form == "chat" else {"type", *known}
    if set(tool) - outer or set(inner) - known - outer:
        yield "has members that nobody knows"
    yield from _name_and_description(inner)
    if len(inner.get("description") or "") > 1024:
        yield "description over 1,024 characters"
    parameters = inner.get("parameters")
    if not isinstance(parameters, Mapping) or parameters.get("type") != "object":
        yield "parameters are no object schema"
        return
    if not isinstance(inner.get("strict"), bool):
        yield "strict is not said"
    faults = check_strict_schema(parameters)
    if inner.get("strict") is True:
        yield from faults
    elif inner.get("strict") is False and not faults:
        yield "is not strict, though its schema would fit"


def _name_and_description(tool: Mapping[str, Json]) -> Iterator[str]:
    if not isinstance(tool.get("name"), str) or not NAME.fullmatch(tool["name"]):
        yield "name of a wrong form"
    if not tool.get("description"):
        yield "no description"


def _repeated(names: Sequence[Json]) -> list[str]:
    return [f"{name}: used twice" for name in {*names} if names.count(name) > 1]


def check_strict_schema(schema: Mapping[str, Json]) -> list[str]:
    """Check a tool's parameters against the subset of JSON Schema that `strict: true` takes."""
    found = []
    if schema.get("type") != "object" or "anyOf" in schema:
        found.append("the root is no plain object")
    nodes = list(_nodes(schema, schema, "", 1))
    for node, place, _ in nodes:
        found += [f"{place or '/'} {fault}" for fault in _strict_node(node)]
    if sum(len(node.get("properties", {})) for node, _, _ in nodes) > 5000:
        found.append("over 5,000 properties")
    if sum(len(node.get("enum", [])) for node, _, _ in nodes) > 1000:
        found.append("over 1,000 enum values")
    if max(level for _, _, level in nodes) > 10:
        found.append("over 10 levels")
    return found


def _strict_node(node: Mapping[str, Json]) -> Iterator[str]:
    yield from (f"has {word}" for word in REFUSED if word in node)
    if not {"type", "anyOf", "$ref", "enum", "const"} & set(node):
        yield "has no type"
    said = node.get("type")
    kinds = said if isinstance(said, list) else [said]
    if "object" in kinds or "properties" in node:
        if node.get("additionalProperties") is not False:
            yield "is open: additionalProperties is not false"
        if sorted(node.get("required", [])) != sorted(node.get("properties", {})):
            yield "does not require exactly its properties"
    if "array" in kinds and not isinstance(node.get("items"), Mapping):
        yield "is an array without items"


def _nodes(
    root: Mapping[str, Json], node: Json, place: str, level: int
) -> Iterator[tuple[Mapping[str, Json], str, int]]:
    """Walk the schemas below a node: schema, place, and how many objects it stands in."""
    if not isinstance(node, Mapping):
        yield {"not": "a schema"}, place, level
        return
    yield node, place, level
    for word in ("properties", "$defs"):
        deeper = level + (word == "properties")
        for name, inner in node.get(word, {}).items():
            leaf = isinstance(inner, Mapping) and not _holds_objects(inner)
            yield from _nodes(root, inner, f"{place}/{word}/{name}", level if leaf else deeper)
    if "items" in node:
        yield from _nodes(root, node["items"], f"{place}/items", level)
    for number, inner in enumerate(node.get("anyOf", [])):
        yield from _nodes(root, inner, f"{place}/anyOf/{number}", level)


def _holds_objects(node: Mapping[str, Json]) -> bool:
    branches = [node, *(each for each in node.get("anyOf", []) if isinstance(each, Mapping))]
    inner = [each["items"] for each in branches if isinstance(each.get("items"), Mapping)]
    return any("properties" in each for each in branches) or any(map(_holds_objects, inner))


def check_mcp_tools(
    tools: Iterable[Mapping[str, Json]],
    *,
    reaches: Mapping[str, Iterable[str]],
    local: Iterable[str] = (),
) -> list[str]:
    """Check tools as an MCP server lists them.

    `reaches` tells the HTTP methods that a call of a tool can end in, by the tool's name; `local`
    names the tools that call no upstream. Annotations must be true by both.
    """
    found: list[str] = []
    names = []
    for tool in tools:
        names.append(tool.get("name"))
        methods = {method.upper() for method in reaches.get(str(tool.get("name")), ())}
        faults = [*_mcp_tool(tool), *_annotations(tool, methods, tool.get("name") in set(local))]
        found += [f"{tool.get('name')}: {fault}" for fault in faults]
    return found + _repeated(names)


def _mcp_tool(tool: Mapping[str, Json]) -> Iterator[str]:
    yield from _name_and_description(tool)
    if not tool.get("title"):
        yield "no title"
    if "use this when" not in str(tool.get("description")).lower():
        yield "the description does not say when to use it"
    schema = tool.get("inputSchema")
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        yield "inputSchema is no object schema"
    output = tool.get("outputSchema", {"type": "object"})
    if not isinstance(output, Mapping) or output.get("type") != "object":
        yield "outputSchema is no object schema"


def _annotations(tool: Mapping[str, Json], methods: set[str], local: bool) -> Iterator[str]:
    hints = tool.get("annotations") or {}
    if not methods:
        yield "is no tool that anybody knows"
    if hints.get("readOnlyHint") is not (methods <= {"GET", "HEAD"}):
        yield "readOnlyHint is not true to it"
    if hints.get("destructiveHint") is not ("DELETE" in methods):
        yield "destructiveHint is not true to it"
    if hints.get("openWorldHint") is local or not isinstance(hints.get("openWorldHint"), bool):
        yield "openWorldHint is not true to it"


def check_instructions(instructions: str, essentials: Iterable[str]) -> list[str]:
    """Check that a server's instructions carry the essentials in their first 512 characters."""
    head = instructions[:512].lower()
    return [f"{each!r} is not in the first 512" for each in essentials if each.lower() not in head]

"""What changed for Actions and tools: the calls of the action sets, as their consumers see them."""

from collections.abc import Iterator, Mapping

from codegen.diff.change import ANSWER, REQUEST, Change, Level
from codegen.diff.schemas import SchemaComparer
from gateway.projection import ActionSet, Call, Projection, Tool


def tool_changes(old: Projection, new: Projection) -> list[Change]:
    """Return every change for Actions and tools."""
    return list(dict.fromkeys([*_sets(old.sets, new.sets), *_tools(old, new)]))


def _sets(old: Mapping[str, ActionSet], new: Mapping[str, ActionSet]) -> Iterator[Change]:
    for name in old:
        if name not in new:
            yield Change("tools", "breaking", "", name, f"the action set {name} is gone")
    for name, actions in new.items():
        if name not in old:
            yield Change("tools", "compatible", "", name, f"the action set {name} is new")
            continue
        before = {call.name: call for call in old[name].calls}
        after = {call.name: call for call in actions.calls}
        for call in before.values():
            if call.name not in after:
                yield _change(call, "breaking", f"is gone from the action set {name}")
        for call in after.values():
            if call.name not in before:
                yield _change(call, "compatible", f"is new in the action set {name}")
            else:
                yield from _call(before[call.name], call)


def _call(old: Call, new: Call) -> Iterator[Change]:
    if (old.method, old.path) != (new.method, new.path):
        text = f"was {old.method} {old.path} and is {new.method} {new.path}: import it again"
        yield _change(new, "breaking", text)
    if old.operation != new.operation:
        yield _change(new, "breaking", f"calls {new.operation}, no more {old.operation}")
    if old.consequential != new.consequential:
        text = "asks for consent each time" if new.consequential else "may be allowed for good"
        yield _change(new, "compatible", text)
    if (old.summary, old.description) != (new.summary, new.description):
        yield _change(new, "documentation", "its description reads otherwise")


def _tools(old: Projection, new: Projection) -> Iterator[Change]:
    before = {tool.name: tool for tool in old.tools}
    for tool in new.tools:
        if tool.name in before:
            yield from _tool(before[tool.name], tool)


def _tool(old: Tool, new: Tool) -> Iterator[Change]:
    schemas = SchemaComparer(old.input_schema, new.input_schema)  # they hold no references
    for each in schemas.compare(old.input_schema, new.input_schema, "input"):
        yield Change("tools", REQUEST[each.effect], new.name, each.place, each.text)
    if old.strict != new.strict:
        text = "is strict now" if new.strict else "is strict no more"
        yield _change(new.call, "compatible", text)
    outputs = old.call.output_schema, new.call.output_schema
    if outputs[0] is not None and outputs[1] is not None:
        answers = SchemaComparer(outputs[0], outputs[1])
        for each in answers.compare(outputs[0], outputs[1], "output"):
            yield Change("tools", ANSWER[each.effect], new.name, each.place, each.text)


def _change(call: Call, level: Level, text: str) -> Change:
    return Change("tools", level, call.name, "", text)

"""What changed for clients of the API: operations, their parameters, bodies and answers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from codegen.diff.change import ANSWER, REQUEST, Change, Effect, Level
from codegen.diff.policies import policy_changes
from codegen.diff.schemas import SchemaComparer
from gateway.contract.model import Answer, BodyType, Contract, Operation, Parameter
from gateway.contract.pointer import resolve

Key = tuple[str, str, tuple[tuple[str, str], ...]]
BRACES = re.compile(r"\{[^{}]*\}")


def client_changes(old: Contract, new: Contract) -> list[Change]:
    """Return every change for clients of the API, in the new document's order."""
    return list(dict.fromkeys(_Clients(old, new).changes()))


def operation_key(operation: Operation) -> Key:
    """Return what tells operations apart on the wire; names in braces are nobody's concern."""
    path = BRACES.sub("{}", operation.path)
    return operation.method, path, tuple(sorted(operation.fixed_query))


class _Clients:
    def __init__(self, old: Contract, new: Contract) -> None:
        self._old, self._new = old, new
        self._schemas = SchemaComparer(old.document, new.document)

    def changes(self) -> Iterator[Change]:
        yield from _document_changes(self._old, self._new)
        before = {operation_key(each): each for each in self._old.operations.values()}
        after = {operation_key(each): each for each in self._new.operations.values()}
        for key, operation in before.items():
            if key not in after:
                text = f"{operation.method} {operation.path} is gone"
                yield Change("clients", "breaking", operation.id, "", text)
        for key, operation in after.items():
            if key not in before:
                text = f"{operation.method} {operation.path} is new"
                yield Change("clients", "compatible", operation.id, "", text)
            else:
                yield from self._operation(before[key], operation)

    def _operation(self, old: Operation, new: Operation) -> Iterator[Change]:
        if old.id != new.id:
            text = f"the operationId was `{old.id}`"
            yield Change("clients", "breaking", new.id, "", text)
        for name in ("summary", "description", "tag"):
            if getattr(old, name) != getattr(new, name):
                text = f"the {name} reads otherwise"
                yield Change("clients", "documentation", new.id, "", text)
        if bool(old.document.get("deprecated")) != bool(new.document.get("deprecated")):
            text = "is deprecated" if new.document.get("deprecated") else "is deprecated no more"
            yield Change("clients", "documentation", new.id, "", text)
        yield from policy_changes(old, new)
        yield from self._parameters(old, new)
        yield from self._body(old, new)
        yield from self._answers(old, new)

    def _parameters(self, old: Operation, new: Operation) -> Iterator[Change]:
        before, after = _parameters(old), _parameters(new)
        for key, parameter in before.items():
            if key not in after:
                yield _change(new, "breaking", _place(parameter), "is gone")
        for key, parameter in after.items():
            place = _place(parameter)
            if key not in before:
                level: Level = "breaking" if parameter.required else "compatible"
                yield _change(new, level, place, "is new" + ", and required" * parameter.required)
                continue
            was = before[key]
            if was.required != parameter.required:
                now = parameter.required
                text = "is required now" if now else "is required no more"
                yield _change(new, "breaking" if now else "compatible", place, text)
            said = (was.style, was.explode, was.media_type)
            if said != (parameter.style, parameter.explode, parameter.media_type):
                yield _change(new, "breaking", place, "is written otherwise")
            if self._words(was, self._old) != self._words(parameter, self._new):
                yield _change(new, "documentation", place, "`description` reads otherwise")
            yield from self._compare(new, was.schema, parameter.schema, place, REQUEST)

    def _words(self, parameter: Parameter, contract: Contract) -> Any:
        last = "/content/" if parameter.media_type else "/schema"
        try:
            said = resolve(contract.document, parameter.pointer.rpartition(last)[0])
        except LookupError:
            return None
        return said.get("description") if isinstance(said, Mapping) else None

    def _body(self, old: Operation, new: Operation) -> Iterator[Change]:
        if old.body is None or new.body is None:
            if old.body is not None:
                yield _change(new, "breaking", "body", "is taken no more")
            elif new.body is not None:
                level: Level = "breaking" if new.body.required else "compatible"
                yield _change(new, level, "body", "is new" + ", and required" * new.body.required)
            return
        if old.body.required != new.body.required:
            now = new.body.required
            text = "is required now" if now else "is required no more"
            yield _change(new, "breaking" if now else "compatible", "body", text)
        before = {each.media_type: each for each in old.body.types}
        after = {each.media_type: each for each in new.body.types}
        for name in before:
            if name not in after:
                yield _change(new, "breaking", "body", f"{name} is taken no more")
        for name, body in after.items():
            if name not in before:
                yield _change(new, "compatible", "body", f"{name} is taken too")
            else:
                yield from self._body_type(new, before[name], body)

    def _body_type(self, operation: Operation, old: BodyType, new: BodyType) -> Iterator[Change]:
        if old.encoding != new.encoding:
            yield _change(operation, "breaking", "body", f"{new.media_type} is written otherwise")
        before = True if old.schema is None else old.schema
        after = True if new.schema is None else new.schema
        yield from self._compare(operation, before, after, "body", REQUEST)

    def _answers(self, old: Operation, new: Operation) -> Iterator[Change]:
        before = {answer.status: answer for answer in old.answers}
        after = {answer.status: answer for answer in new.answers}
        for status in before:
            if status not in after:
                yield _change(new, "breaking", f"answer {status}", "is gone")
        for status, answer in after.items():
            place = f"answer {status}"
            if status not in before:
                yield _change(new, "compatible", place, "is new")
            else:
                yield from self._answer(new, before[status], answer, place)

    def _answer(
        self, operation: Operation, old: Answer, new: Answer, place: str
    ) -> Iterator[Change]:
        for name in old.headers:
            if name not in new.headers:
                yield _change(operation, "breaking", place, f"the header {name} is gone")
        for name in new.headers:
            if name not in old.headers:
                yield _change(operation, "compatible", place, f"the header {name} is new")
        for name in old.content:
            if name not in new.content:
                yield _change(operation, "breaking", place, f"{name} is answered no more")
        for name, media in new.content.items():
            if name not in old.content:
                yield _change(operation, "compatible", place, f"{name} is answered too")
                continue
            before, after = old.content[name].get("schema", True), media.get("schema", True)
            yield from self._compare(operation, before, after, place, ANSWER)

    def _compare(
        self,
        operation: Operation,
        old: Any,
        new: Any,
        place: str,
        levels: Mapping[Effect, Level],
    ) -> Iterator[Change]:
        for each in self._schemas.compare(old, new, place):
            yield _change(operation, levels[each.effect], each.place, each.text)


def _document_changes(old: Contract, new: Contract) -> Iterator[Change]:
    if old.errors != new.errors:
        text = f"errors have the shape `{new.errors}`, no more `{old.errors}`"
        yield Change("clients", "breaking", "", "errors", text)
    for name, scheme in new.schemes.items():
        if name in old.schemes and old.schemes[name] != scheme:
            text = f"the key of {name} stands elsewhere"
            yield Change("clients", "breaking", "", name, text)
    if old.document.get("info") != new.document.get("info"):
        yield Change("clients", "documentation", "", "info", "`info` reads otherwise")
    if old.upstreams != new.upstreams:
        yield Change("clients", "compatible", "", "upstreams", "they are described otherwise")


def _parameters(operation: Operation) -> dict[tuple[str, str | int], Parameter]:
    """Return the parameters by place and name: of paths by their turn, which is what counts."""
    turns = BRACES.findall(operation.path)
    found: dict[tuple[str, str | int], Parameter] = {}
    for each in operation.parameters:
        name: str | int = each.name.lower() if each.place == "header" else each.name
        if each.place == "path" and f"{{{each.name}}}" in turns:
            name = turns.index(f"{{{each.name}}}")
        found[(each.place, name)] = each
    return found


def _place(parameter: Parameter) -> str:
    return f"{parameter.place} {parameter.name}"


def _change(operation: Operation, level: Level, place: str, text: str) -> Change:
    return Change("clients", level, operation.id, place, text)

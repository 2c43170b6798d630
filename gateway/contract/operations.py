"""Compile the operations of a document: every method of every path."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

from gateway.contract import policy as policies
from gateway.contract.model import Check, Operation, Parameter, Policy, Schema, SecurityScheme
from gateway.contract.parts import PartsCompiler
from gateway.contract.pointer import escape
from gateway.contract.security import alternatives
from gateway.contract.segments import TEMPLATE
from gateway.contract.servers import first_server, server_origin, server_path
from gateway.contract.walk import METHODS
from gateway.errors import Problem

OneOf = Literal["any", "exact"]
READS = ("get", "head", "options")
CompileAs = Callable[[Schema, str, OneOf], Check]


@dataclass(frozen=True, slots=True)
class _Said:
    """One operation as the document has it: where it stands and under which id it is served."""

    id: str
    method: str
    key: str
    item: Mapping[str, Any]
    content: Mapping[str, Any]
    item_pointer: str

    @property
    def pointer(self) -> str:
        return f"{self.item_pointer}/{self.method}"

    @property
    def tag(self) -> str:
        tags = self.content.get("tags")
        return str(tags[0]) if isinstance(tags, list) and tags else "default"


class OperationCompiler:
    """Compiles the operations of one document; what is wrong goes to `problems`."""

    def __init__(
        self,
        document: Mapping[str, Any],
        schemes: dict[str, SecurityScheme],
        root: Mapping[str, Any],
        *,
        parts: PartsCompiler,
        check: CompileAs,
        problems: list[Problem],
    ) -> None:
        self.document = document
        self.schemes = schemes
        self.defaults = self._defaults(root)
        self.parts = parts
        self.check = check
        self.problems = problems
        self._ids: set[str] = set()

    @staticmethod
    def _defaults(root: Mapping[str, Any]) -> dict[str, Any]:
        defaults = dict(root.get("defaults", {}))
        upstreams = root.get("upstreams", {})
        if "upstream" not in defaults and len(upstreams) == 1:
            defaults["upstream"] = next(iter(upstreams))
        return defaults

    def compile(self) -> dict[str, Operation]:
        """Return the operations by their ids, in document order."""
        nodes = list(self._nodes())
        given = {str(content.get("operationId")) for *_, content, _ in nodes}
        operations = {}
        for method, key, item, content, pointer in nodes:
            name = self._id(content, f"{method} {unquote(key)}", f"{pointer}/{method}", given)
            said = _Said(name, method, key, item, content, pointer)
            operations[name] = self._operation(said)
        return operations

    def _nodes(self) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, Any], str]]:
        """Yield each operation's method, path key, path item, content and the item's pointer."""
        paths = self.document.get("paths")
        for key, node in (paths if isinstance(paths, Mapping) else {}).items():
            place = f"/paths/{escape(key)}"
            if not key.startswith("/"):
                if not key.startswith("x-"):
                    self._tell(place, "A path begins with `/`.", "It is left out.")
                continue
            item, pointer = self.parts.placed(node, place)
            if policies.KEY in item:
                mend = "Write it on each of its operations, or under `defaults` at the root."
                self._tell(place, f"A path has no `{policies.KEY}` of its own.", mend, fatal=True)
            for method in METHODS:
                content = item.get(method)
                if isinstance(content, Mapping):
                    yield method, key, item, content, pointer

    def _operation(self, said: _Said) -> Operation:
        content, item = said.content, said.item
        policy = self._policy(said)
        check = partial(self._check, said.pointer, policy.one_of)
        server = first_server(
            content.get("servers"), item.get("servers"), self.document.get("servers")
        )
        path, _, query = said.key.partition("#")[0].partition("?")
        prefix = server_path(server)
        answers = self.parts.answers(content.get("responses"), f"{said.pointer}/responses")
        body = self.parts.body(content.get("requestBody"), f"{said.pointer}/requestBody", check)
        return Operation(
            id=said.id,
            method=said.method.upper(),
            path=prefix + path,
            key=said.key,
            fixed_query=tuple(parse_qsl(query, keep_blank_values=True)),
            server=server_origin(server),
            server_path=prefix,
            tag=said.tag,
            summary=str(content.get("summary") or ""),
            description=str(content.get("description") or ""),
            parameters=self._parameters(said, path, check),
            body=body,
            answers=answers,
            security=self._security(said),
            policy=policy,
            websocket=said.method == "get" and any(answer.status == "101" for answer in answers),
            pointer=said.pointer,
            document=content,
        )

    def _parameters(
        self, said: _Said, path: str, check: Callable[[Schema, str], Check]
    ) -> tuple[Parameter, ...]:
        """Compile the parameters; those of the path are the ones of its template."""
        lists = [
            (said.item.get("parameters"), f"{said.item_pointer}/parameters"),
            (said.content.get("parameters"), f"{said.pointer}/parameters"),
        ]
        templated = set(TEMPLATE.findall(path))
        kept = []
        for parameter in self.parts.parameters(lists, check):
            if parameter.place == "path" and parameter.name not in templated:
                message = f"The path has no parameter {parameter.name!r}."
                self._tell(said.pointer, message, "The declaration is left out.")
            else:
                kept.append(parameter)
        for name in sorted(templated - {p.name for p in kept if p.place == "path"}):
            message = f"The path's parameter {name!r} is not declared."
            self._tell(said.pointer, message, "Any value is taken.")
        return tuple(kept)

    def _security(self, said: _Said) -> tuple[tuple[str, ...], ...]:
        own = said.content.get("security", self.document.get("security"))
        return alternatives(own, self.schemes, said.pointer, self.problems)

    def _policy(self, said: _Said) -> Policy:
        own = said.content.get(policies.KEY)
        own = {} if own is None else own
        found = policies.check_policy(own, "operation", said.pointer)
        for problem in found:
            self._tell(problem.place, f"{said.id}: {problem.message}", problem.mend, fatal=True)
        access = "read" if said.method in READS else "write"
        return policies.build_policy({} if found else own, self.defaults, f"{said.tag}:{access}")

    def _check(self, place: str, one_of: OneOf, schema: Schema, pointer: str) -> Check:
        try:
            return self.check(schema, pointer, one_of)
        except ValueError as error:
            self._tell(pointer or place, f"{error}.", "Mend the schema.", fatal=True)
            return self.check(True, "", one_of)

    def _id(self, said: Mapping[str, Any], path: str, place: str, given: set[str]) -> str:
        """Return an operation's id; one that is missing or taken is derived, and told."""
        own = said.get("operationId")
        if isinstance(own, str) and own and own not in self._ids:
            self._ids.add(own)
            return own
        derived = re.sub(r"[^A-Za-z0-9]+", "_", path).strip("_")
        name, number = derived, 2
        while name in self._ids or name in given:
            name, number = f"{derived}_{number}", number + 1
        self._ids.add(name)
        what = f"{own!r} stands twice" if own else "is missing"
        self._tell(place, f"The operationId {what}.", f"It is served as {name!r}.")
        return name

    def _tell(self, place: str, message: str, mend: str, fatal: bool = False) -> None:
        self.problems.append(Problem(place, message, mend, fatal=fatal))

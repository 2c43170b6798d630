"""Compile the operations of a document: every method of every path."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote

from gateway.contract import policy as policies
from gateway.contract.model import Check, Operation, Policy, Schema, SecurityScheme
from gateway.contract.parts import PartsCompiler
from gateway.contract.pointer import escape
from gateway.contract.security import alternatives
from gateway.contract.servers import first_server, server_origin, server_path
from gateway.errors import Problem

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
READS = ("get", "head", "options")
CompileAs = Callable[[Schema, str, str], Check]


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
        self.operations: dict[str, Operation] = {}

    @staticmethod
    def _defaults(root: Mapping[str, Any]) -> dict[str, Any]:
        defaults = dict(root.get("defaults", {}))
        upstreams = root.get("upstreams", {})
        if "upstream" not in defaults and len(upstreams) == 1:
            defaults["upstream"] = next(iter(upstreams))
        return defaults

    def compile(self) -> dict[str, Operation]:
        """Return the operations by their ids, in document order."""
        paths = self.document.get("paths")
        for key, node in (paths if isinstance(paths, Mapping) else {}).items():
            if not key.startswith("/"):
                if not key.startswith("x-"):
                    self._warn(f"/paths/{escape(key)}", "A path begins with `/`.", "Left out.")
                continue
            pointer = f"/paths/{escape(key)}"
            item, pointer = self.parts.placed(node, pointer)
            for method in METHODS:
                said = item.get(method)
                if isinstance(said, Mapping):
                    self._compile_one(key, method, item, said, pointer)
        return self.operations

    def _compile_one(
        self,
        key: str,
        method: str,
        item: Mapping[str, Any],
        said: Mapping[str, Any],
        pointer: str,
    ) -> None:
        place = f"{pointer}/{method}"
        policy = self._policy(said, method, place)
        if policy is None:
            return
        check = partial(self._check, place, policy.one_of)
        server = first_server(
            said.get("servers"), item.get("servers"), self.document.get("servers")
        )
        path, _, query = key.partition("#")[0].partition("?")
        prefix = server_path(server)
        answers = self.parts.answers(said.get("responses"), f"{place}/responses")
        parameters = self.parts.parameters(
            [
                (item.get("parameters"), f"{pointer}/parameters"),
                (said.get("parameters"), f"{place}/parameters"),
            ],
            check,
        )
        operation = Operation(
            id=self._id(said, method, key, place),
            method=method.upper(),
            path=prefix + path,
            key=key,
            fixed_query=tuple(parse_qsl(query, keep_blank_values=True)),
            server=server_origin(server),
            server_path=prefix,
            tag=_tag(said),
            summary=str(said.get("summary", "")),
            description=str(said.get("description", "")),
            parameters=tuple(parameters),
            body=self.parts.body(said.get("requestBody"), f"{place}/requestBody", check),
            answers=answers,
            security=alternatives(
                said.get("security", self.document.get("security")),
                self.schemes,
                place,
                self.problems,
            ),
            policy=policy,
            websocket=method == "get" and any(answer.status == "101" for answer in answers),
            pointer=place,
            document=said,
        )
        self.operations[operation.id] = operation

    def _policy(self, said: Mapping[str, Any], method: str, place: str) -> Policy | None:
        own = said.get(policies.KEY) or {}
        found = policies.check_policy(own, "operation", place)
        self.problems.extend(found)
        if found:
            return None
        access = "read" if method in READS else "write"
        return policies.build_policy(own, self.defaults, f"{_tag(said)}:{access}")

    def _check(self, place: str, one_of: str, schema: Schema, pointer: str) -> Check:
        try:
            return self.check(schema, pointer, one_of)
        except ValueError as error:
            mend = "Mend the schema, or set `x-gateway: {request: off}` on the operation."
            self.problems.append(Problem(pointer or place, f"{error}.", mend))
            return self.check(True, "", one_of)

    def _id(self, said: Mapping[str, Any], method: str, key: str, place: str) -> str:
        """Return the operation's id; one that is missing or taken is derived, and told."""
        given = said.get("operationId")
        if isinstance(given, str) and given and given not in self.operations:
            return given
        derived = re.sub(r"[^A-Za-z0-9]+", "_", f"{method} {unquote(key)}").strip("_")
        name, number = derived, 2
        while name in self.operations:
            name, number = f"{derived}_{number}", number + 1
        what = "stands twice" if given else "is missing"
        self._warn(place, f"The operationId {what}.", f"It is served as {name!r}.")
        return name

    def _warn(self, place: str, message: str, mend: str) -> None:
        self.problems.append(Problem(place, message, mend, fatal=False))


def _tag(said: Mapping[str, Any]) -> str:
    tags = said.get("tags")
    return str(tags[0]) if isinstance(tags, list) and tags else "default"

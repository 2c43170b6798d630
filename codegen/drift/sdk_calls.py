"""The requests that the `openai` package's resources make, read from their source.

Each method ends in one call such as `self._post(path_template("/x/{y}", y=y), body=…)`; the bodies
and queries in it name the TypedDicts that they are made by.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

VERBS = {"_get": "get", "_post": "post", "_put": "put", "_patch": "patch", "_delete": "delete"}
LIST = "_get_api_list"


@dataclass(frozen=True, slots=True)
class Members:
    """A TypedDict, and which of its members are sent (None: all)."""

    typed: Any
    names: frozenset[str] | None = None


@dataclass(slots=True)
class SdkCall:
    """One request: `media_types` of the body; `headers` that the method has arguments for."""

    method: str
    path: str
    body: list[Members] = field(default_factory=list)
    query: list[Members] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    media_types: tuple[str, ...] = ("application/json",)


def sdk_calls(package: ModuleType) -> Iterator[SdkCall]:
    """Yield every request of the package's synchronous resources."""
    resources = importlib.import_module(f"{package.__name__}.resources")
    for found in pkgutil.walk_packages(resources.__path__, f"{resources.__name__}."):
        module = importlib.import_module(found.name)
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.ClassDef) and _is_resource(getattr(module, node.name, None)):
                yield from _calls_of(node, module)


def _is_resource(owner: Any) -> bool:
    """Tell whether a class makes requests, and does not make them asynchronously."""
    return inspect.isclass(owner) and any(
        each.__name__ == "SyncAPIResource" for each in owner.__mro__
    )


def _calls_of(owner: ast.ClassDef, module: ModuleType) -> Iterator[SdkCall]:
    for method in owner.body:
        if isinstance(method, ast.FunctionDef):
            for sent in _requests(method):
                yield _call(method, sent, module)


def _requests(method: ast.FunctionDef) -> Iterator[ast.Call]:
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_self = isinstance(node.func.value, ast.Name) and node.func.value.id == "self"
            if of_self and node.func.attr in (*VERBS, LIST) and _path(node):
                yield node


def _call(method: ast.FunctionDef, sent: ast.Call, module: ModuleType) -> SdkCall:
    assert isinstance(sent.func, ast.Attribute)
    said = {word.arg: word.value for word in sent.keywords}
    verb = VERBS.get(sent.func.attr, "get")
    if isinstance(said.get("method"), ast.Constant):
        verb = ast.literal_eval(said["method"])
    queries = {id(node) for node in _queries(sent)}
    call = SdkCall(verb, _path(sent))
    for node in _named_calls([method], "maybe_transform"):
        found = call.query if id(node) in queries else call.body
        found += _members(node, method, module)
    for node in _named_calls([method], "strip_not_given"):
        call.headers += sorted(_keys(node.args[0]) or ())
    if "files" in said:
        optional = any(
            isinstance(node, ast.If) and ast.unparse(node.test) == ast.unparse(said["files"])
            for node in ast.walk(method)
        )
        call.media_types = ("multipart/form-data", *call.media_types[: int(optional)])
    return call


def _path(sent: ast.Call) -> str:
    first = sent.args[0] if sent.args else None
    if isinstance(first, ast.Call) and first.args:
        first = first.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _queries(sent: ast.Call) -> Iterator[ast.Call]:
    options = [word.value for word in sent.keywords if word.arg == "options"]
    for made in (each for each in options if isinstance(each, ast.Call)):
        yield from _named_calls(
            (word.value for word in made.keywords if word.arg == "query"), "maybe_transform"
        )


def _named_calls(nodes: Iterable[ast.AST], name: str) -> Iterator[ast.Call]:
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield node


def _members(node: ast.Call, method: ast.FunctionDef, module: ModuleType) -> Iterator[Members]:
    names = _keys(node.args[0]) or _assigned(node.args[0], method)
    types = node.args[1]
    branches = [types.body, types.orelse] if isinstance(types, ast.IfExp) else [types]
    for branch in branches:
        found: Any = module
        for part in ast.unparse(branch).split("."):
            found = getattr(found, part, None)
        if found is not None:
            yield Members(found, names)


def _keys(node: ast.AST) -> frozenset[str] | None:
    """Return the keys of a dict that is written out."""
    if not isinstance(node, ast.Dict):
        return None
    return frozenset(
        key.value
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    )


def _assigned(node: ast.AST, method: ast.FunctionDef) -> frozenset[str] | None:
    """Return the keys of the dict that a variable was made of."""
    for each in ast.walk(method):
        if isinstance(node, ast.Name) and isinstance(each, ast.Assign):
            targets = [target.id for target in each.targets if isinstance(target, ast.Name)]
            dicts = [part for part in ast.walk(each.value) if isinstance(part, ast.Dict)]
            if node.id in targets and dicts:
                return _keys(dicts[0])
    return None

"""An independent judge (the Python `jsonschema`) of what was relayed and of what was answered.

Texts of parameters and forms have no types: a value passes if any reading of its texts is valid.
"""

import gzip
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from email import message_from_bytes
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from gateway.contract.mend import request_view
from gateway.contract.model import Contract, Operation, Parameter
from gateway.contract.pointer import escape
from gateway.standin.record import Recorded

ROUNDS = 12
SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}
BRACKETS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
Tree = Any  # texts in dicts and lists


class Judge:
    """Judges requests and answers of one contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        seen = request_view(
            contract.document, one_of="any", document=contract.document, kind="document"
        )
        self._registry = Registry().with_resources(
            (name, DRAFT202012.create_resource(document))
            for name, document in (("urn:requests", seen), ("urn:answers", contract.document))
        )
        self.validator = cache(self._validator)
        self.judged = 0

    def _validator(self, view: str, pointer: str) -> Draft202012Validator:
        reference = f"urn:{view}#{quote(pointer, safe='/~')}"
        return Draft202012Validator({"$ref": reference}, registry=self._registry)

    def faults(self, entry: Recorded) -> list[str]:
        """Return what is wrong with a recorded request; each names operation and place."""
        if entry.operation is None:
            return [f"{entry.method} {entry.target!r} matches no operation"]
        self.judged += 1
        operation = self.contract.operations[entry.operation]
        found = [*self._parameters(operation, entry), *self._body(operation, entry)]
        return [f"{operation.id}: {fault}" for fault in found]

    def _parameters(self, operation: Operation, entry: Recorded) -> Iterator[str]:
        path, _, query = entry.target.decode("latin-1").partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        headers = [(name.decode(), value.decode()) for name, value in entry.headers]
        cookies = [
            (name.strip(), unquote(value.strip().strip('"')))
            for field, text in headers
            if field == "cookie"
            for name, equals, value in (piece.partition("=") for piece in text.split(";"))
            if equals
        ]
        places = {
            "path": _path_pairs(operation.path, path),
            "query": pairs,
            "header": headers,
            "cookie": cookies,
        }
        for parameter in operation.parameters:
            yield from self._parameter(parameter, places[parameter.place])

    def _parameter(self, said: Parameter, pairs: list[tuple[str, str]]) -> Iterator[str]:
        if said.place == "header" and said.name.lower() in ("accept", "content-type"):
            return
        validator = self.validator("requests", said.pointer)
        trees = list(_parameter_trees(said, pairs))
        if not trees:
            if said.required:
                yield f"{said.place} parameter {said.name} is missing"
        elif not any(admits(validator, tree) for tree in trees):
            yield f"{said.place} parameter {said.name} is not valid: {trees!r:.200}"

    def _body(self, operation: Operation, entry: Recorded) -> Iterator[str]:
        if entry.body is None or operation.body is None:
            if entry.body:
                yield "a body is not declared"
            return
        if not entry.body:
            if operation.body.required:
                yield "the body is missing"
            return
        fields = dict(entry.headers)
        content_type = fields.get(b"content-type", b"").decode()
        name = content_type.partition(";")[0].strip().lower()
        declared = {each.media_type: each for each in operation.body.types}
        if not name and len(declared) == 1:
            name = next(iter(declared))
        if name not in declared:
            yield f"the media type {name!r} is not declared"
            return
        body = gzip.decompress(entry.body) if b"content-encoding" in fields else entry.body
        if declared[name].schema is not None:
            validator = self.validator("requests", declared[name].pointer)
            yield from _body_faults(validator, declared[name].kind, body, content_type)

    def answer_faults(
        self, operation: Operation, status: int, content_type: str, body: bytes
    ) -> list[str]:
        """Return what is wrong with an answer of the stand-in."""
        known = {answer.status: answer for answer in operation.answers}
        answer = known.get(str(status)) or known.get(f"{status // 100}XX") or known.get("default")
        if answer is None:
            return [f"{operation.id}: the status {status} is not declared"]
        name = content_type.partition(";")[0]
        media = {key.partition(";")[0]: key for key in answer.content}.get(name)
        if media is None:
            empty = not answer.content or operation.method == "HEAD"
            ranged = any(key.endswith("/*") for key in answer.content)
            return [] if empty or ranged else [f"{operation.id}: the type {name!r} is not declared"]
        if "schema" not in answer.content[media] or operation.method == "HEAD":
            return []
        pointer = f"{answer.pointer}/content/{escape(media)}/schema"
        validator = self.validator("answers", pointer)
        values: list[Any] = []
        if name == "text/event-stream":
            data = re.findall(rb"^data: (\{.*)$", body, re.MULTILINE)
            values = [json.loads(text) for text in data]
        elif name == "application/json" or name.endswith("+json"):
            values = [json.loads(body)]
        faults = [best for value in values for best in validator.iter_errors(value)]
        return [f"{operation.id}: answer: {f.json_path}: {f.message:.120}" for f in faults[:3]]


def _path_pairs(template: str, path: str) -> list[tuple[str, str]]:
    names = re.findall(r"\{([^{}]+)\}", template)
    pattern = "([^/]*)".join(re.escape(part) for part in re.split(r"\{[^{}]+\}", template))
    match = re.fullmatch(pattern, path)
    return list(zip(names, map(unquote, match.groups()), strict=True)) if match else []


def _parameter_trees(said: Parameter, pairs: list[tuple[str, str]]) -> Iterator[Tree]:
    """Yield what the texts of one parameter can stand for by its style."""
    name = said.name.lower() if said.place == "header" else said.name
    texts = [text for key, text in pairs if key in (name, f"{name}[]")]
    nested = [(key, text) for key, text in pairs if key.startswith(f"{name}[")]
    if said.media_type is not None:
        yield from (json.loads(text) for text in texts)
        return
    if nested:
        yield nest(pair for pair in pairs if pair[0].startswith(name))[name]
    for text in texts:
        yield from _one_text(said, text)
    if len(texts) > 1 or (texts and said.explode):
        yield texts
    if said.style == "form" and said.explode and "object" in said.types:
        members = {key: text for key, text in pairs if key in said.properties}
        if members:
            yield members


def _one_text(said: Parameter, text: str) -> Iterator[Tree]:
    yield text
    prefix = {"label": ".", "matrix": ";"}.get(said.style, "")
    text = text.removeprefix(prefix)
    dividers = {"label": (".", ","), "matrix": (";", ",")}.get(said.style, (",",))
    for divider in (*dividers, SEPARATORS.get(said.style, ",")):
        pieces = [piece for piece in text.split(divider) if piece or text]
        yield pieces
        yield [piece.strip() for piece in pieces if piece.strip()]
        yield [piece.removeprefix(f"{said.name}=") for piece in pieces]
        if all("=" in piece for piece in pieces):
            yield dict(piece.split("=", 1) for piece in pieces)
        if len(pieces) % 2 == 0:
            yield dict(zip(pieces[::2], pieces[1::2], strict=True))
    yield text.removeprefix(f"{said.name}=")


def _body_faults(
    validator: Draft202012Validator, kind: str, body: bytes, content_type: str
) -> Iterator[str]:
    if kind == "json":
        for error in list(validator.iter_errors(json.loads(body)))[:3]:
            yield f"body{error.json_path[1:]}: {error.message:.200}"
    elif kind == "raw":
        if content_type.startswith("text/") and not validator.is_valid(body.decode()):
            yield "the text is not valid"
    else:
        pairs = (
            parse_qsl(body.decode(), keep_blank_values=True)
            if kind == "form"
            else list(_parts(body, content_type))
        )
        if not admits(validator, nest(pairs)):
            yield f"the {kind} is not valid: {pairs!r:.300}"


def _parts(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        raw = part.get_payload(decode=True)
        yield str(name), raw.decode("utf-8", "replace")


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Tree]:
    """Put names in brackets together."""
    root: dict[str, Any] = {}
    for name, text in pairs:
        match = BRACKETS.fullmatch(name)
        keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])] if match else [name]
        node = root
        for key in keys[:-1]:
            inner = node.setdefault(key, {})
            node = inner if isinstance(inner, dict) else {}
        last = keys[-1]
        while last == "" or (last in node and last.isdigit()):
            last = str(len(node))
        if last in node:
            kept = node[last]
            node[last] = [*kept, text] if isinstance(kept, list) else [kept, text]
        else:
            node[last] = text
    return {name: _listed(tree) for name, tree in root.items()}


def _listed(tree: Tree) -> Tree:
    if not isinstance(tree, dict):
        return tree
    inner = {key: _listed(value) for key, value in tree.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def admits(validator: Draft202012Validator, tree: Tree) -> bool:
    """Tell whether any reading of a tree's texts is valid: the next is tried where it fails."""
    picks: dict[tuple[Any, ...], int] = {}
    for _ in range(ROUNDS):
        value = _built(tree, (), picks)
        places = {place for error in validator.iter_errors(value) for place in _places(error, ())}
        if not places:
            return True
        before = dict(picks)
        for path, text in _leaves(tree, ()):
            count = len(readings(text))
            hit = any(place[: len(path)] == path or path[: len(place)] == place for place in places)
            if hit and picks.get(path, 0) + 1 < count:
                picks[path] = picks.get(path, 0) + 1
        if picks == before:
            return False
    return False


def _places(error: ValidationError, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    here = (*above, *error.relative_path)
    if not error.context:
        yield here
    for inner in error.context:
        yield from _places(inner, here)


def _leaves(tree: Tree, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, list | dict):
        for key, node in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _leaves(node, (*path, key))


def _built(tree: Tree, path: tuple[Any, ...], picks: Mapping[tuple[Any, ...], int]) -> Any:
    if isinstance(tree, dict):
        return {key: _built(node, (*path, key), picks) for key, node in tree.items()}
    if isinstance(tree, list):
        return [_built(node, (*path, index), picks) for index, node in enumerate(tree)]
    return readings(tree)[picks.get(path, 0)] if isinstance(tree, str) else tree


def readings(text: str) -> list[Any]:
    """Return the JSON values that a text can stand for."""
    found: list[Any] = [text]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    if re.fullmatch("-?[0-9]{1,300}", text):
        value = int(text)
    if value != text and not (isinstance(value, float) and not math.isfinite(value)):
        found.append(value)
    if text == "":
        found.append(None)
    return [*found, *([one] for one in found if not isinstance(one, list))]

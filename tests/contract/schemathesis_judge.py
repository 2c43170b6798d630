"""An independent judge (the Python `jsonschema`) of what was relayed and of what was answered.

Texts of parameters and forms have no types: a value passes if any reading of its texts is valid.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from email import message_from_bytes
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from gateway.contract.mend import request_view
from gateway.contract.model import Contract, Operation, Parameter
from gateway.contract.pointer import escape
from gateway.errors import CODES
from gateway.standin.record import Recorded
from tests.contract.schemathesis_readings import admits, nest, parameter_trees


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

    def _validator(self, view: str, pointer: str) -> Draft202012Validator:
        reference = f"urn:{view}#{quote(pointer, safe='/~')}"
        return Draft202012Validator({"$ref": reference}, registry=self._registry)

    def faults(self, entry: Recorded) -> list[str]:
        """Return what is wrong with a recorded request; each names operation and place."""
        if entry.operation is None:
            return [f"{entry.method} {entry.target!r} matches no operation"]
        operation = self.contract.operations[entry.operation]
        found = [
            *_as_far_as_readable("the parameters", self._parameters(operation, entry)),
            *_as_far_as_readable("the body", self._body(operation, entry)),
        ]
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
        trees = list(parameter_trees(said, pairs))
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
        try:
            values = list(_values(name, body))
        except (ValueError, RecursionError):
            return [f"{operation.id}: answer: it is not JSON"]
        faults = [best for value in values for best in validator.iter_errors(value)]
        return [f"{operation.id}: answer: {f.json_path}: {f.message:.120}" for f in faults[:3]]


def _values(media_type: str, body: bytes) -> Iterator[Any]:
    if media_type == "text/event-stream":
        for text in re.findall(rb"^data: (\{.*)$", body, re.MULTILINE):
            yield strictly_read(text)
    elif media_type == "application/json" or media_type.endswith("+json"):
        yield strictly_read(body)


def strictly_read(body: bytes) -> Any:
    """Read JSON (RFC 8259): UTF-8, and no NaN. Raises ValueError."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    return json.loads(body.decode(), parse_constant=refuse)


def _as_far_as_readable(what: str, faults: Iterator[str]) -> Iterator[str]:
    try:
        yield from faults
    except (ValueError, OSError, EOFError, zlib.error, RecursionError) as error:
        yield f"{what} cannot be read ({type(error).__name__})"


def refusal_faults(shape: str, status: int, content_type: str, body: bytes) -> list[str]:
    """Return what is wrong with an answer of the gateway's own, by the error shape."""
    wanted = {"openai": "application/json", "problem": "application/problem+json"}[shape]
    if content_type.partition(";")[0] != wanted:
        return [f"the refusal ({status}) has the type {content_type!r} and not {wanted}"]
    try:
        said = json.loads(body)
        members = said["error"] if shape == "openai" else said
        code, text = members["code"], members["message" if shape == "openai" else "detail"]
    except (ValueError, LookupError, TypeError):
        return [f"the refusal ({status}) does not have the error shape"]
    if CODES.get(code) != status or not text:
        return [f"the refusal ({status}) has the code {code!r}, or no message"]
    return []


def _path_pairs(template: str, path: str) -> list[tuple[str, str]]:
    names = re.findall(r"\{([^{}]+)\}", template)
    pattern = "([^/]*)".join(re.escape(part) for part in re.split(r"\{[^{}]+\}", template))
    match = re.fullmatch(pattern, path)
    return list(zip(names, map(unquote, match.groups()), strict=True)) if match else []


def _body_faults(
    validator: Draft202012Validator, kind: str, body: bytes, content_type: str
) -> Iterator[str]:
    if kind == "json":
        for error in list(validator.iter_errors(strictly_read(body)))[:3]:
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
    if not message.is_multipart():
        if body.strip() != b"--" + str(message.get_boundary("")).encode() + b"--":
            raise ValueError("it has no parts, and does not say so")
        return
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        raw = part.get_payload(decode=True)
        yield str(name), raw.decode("utf-8", "replace")

"""The body of a request in an envelope, written as its operation declares it."""

import json
from typing import Any

from gateway.contract.model import BodyType, Operation, PartEncoding
from gateway.contract.types import TypeReader
from gateway.errors import Finding, RelayError
from gateway.local.envelope_members import invalid_envelope, pointer
from gateway.local.serialise import Field, Unwritable, brackets, fields, joined
from gateway.validate.strict_json import parse_json

PREFERENCE = ("json", "form", "raw")
DEFAULTS = {"*/*": "application/octet-stream", "text/*": "text/plain"}


def write_body(operation: Operation, value: Any, types: TypeReader) -> tuple[bytes, bytes] | None:
    """Return a body and its media type; None where the envelope has none.

    `value` is the member `body`: a string of it stays one where the operation's schema takes a
    string, else it is JSON, parsed once. Raises `invalid_envelope`, and `unsupported_media_type`
    where the operation takes nothing that an envelope can hold.
    """
    if value is None:
        return None
    if operation.body is None:
        raise invalid_envelope(Finding("/body", f"{operation.id} takes no body; leave it out"))
    body_type = _chosen(operation, operation.body.types)
    media_type = DEFAULTS.get(body_type.media_type, body_type.media_type).encode()
    if body_type.kind == "raw":
        if not isinstance(value, str):
            rule = f"{operation.id} takes {media_type.decode()}; it must be a string"
            raise invalid_envelope(Finding("/body", rule))
        return value.encode(), media_type
    if isinstance(value, str) and not (
        body_type.kind == "json" and _takes_string(body_type, value, types)
    ):
        text = value.encode()
        value = _parsed(text)
        if body_type.kind == "json":
            return text, media_type
    if body_type.kind == "json":
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), media_type
    return _form(value, body_type), media_type


def _chosen(operation: Operation, declared: tuple[BodyType, ...]) -> BodyType:
    """Choose among the declared media types: JSON, then a form, then a raw one."""
    for kind in PREFERENCE:
        for body_type in declared:
            is_range = body_type.media_type.endswith("/*")
            if body_type.kind == kind and (not is_range or body_type.media_type in DEFAULTS):
                return body_type
    kinds = ", ".join(body_type.media_type for body_type in declared)
    raise RelayError(
        "unsupported_media_type",
        f"{operation.id} takes {kinds}, which an envelope cannot hold; call it directly.",
        param="/body",
    )


def _takes_string(body_type: BodyType, value: str, types: TypeReader) -> bool:
    if body_type.schema is None or body_type.check is None:
        return True
    declared = types.types(body_type.schema)
    return "string" in declared if declared else body_type.check.is_valid(value)


def _parsed(text: bytes) -> Any:
    try:
        return parse_json(text)
    except RelayError:
        rule = "is a string that holds no valid JSON; give the value itself"
        raise invalid_envelope(Finding("/body", rule)) from None


def _form(value: Any, body_type: BodyType) -> bytes:
    """Write an object as `application/x-www-form-urlencoded`; null members are left out."""
    if not isinstance(value, dict):
        raise invalid_envelope(Finding("/body", "must be an object: its members are the fields"))
    pairs: list[Field] = []
    findings: list[Finding] = []
    for name, member in value.items():
        if member is not None:
            try:
                pairs += _property(name, member, body_type.encoding.get(name))
            except Unwritable as error:
                findings.append(Finding(pointer("body", name), str(error)))
    if findings:
        raise invalid_envelope(*findings)
    return joined(pairs)


def _property(name: str, value: Any, encoding: PartEncoding | None) -> list[Field]:
    """Write one property as its `encoding` says; else a list repeats it, and objects nest."""
    if encoding is not None and encoding.style is not None:
        explode = encoding.style == "form" if encoding.explode is None else encoding.explode
        return fields(name, value, encoding.style, explode)
    if encoding is not None and any(kind.endswith("json") for kind in encoding.content_types):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return fields(name, value, "form", explode=True)
    return brackets(name, value)

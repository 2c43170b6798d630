"""A multipart body from JSON members and fetched files, made while it goes out (RFC 7578)."""

import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from gateway.actions.files_in import FetchedFile
from gateway.actions.inner_call import StreamedBody
from gateway.contract.model import BodyType, PartEncoding
from gateway.errors import Finding, RelayError
from gateway.local.serialise import Unwritable, brackets, fields

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file in a field. `name` is the field's, brackets included."""

    name: str
    file: FetchedFile


def form_body(
    members: Mapping[str, Any], files: Sequence[FilePart], body_type: BodyType, *, bracketed: bool
) -> StreamedBody:
    """Return the body of a form. Null members are left out.

    `bracketed` tells that a list is a field `name[]` for each item, as the OpenAI API takes it;
    else it repeats `name` (OpenAPI 3.1.0, section 4.8.14.2). Raises `invalid_body` for a value
    that no field can carry.
    """
    boundary = f"specrelay-{secrets.token_hex(16)}".encode()
    heads = [_field(boundary, *each) for each in _texts(members, body_type, bracketed)]
    opened = [_file_head(boundary, part) for part in files]
    end = b"--%s--\r\n" % boundary
    size = sum(map(len, heads)) + sum(map(len, opened)) + len(end)
    size += sum(part.file.size + 2 for part in files)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"".join(heads)
        for head, part in zip(opened, files, strict=True):
            yield head
            async for chunk in part.file.chunks():
                yield chunk
            yield b"\r\n"
        yield end

    return StreamedBody(chunks(), size, b"multipart/form-data; boundary=" + boundary)


def _texts(
    members: Mapping[str, Any], body_type: BodyType, bracketed: bool
) -> list[tuple[str, str, str]]:
    """Return name, value and media type ("" for text) of every field."""
    found: list[tuple[str, str, str]] = []
    findings: list[Finding] = []
    for name, value in members.items():
        if value is not None:
            try:
                found += _property(name, value, body_type.encoding.get(name), bracketed)
            except Unwritable as error:
                findings.append(Finding(f"/{name}", str(error)))
            except UnicodeEncodeError:  # half of a surrogate pair
                findings.append(Finding(f"/{name}", "is not valid Unicode"))
    if findings:
        message = f"A field cannot be written: {findings[0].param} {findings[0].message}."
        raise RelayError("invalid_body", message, errors=findings[:20])
    return found


def _property(
    name: str, value: Any, encoding: PartEncoding | None, bracketed: bool
) -> list[tuple[str, str, str]]:
    kinds = encoding.content_types if encoding is not None else ()
    if any(kind.endswith("json") for kind in kinds):
        return [(name, json.dumps(value, ensure_ascii=False), JSON)]
    if encoding is not None and encoding.style is not None:
        explode = encoding.style == "form" if encoding.explode is None else encoding.explode
        pairs = fields(name, value, encoding.style, explode)
    elif isinstance(value, dict) and not bracketed:
        # "If the property is a type object, the default Content-Type is application/json."
        return [(name, json.dumps(value, ensure_ascii=False), JSON)]
    elif isinstance(value, list) and (not bracketed or name.endswith("[]")):
        composite = any(isinstance(item, dict | list) for item in value)
        if composite:
            return [(name, json.dumps(item, ensure_ascii=False), JSON) for item in value]
        pairs = fields(name, value, "form", explode=True)
    else:
        pairs = brackets(name, value)
    return [(unquote(key), unquote(text), "") for key, text in pairs]


def file_fields(named: Sequence[tuple[str, FetchedFile]], *, bracketed: bool) -> list[FilePart]:
    """Name the fields of files: several of one property are a list."""
    names = [name for name, _ in named]
    return [
        FilePart(f"{name}[]" if bracketed and names.count(name) > 1 else name, file)
        for name, file in named
    ]


def _field(boundary: bytes, name: str, value: str, media_type: str) -> bytes:
    kind = f"\r\nContent-Type: {media_type}" if media_type else ""
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"{kind}\r\n\r\n'
    return b"--%s\r\n%s%s\r\n" % (boundary, head.encode(), value.encode("utf-8", "replace"))


def _file_head(boundary: bytes, part: FilePart) -> bytes:
    reference = part.file.reference
    head = (
        f'Content-Disposition: form-data; name="{_quoted(part.name)}"; '
        f'filename="{_quoted(reference.name)}"\r\nContent-Type: {reference.media_type}\r\n\r\n'
    )
    return b"--%s\r\n%s" % (boundary, head.encode())


def _quoted(name: str) -> str:
    """Write a name in quotes as browsers do (WHATWG HTML, "multipart/form-data")."""
    text = name.encode("utf-8", "replace").decode()
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")

"""A request's body: counted and hashed while it streams, kept only while it is short."""

import hashlib
import json
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from gateway.contract.model import Kind
from gateway.errors import RelayError
from gateway.validate.media_types import kind_of, parse_media_type
from gateway.validate.multipart_parser import Content, Malformed, MultipartParser, PartBegin
from gateway.validate.part_headers import read_boundary, read_part_head

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
KEPT = 1024 * 1024  # bytes of a body
KEPT_FIELD = 4 * 1024  # bytes of a text field of a multipart body
KEPT_FIELDS = 64


@dataclass(frozen=True, slots=True)
class Upload:
    """A request's body. `body` is None where it is longer than 1 MiB or did not come to its end.

    `members` are what it says by name: the members of a JSON object, the text fields of a form.
    """

    size: int = 0
    sha256: str = ""
    body: bytes | None = b""
    whole: bool = True
    members: Mapping[str, Any] = field(default_factory=dict)


async def read_upload(receive: Receive, headers: Iterable[tuple[bytes, bytes]]) -> Upload:
    """Read a request's body to its end, or until the client goes away."""
    known = {name.lower(): value for name, value in headers}
    content_type = known.get(b"content-type", b"")
    kind = _kind_of(content_type)
    fields = _FieldReader(content_type) if kind == "multipart" else None
    digest, size, kept = hashlib.sha256(), 0, bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return Upload(size, digest.hexdigest(), None, whole=False)
        data = message.get("body", b"")
        size += len(data)
        digest.update(data)
        if size <= KEPT:
            kept += data
        if fields is not None:
            fields.feed(data)
        if not message.get("more_body", False):
            break
    body = bytes(kept) if size <= KEPT else None
    members = fields.found() if fields else _members(kind, body, known.get(b"content-encoding"))
    return Upload(size, digest.hexdigest(), body, members=members)


def _kind_of(content_type: bytes) -> Kind:
    try:
        return kind_of(parse_media_type(content_type).name)
    except RelayError:
        return "raw"


def _members(kind: Kind, body: bytes | None, coding: bytes | None) -> Mapping[str, Any]:
    """Return the members of a JSON object or a form; none where the body is not what it says."""
    if not body or kind not in ("json", "form"):
        return {}
    try:
        if coding is not None and coding.strip().lower() == b"gzip":
            body = zlib.decompressobj(wbits=31).decompress(body, KEPT)
        if kind == "form":
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        value = json.loads(body)
    except (ValueError, RecursionError, zlib.error):
        return {}
    return value if isinstance(value, dict) else {}


class _FieldReader:
    """Collects the short text fields of a multipart body while it streams."""

    def __init__(self, content_type: bytes) -> None:
        self._fields: dict[str, bytearray] = {}
        self._name: str | None = None
        try:
            self._parser: MultipartParser | None = MultipartParser(read_boundary(content_type))
        except (Malformed, RelayError):
            self._parser = None

    def feed(self, data: bytes) -> None:
        """Read on; what is malformed ends the reading, not the upload."""
        if self._parser is None:
            return
        try:
            for event in self._parser.feed(data):
                if isinstance(event, PartBegin):
                    self._begin(event.head)
                elif isinstance(event, Content) and self._name is not None:
                    self._add(self._name, event.raw)
        except Malformed:
            self._parser = None

    def found(self) -> dict[str, str]:
        """Return the fields by name."""
        return {name: value.decode("utf-8", "replace") for name, value in self._fields.items()}

    def _begin(self, head: bytes) -> None:
        part = read_part_head(head)
        self._name = None if part.file or len(self._fields) >= KEPT_FIELDS else part.name
        if self._name is not None:
            self._fields[self._name] = bytearray()

    def _add(self, name: str, data: bytes) -> None:
        self._fields[name] += data
        if len(self._fields[name]) > KEPT_FIELD:
            del self._fields[name]
            self._name = None

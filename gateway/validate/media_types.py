"""Content-Type: what a body says it is, and which declared media type it meets (RFC 9110, 8.3)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.contract.model import BodyType, Kind, Operation
from gateway.errors import RelayError

UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # RFC 9110, section 5.6.2
_TYPE = re.compile(rf"[ \t]*({_WORD}/{_WORD})[ \t]*")
# RFC 9110, section 5.6.6: a parameter may be left out between two semicolons.
_QUOTED = r'"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x1f])*)"'
_PARAMETER = re.compile(rf";[ \t]*(?:({_WORD})=(?:({_WORD})|{_QUOTED}))?[ \t]*")
_ESCAPED = re.compile(r"\\(.)")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type: `name` (`type/subtype`) and the parameters' names are lower-case."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=256)  # measured: 0.1 µs instead of 2 µs a request
def parse_media_type(content_type: bytes) -> MediaType:
    """Parse a Content-Type; raise `invalid_header` if it is malformed or repeats a parameter."""
    text = content_type.decode("latin-1")
    match = _TYPE.match(text)
    if match is None:
        raise _malformed("Content-Type is not of the form type/subtype.")
    parameters: dict[str, str] = {}
    at = match.end()
    while at < len(text):
        found = _PARAMETER.match(text, at)
        if found is None:
            raise _malformed("The parameters of Content-Type are malformed; write ;name=value.")
        at = found.end()
        name, token, quoted = found.groups()
        if name is None:
            continue
        if name.lower() in parameters:
            # Receivers differ in which of the two counts.
            raise _malformed("A parameter of Content-Type is given twice; give it once.")
        parameters[name.lower()] = token if quoted is None else _ESCAPED.sub(r"\1", quoted)
    return MediaType(match.group(1).lower(), parameters)


def kind_of(media_type: str) -> Kind:
    """Tell how a body of a media type is read. `+json` is JSON (RFC 6839); XML is raw."""
    name = media_type.partition(";")[0].strip().lower()
    if name == "application/json" or name.endswith("+json"):
        return "json"
    if name == _FORM:
        return "form"
    return "multipart" if name == "multipart/form-data" else "raw"


def choose_type(operation: Operation, content_type: bytes | None) -> BodyType:
    """Return the declared type that a body of an operation meets.

    An exact type beats `type/*`, which beats `*/*`. A missing Content-Type counts as the only
    declared one. Raises `unsupported_media_type` with what is accepted (nothing is where no body
    is declared), and `invalid_header`, for a charset other than UTF-8 or US-ASCII too if the body
    is read as text.
    """
    types = operation.body.types if operation.body is not None else ()
    if content_type is None or not content_type.strip():
        if len(types) != 1:
            raise _unsupported("The body has no Content-Type", types)
        return types[0]
    said = parse_media_type(content_type)
    for wanted in (said.name, f"{said.name.partition('/')[0]}/*", "*/*"):
        for body_type in types:
            if body_type.media_type == wanted:
                if body_type.check is not None and body_type.kind != "multipart":
                    check_charset(said)
                return body_type
    raise _unsupported(f"{operation.id} does not take a body of this type", types)


def check_charset(said: MediaType) -> None:
    """Raise `invalid_header` if a charset other than UTF-8 or US-ASCII is named."""
    charset = said.parameters.get("charset")
    if charset is not None and charset.lower() not in UTF_8:
        raise _malformed("Content-Type names a charset other than UTF-8; send the body in UTF-8.")


def single_field(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """Return the value of a field (lower-case `name`) that must not be repeated, None if absent."""
    values = [value for key, value in headers if key == name or key.lower() == name]
    if len(values) > 1:
        raise _malformed(f"The field {name.decode('latin-1').title()} is given more than once.")
    return values[0] if values else None


def _unsupported(what: str, types: Sequence[BodyType]) -> RelayError:
    accepted = ", ".join(body_type.media_type for body_type in types) or "no body"
    return RelayError("unsupported_media_type", f"{what}. Accepted: {accepted}.")


def _malformed(message: str) -> RelayError:
    return RelayError("invalid_header", message)

"""The headers of one part of a multipart/form-data body (RFC 7578, section 4; RFC 2183, 2).

Strict where receivers differ, since the upstream could read another name than the one that was
checked; otherwise as lenient as browsers and SDKs need.
"""

import re
from dataclasses import dataclass

from gateway.contract.pointer import escape
from gateway.errors import RelayError
from gateway.validate.media_types import parse_media_type
from gateway.validate.multipart_parser import BARE_LINE_END, Malformed

MAX_HEADERS = 64  # of one part
MAX_POINTED_NAME = 100  # characters; a longer name is not repeated in an error
_ONCE = frozenset({"content-disposition", "content-type", "content-transfer-encoding"})
_IDENTITY = frozenset({"7bit", "8bit", "binary"})
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PARAMETER = re.compile(
    r""";[ \t]*(?P<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*
    (?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s";,\\]+))[ \t]*""",
    re.VERBOSE,
)
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_KIND = re.compile(r"[ \t]*(?P<kind>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*")


@dataclass(frozen=True, slots=True)
class PartHead:
    """What the headers of a part say. `media_type` is lower-case, without parameters, "" if none.

    `file` tells whether a file name is given. `charset` is lower-case, "" if none is given.
    """

    name: str
    file: bool = False
    media_type: str = ""
    charset: str = ""


def read_part_head(head: bytes) -> PartHead:
    """Read a header block (lines joined by CRLF, no blank line); raise `Malformed`."""
    fields = _fields(head)
    disposition = fields.get("content-disposition")
    if disposition is None:
        raise Malformed("A part has no Content-Disposition; give it `form-data` and a name.")
    name, file = _read_disposition(disposition)
    pointer = "/" + escape(name) if len(name) <= MAX_POINTED_NAME else ""
    coding = fields.get("content-transfer-encoding", "binary").lower()
    if coding not in _IDENTITY:
        raise Malformed(
            "Content-Transfer-Encoding must be 7bit, 8bit or binary; send the part unencoded.",
            pointer,
        )
    if "content-type" not in fields:
        return PartHead(name, file)
    try:
        said = parse_media_type(fields["content-type"].encode())
    except RelayError:
        raise Malformed("The part's Content-Type is malformed.", pointer) from None
    return PartHead(name, file, said.name, said.parameters.get("charset", "").lower())


def _fields(head: bytes) -> dict[str, str]:
    """Return the fields of a header block by lower-case name; of a repeated one the last."""
    try:
        lines = head.decode().split("\r\n") if head else []
    except UnicodeDecodeError:
        raise Malformed("The part headers are not UTF-8.") from None
    if len(lines) > MAX_HEADERS:
        raise Malformed(f"A part has more than {MAX_HEADERS} headers.")
    fields: dict[str, str] = {}
    for line in lines:
        if "\r" in line or "\n" in line:
            raise Malformed(BARE_LINE_END)
        name, colon, value = line.partition(":")
        # A folded line has no name here: receivers differ in how they join it.
        if not colon or not _NAME.fullmatch(name):
            raise Malformed("A line of the part headers is not `name: value`; do not fold lines.")
        if _CONTROL.search(value):
            raise Malformed("The part headers hold a control character.")
        name = name.lower()
        if name in _ONCE and name in fields:
            raise Malformed(f"A part has {name.title()} more than once.")
        fields[name] = value.strip(" \t")
    return fields


def read_boundary(content_type: bytes) -> bytes:
    """Return the boundary of a multipart Content-Type; raise `Malformed`, or `invalid_header`."""
    boundary = parse_media_type(content_type).parameters.get("boundary")
    if boundary is None:
        raise Malformed("Content-Type names no boundary; let the HTTP client write the field.")
    if not _BOUNDARY.fullmatch(boundary):
        raise Malformed("The boundary is not 1 to 70 of the characters of RFC 2046, 5.1.1.")
    return boundary.encode()


def _read_disposition(value: str) -> tuple[str, bool]:
    """Return the field's name and whether a file name is given."""
    kind, parameters = _read_parameters(value)
    if kind != "form-data":
        raise Malformed("A part's Content-Disposition is not `form-data`.")
    name = parameters.get("name", "")
    if not name:
        raise Malformed('A part\'s Content-Disposition has no name; add `name="…"`.')
    # Browsers write a backslash as itself, RFC 2183 reads it as an escape.
    if "\\" in name:
        raise Malformed("A part's name holds a backslash.")
    return name, any(key.partition("*")[0] == "filename" for key in parameters)


def _read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return the disposition, lower-case, and its parameters by lower-case name."""
    kind = _KIND.match(value)
    at = kind.end() if kind else 0
    parameters: dict[str, str] = {}
    while match := _PARAMETER.match(value, at):
        name = match["name"].lower()
        quoted = match["quoted"]
        if name in parameters:
            raise Malformed("A part's Content-Disposition has a parameter more than once.")
        if name.rstrip("0123456789*") == "name" and name != "name":
            raise Malformed("A part's name is extended (RFC 8187); send it as `name` in UTF-8.")
        if quoted is not None and ";" in quoted.partition('\\"')[2]:
            raise Malformed(
                "A quoted parameter of Content-Disposition holds an escaped quote and a semicolon "
                "behind it; write the quote as %22."
            )
        parameters[name] = match["token"] if quoted is None else quoted
        at = match.end()
    if kind is None or value[at:].strip(" \t;"):
        raise Malformed("A part's Content-Disposition is malformed.")
    return kind["kind"].lower(), parameters

"""The header and cookie parameters of an operation."""

from collections.abc import Sequence

from gateway.contract.model import Parameter
from gateway.errors import Finding
from gateway.validate.cookies import cookie_pairs
from gateway.validate.named_fields import NamedFields, field_findings
from gateway.validate.parameter_reader import Field, ParameterReader
from gateway.validate.query import BadQuery, unescaped

_NOT_UTF8 = "must be UTF-8"


class HeaderCheck:
    """Checks header fields and the cookies among them. Made once, at start."""

    __slots__ = ("_cookies", "_readers")

    def __init__(self, headers: Sequence[Parameter], cookies: Sequence[Parameter]) -> None:
        self._readers = {
            parameter.name.lower().encode(): ParameterReader(parameter) for parameter in headers
        }
        self._cookies = NamedFields(cookies) if cookies else None

    def findings(self, headers: Sequence[tuple[bytes, bytes]]) -> list[Finding]:
        """Return what is wrong with header fields, as ASGI gives them; names in any case."""
        given: dict[ParameterReader, list[bytes]] = {}
        cookies: list[bytes] = []
        for name, value in headers:
            key = name.lower()
            reader = self._readers.get(key)
            if reader is not None:
                given.setdefault(reader, []).append(value)
            if key == b"cookie":
                cookies.append(value)
        found: list[Finding] = []
        for reader in self._readers.values():
            if reader in given:
                found += _header_findings(reader, given[reader])
            elif reader.parameter.required:
                found.append(reader.missing())
        return found if self._cookies is None else found + _cookie_findings(self._cookies, cookies)


def _header_findings(reader: ParameterReader, values: list[bytes]) -> list[Finding]:
    try:
        texts = [value.decode().strip(" \t") for value in values]
    except UnicodeDecodeError:
        return [Finding(reader.parameter.name, _NOT_UTF8, reader.parameter.pointer)]
    if not reader.separated:
        return reader.field_findings([((), text, None) for text in texts])
    # > A recipient MUST parse and ignore a reasonable number of empty list elements.
    # (RFC 9110, 5.6.1.2)
    text = ",".join(texts)
    if reader.is_list:
        items = [item.strip(" \t") for item in text.split(",")]
        text = ",".join(item for item in items if item)
    return reader.text_findings(text)


def _cookie_findings(named: NamedFields, values: list[bytes]) -> list[Finding]:
    try:
        pairs = cookie_pairs(value.decode() for value in values)
    except UnicodeDecodeError:
        return [Finding("Cookie", _NOT_UTF8)]
    given: dict[ParameterReader, list[Field]] = {}
    for name, value in pairs:
        for key, text in _split_exploded(named, name, value):
            owner = named.owner(key)
            if owner is not None:
                given.setdefault(owner[0], []).append((owner[1], text, None))
    found = named.missing(given)
    for reader, fields in given.items():
        found += _either(reader, fields)
    return found


def _split_exploded(named: NamedFields, name: str, value: str) -> list[tuple[str, str]]:
    """Take apart an exploded array or object that a client wrote as in a query, with `&`."""
    owner = named.owner(name)
    if "&" not in value or owner is None or not owner[0].spread:
        return [(name, value)]
    first, *others = value.split("&")
    pairs = [
        (key, text) for key, equals, text in (other.partition("=") for other in others) if equals
    ]
    return [(name, first), *pairs] if len(pairs) == len(others) else [(name, value)]


def _either(reader: ParameterReader, fields: list[Field]) -> list[Finding]:
    """Judge cookies as they stand and unescaped: OpenAPI has escapes in them, RFC 6265 has not."""
    found = field_findings({reader: fields})
    if not found or not any("%" in text for _, text, _ in fields):
        return found
    try:
        plain: list[Field] = [(path, unescaped(text), None) for path, text, _ in fields]
    except BadQuery:
        return found
    return field_findings({reader: plain}) and found

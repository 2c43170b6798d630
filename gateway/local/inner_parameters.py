"""The parameters of a request in an envelope, written as its operation declares them."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from gateway.contract.model import Operation, Parameter, Place
from gateway.contract.segments import TEMPLATE
from gateway.errors import Finding
from gateway.local.envelope_members import MAX_FINDINGS, MAX_NAME, invalid_envelope, pointer
from gateway.local.serialise import (
    Field,
    Unwritable,
    brackets,
    fields,
    joined,
    percent,
    plain,
    scalar,
    single,
)
from gateway.relay.headers import FROM_CLIENT, HOP_BY_HOP
from gateway.suggest import did_you_mean

LITERALS = "/:@!$&'()*+,;=~"  # what a path holds as it is (RFC 3986, section 3.3)
DOTS = (b".", b"..")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Set by the envelope, or none of a client's business; declared or not.
NEVER_GIVEN = (HOP_BY_HOP | FROM_CLIENT) | frozenset(
    (b"authorization", b"content-type", b"content-length", b"content-encoding", b"cookie")
)


def write_path(operation: Operation, values: Mapping[str, Any]) -> bytes:
    """Fill an operation's path; every value is escaped whole, so that none makes a segment.

    Raises `invalid_envelope` for a name that is missing, unknown or empty, and for dot segments.
    """
    declared = _declared(operation, "path")
    parts = TEMPLATE.split(operation.path)
    names = parts[1::2]
    for index, name in enumerate(names):
        if name in values:
            parts[2 * index + 1] = _path_value(name, values[name], declared.get(name))
    findings = [
        *(
            Finding(pointer("path_params", name), "is missing")
            for name in names
            if name not in values
        ),
        *_unknown(
            (name for name in values if name not in names),
            names,
            "path_params",
            "is no name in the path.",
        ),
    ]
    if findings:
        raise invalid_envelope(*findings)
    parts[::2] = [quote(part, safe=LITERALS + "%") for part in parts[::2]]
    path = "".join(parts)
    if any(unquote_to_bytes(part) in DOTS for part in path.split("/")):
        raise invalid_envelope(Finding("/path_params", "must make no dot segment"))
    return path.encode()


def _path_value(name: str, value: Any, parameter: Parameter | None) -> str:
    try:
        if parameter is None:
            text = percent(scalar(value))
        elif parameter.media_type is not None:
            text = percent(json.dumps(value))
        else:
            text = single(name, value, parameter.style, parameter.explode, percent)
    except Unwritable as error:
        raise invalid_envelope(Finding(pointer("path_params", name), str(error))) from None
    if not text:
        raise invalid_envelope(Finding(pointer("path_params", name), "must not be empty"))
    return text


def write_query(operation: Operation, query: Mapping[str, Any]) -> bytes:
    """Write a query string, the fixed part of the path key first.

    A parameter that is not declared is repeated by a list and put into brackets by an object.
    Raises `invalid_envelope`.
    """
    declared = _declared(operation, "query")
    given = [pair for pair in operation.fixed_query if pair[0] not in query]
    pairs: list[Field] = [(percent(name), percent(value)) for name, value in given]
    findings: list[Finding] = []
    for name, value in query.items():
        parameter = declared.get(name) or declared.get(f"{name}[]")
        try:
            pairs += _query_fields(name, value, parameter)
        except Unwritable as error:
            findings.append(Finding(pointer("query", name), str(error)))
    if findings:
        raise invalid_envelope(*findings)
    return joined(pairs)


def plain_query(query: Mapping[str, Any]) -> bytes:
    """Write the plain pairs of a query: all that routing looks at."""
    plainly = {name: item for name, item in query.items() if not isinstance(item, dict | list)}
    return joined([(percent(name), percent(scalar(item))) for name, item in plainly.items()])


def _query_fields(name: str, value: Any, parameter: Parameter | None) -> list[Field]:
    if parameter is None:
        is_object = isinstance(value, dict)
        return brackets(name, value) if is_object else fields(name, value, "form", True)
    if parameter.media_type is not None:
        return [(percent(parameter.name), percent(json.dumps(value)))]
    return fields(parameter.name, value, parameter.style, parameter.explode)


def write_headers(
    operation: Operation, given: Mapping[str, Any]
) -> tuple[tuple[bytes, bytes], ...]:
    """Write the declared header parameters; any other name is refused by `invalid_envelope`."""
    declared = {
        name.lower(): parameter
        for name, parameter in _declared(operation, "header").items()
        if name.lower().encode() not in NEVER_GIVEN
    }
    spelled = {name.lower(): name for name in given}
    unknown = [name for lowered, name in spelled.items() if lowered not in declared]
    findings = _unknown(unknown, declared, "headers", "is no header parameter of the operation.")
    if len(spelled) < len(given):
        findings.append(Finding("/headers", "has a name twice"))
    found: list[tuple[bytes, bytes]] = []
    for lowered, parameter in declared.items():
        if lowered in spelled:
            name = spelled[lowered]
            try:
                found.append((lowered.encode(), _header_value(given[name], parameter)))
            except Unwritable as error:
                findings.append(Finding(pointer("headers", name), str(error)))
    if findings:
        raise invalid_envelope(*findings)
    return tuple(found)


def _header_value(value: Any, parameter: Parameter) -> bytes:
    if parameter.media_type is not None:
        text = json.dumps(value)
    else:
        text = single(parameter.name, value, parameter.style, parameter.explode, plain)
    if CONTROL.search(text):
        raise Unwritable("must not hold control characters")
    return text.strip(" ").encode()


def _declared(operation: Operation, place: Place) -> dict[str, Parameter]:
    return {each.name: each for each in operation.parameters if each.place == place}


def _unknown(names: Iterable[str], known: Collection[str], place: str, rule: str) -> list[Finding]:
    """Return a finding for each of the names, within the bound."""
    return [
        Finding(pointer(place, name), f"{rule} {did_you_mean(name[:MAX_NAME], known)}".strip())
        for name in islice(names, MAX_FINDINGS)
    ]

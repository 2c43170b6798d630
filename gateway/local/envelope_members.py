"""The members of an envelope: a request that stands in the body of another one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from gateway.contract.pointer import escape
from gateway.errors import Finding, RelayError
from gateway.suggest import did_you_mean
from gateway.validate.strict_json import parse_json

NAMES = ("operationId", "path_params")
PLACES = ("method", "path")
OBJECTS = ("path_params", "query", "headers")
MEMBERS = (*NAMES, *PLACES, "query", "headers", "body")
MAX_FINDINGS = 20
MAX_NAME = 100  # characters of an unknown name that a finding repeats


@dataclass(frozen=True, slots=True)
class Members:
    """An envelope's members. Either `operation_id` is set, or `method` and `path` are.

    `body` is what stands there, a string included; None is no body.
    """

    operation_id: str | None = None
    method: str | None = None
    path: str | None = None
    path_params: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


def invalid_envelope(*findings: Finding) -> RelayError:
    """Make the error for an envelope with findings; each `param` is a pointer into it."""
    first = findings[0]
    place = f"{first.param}: " if first.param else "it "
    message = f"The envelope cannot be opened: {place}{first.message}"
    return RelayError("invalid_envelope", message, errors=findings[:MAX_FINDINGS])


def pointer(*parts: str) -> str:
    """Return the pointer of a member, its name cut to a bearable length."""
    return "".join(f"/{escape(part[:MAX_NAME])}" for part in parts)


def read_envelope(data: bytes) -> Members:
    """Read an envelope's members from JSON text; null is the same as absence.

    Raises `invalid_json`, or `invalid_envelope` with everything that is wrong.
    """
    said = parse_json(data)
    if not isinstance(said, dict):
        raise invalid_envelope(Finding("", "must be an object"))
    given = {name: value for name, value in said.items() if value is not None}
    unknown = (name for name in given if name not in MEMBERS)
    findings = [_unknown(name) for name in islice(unknown, MAX_FINDINGS)]
    findings += _forms(given)
    for name in ("operationId", *PLACES):
        if name in given and not isinstance(given[name], str):
            findings.append(Finding(f"/{name}", "must be a string"))
    objects = {name: _object(name, given[name], findings) for name in OBJECTS if name in given}
    if findings:
        raise invalid_envelope(*findings)
    return Members(
        operation_id=given.get("operationId"),
        method=given.get("method"),
        path=given.get("path"),
        body=given.get("body"),
        **objects,
    )


def _unknown(name: str) -> Finding:
    hint = did_you_mean(name[:MAX_NAME], MEMBERS)
    return Finding(pointer(name), f"is no member of an envelope. {hint}")


def _forms(given: Mapping[str, Any]) -> list[Finding]:
    """Tell where the two forms of an envelope are mixed, or neither is whole."""
    if "operationId" in given:
        mixed = [name for name in PLACES if name in given]
        rule = "must not stand beside operationId; leave one of them out"
        return [Finding(f"/{name}", rule) for name in mixed]
    if not any(name in given for name in PLACES):
        return [Finding("", "must have operationId, or method and path")]
    found = [Finding(f"/{name}", "is missing") for name in PLACES if name not in given]
    if "path_params" in given:
        found.append(Finding("/path_params", "goes with operationId; a path has its values in it"))
    return found


def _object(name: str, value: Any, findings: list[Finding]) -> Mapping[str, Any]:
    """Return a member that is an object, or a string that holds one."""
    if isinstance(value, str):
        try:
            value = parse_json(value.encode())
        except RelayError:
            findings.append(Finding(f"/{name}", "is a string that holds no valid JSON"))
            return {}
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if item is not None}
    findings.append(Finding(f"/{name}", "must be an object, or a string that holds one"))
    return {}

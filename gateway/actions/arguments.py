"""A projected HTTP request into the flat members of its call."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from gateway.contract.segments import TEMPLATE
from gateway.errors import Finding, RelayError
from gateway.projection import Call
from gateway.suggest import did_you_mean
from gateway.validate.strict_json import parse_json

MAX_NAME = 100  # characters of an unknown name that a finding repeats
MAX_FIELDS = 1000  # of a query


def read_arguments(
    call: Call, path_values: Sequence[str], query_string: bytes, body: bytes
) -> dict[str, Any]:
    """Return the members of a projected request by their projected names.

    `path_values` are the once-decoded values of `call.path`, in its order; `body` is JSON text, or
    empty. The names are unique over path, query and body, so a member counts wherever a client
    puts it. Raises `invalid_parameter`, `invalid_json` or `invalid_body`.
    """
    names = TEMPLATE.findall(call.path)
    given: dict[str, Any] = dict(zip(names, path_values, strict=True))
    for name, value in _query(call, query_string).items():
        _put(given, name, value, "the query", "invalid_parameter")
    for name, value in _body(call, body).items():
        _put(given, name, value, "the body", "invalid_body")
    return given


def _put(given: dict[str, Any], name: str, value: Any, where: str, code: str) -> None:
    if name in given:
        raise RelayError(code, f"{name} stands in {where} and before it; give it once.", param=name)
    given[name] = value


def _query(call: Call, query_string: bytes) -> Mapping[str, Any]:
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:  # UnicodeDecodeError is one
        raise RelayError(
            "invalid_parameter", "The query is not percent-encoded UTF-8, or has too many fields."
        ) from None
    lists = {each.path[0] for each in call.rewrites if each.kind == "csv"}
    found: dict[str, Any] = {}
    for name, value in pairs:
        check_name(call, name, "invalid_parameter")
        if name in found and name not in lists:
            message = f"{name[:MAX_NAME]} stands twice; give it once."
            raise RelayError("invalid_parameter", message, param=name)
        if name in found:
            before = found[name] if isinstance(found[name], list) else [found[name]]
            found[name] = [*before, value]
        else:
            found[name] = value
    return found


def _body(call: Call, body: bytes) -> Mapping[str, Any]:
    if not body:
        return {}
    said = parse_json(body)
    if not isinstance(said, dict):
        raise RelayError("invalid_body", f"The body of {call.name} must be one JSON object.")
    for name in said:
        check_name(call, name, "invalid_body")
    return said


def check_name(call: Call, name: str, code: str) -> None:
    """Refuse a name that is no member of the call."""
    known = [member.name for member in call.members]
    if name in known:
        return
    short = name[:MAX_NAME]
    rule = f"is no member of {call.name}. {did_you_mean(short, known)}".strip()
    raise RelayError(code, f"{short} {rule}", errors=[Finding(short, rule)])

"""`x-gateway`: the document's own vocabulary, checked by `spec/x-gateway.schema.json`."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import jsonschema_rs

from gateway.contract.model import CredentialPolicy, Policy, Timeouts, UpstreamPolicy
from gateway.errors import Problem
from gateway.resources import spec_folder
from gateway.suggest import did_you_mean

KEY = "x-gateway"
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
SIZES = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "B": 1}


@cache
def _vocabulary() -> dict[str, Any]:
    text = (spec_folder() / "x-gateway.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(part: str) -> jsonschema_rs.Draft202012Validator:
    definitions = _vocabulary()["$defs"]
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": definitions})


def check_policy(value: Any, part: Literal["root", "operation"], place: str) -> list[Problem]:
    """List what is wrong with an `x-gateway` object; `place` names the operation or the root."""
    return [
        Problem(f"{place}/{KEY}{_path(error)}", *_explain(error))
        for error in _validator(part).iter_errors(value)
    ]


def _path(error: jsonschema_rs.ValidationError) -> str:
    return "".join(f"/{part}" for part in error.instance_path)


def _explain(error: jsonschema_rs.ValidationError) -> tuple[str, str]:
    """Say what an error of the vocabulary is and how it is mended."""
    schema = _schema_at(error)
    unexpected = getattr(error.kind, "unexpected", None)
    if unexpected:
        known = sorted(schema.get("properties", ()))
        return f"The key {unexpected[0]!r} is unknown.", did_you_mean(unexpected[0], known)
    if "enum" in schema:
        return "The value is unknown.", f"Write one of: {', '.join(schema['enum'])}."
    if "examples" in schema:
        return "The value is malformed.", f"Write it like {' or '.join(schema['examples'])}."
    return f"{error.message}.", f"{KEY} is described in docs/contract.md."


def _schema_at(error: jsonschema_rs.ValidationError) -> dict[str, Any]:
    """Return the schema whose keyword failed, through the references on the way."""
    node: Any = _vocabulary()["$defs"]
    path = [part for part in error.schema_path if part not in ("$ref", "$defs")]
    current: Any = {"$ref": "#/$defs/" + str(error.schema_path[0])} if not path else node
    if path and path[0] not in node:
        current = _vocabulary()["$defs"]["root"]
    for part in path[:-1]:
        while isinstance(current, Mapping) and "$ref" in current:
            current = node[current["$ref"].rsplit("/", 1)[-1]]
        try:
            current = current[part]
        except (KeyError, IndexError, TypeError):
            return {}
    while isinstance(current, Mapping) and "$ref" in current:
        current = node[current["$ref"].rsplit("/", 1)[-1]]
    return dict(current) if isinstance(current, Mapping) else {}


def seconds(text: str) -> float:
    """Read a duration such as `500ms`, `5s`, `10m`; 0 is none."""
    for unit, factor in UNITS.items():
        if text.endswith(unit) and text[: -len(unit)].replace(".", "", 1).isdigit():
            return float(text[: -len(unit)]) * factor
    raise ValueError(f"{text!r} is not a duration; write it like 5s")


def size(text: str | int) -> int:
    """Read a size such as `32MiB`, in bytes."""
    if isinstance(text, int):
        return text
    for unit, factor in SIZES.items():
        if text.endswith(unit):
            return int(text[: -len(unit)]) * factor
    raise ValueError(f"{text!r} is not a size; write it like 32MiB")


def _variables(headers: Mapping[str, Any]) -> tuple[tuple[bytes, str, str | None], ...]:
    """Read `headers` as (lower-case name, variable, default); a plain string is a default alone."""
    return tuple(
        (name.lower().encode(), "", value)
        if isinstance(value, str)
        else (name.lower().encode(), value["env"], value.get("default"))
        for name, value in headers.items()
    )


def build_policy(own: Mapping[str, Any], defaults: Mapping[str, Any], scope: str) -> Policy:
    """Make the policy of one operation: what it says itself, else the document's defaults."""
    said = {**defaults, **own}
    times = {**defaults.get("timeouts", {}), **own.get("timeouts", {})}
    plain = Timeouts()
    return Policy(
        upstream=said.get("upstream", "default"),
        public=said.get("public", False),
        request=said.get("request", "enforce"),
        response=said.get("response", "off"),
        max_body=size(own["max-body"]) if "max-body" in own else None,
        timeouts=Timeouts(
            connect=seconds(times["connect"]) if "connect" in times else plain.connect,
            first_byte=seconds(times["first-byte"]) if "first-byte" in times else plain.first_byte,
            idle=seconds(times["idle"]) if "idle" in times else plain.idle,
            total=seconds(times["total"]) if "total" in times else plain.total,
        ),
        headers=_variables({**defaults.get("headers", {}), **own.get("headers", {})}),
        retry=said.get("retry", "connect"),
        usage=said.get("usage"),
        scope=said.get("scope", scope),
        actions=own.get("actions"),
        raw_path=said.get("raw-path", False),
        one_of=said.get("one-of", "any"),
        unknown_query=said.get("unknown-query", "pass"),
        max_whole_body=size(defaults.get("max-body", "32MiB")),
    )


def build_upstreams(root: Mapping[str, Any]) -> dict[str, UpstreamPolicy]:
    """Read `x-gateway.upstreams`."""
    upstreams = {}
    for name, said in root.get("upstreams", {}).items():
        url = said["url"]
        named = not isinstance(url, str)
        upstreams[name] = UpstreamPolicy(
            name=name,
            url=url.get("default", "") if named else url,
            url_env=url["env"] if named else None,
            headers=_variables(said.get("headers", {})),
            connections=said.get("pool", {}).get("connections", 0),
        )
    return upstreams


def build_credentials(root: Mapping[str, Any]) -> dict[str, CredentialPolicy]:
    """Read `x-gateway.credentials`."""
    return {
        scheme: CredentialPolicy(scheme=scheme, env=said["env"], relay_keys=said.get("relay-keys"))
        for scheme, said in root.get("credentials", {}).items()
    }

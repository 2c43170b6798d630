"""`x-gateway`: the document's own vocabulary, checked by `spec/x-gateway.schema.json`."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

import jsonschema_rs

from gateway.contract.model import CredentialPolicy, Policy, Timeouts, UpstreamPolicy
from gateway.contract.pointer import escape, resolve
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
    """List what is wrong with an `x-gateway` object; `place` is where its holder stands."""
    path = f"{place}/{KEY}"
    return [
        Problem(f"{path}{_path(error)}", message, mend)
        for error in _validator(part).iter_errors(value)
        for message, mend in _explain(error)
    ]


def _path(error: jsonschema_rs.ValidationError) -> str:
    return "".join(f"/{escape(str(part))}" for part in error.instance_path)


def _explain(error: jsonschema_rs.ValidationError) -> Iterator[tuple[str, str]]:
    """Say what each breach of the vocabulary is and how it is mended, without quoting values."""
    where = "".join(f"/{escape(str(part))}" for part in error.schema_path[:-1])
    schema = resolve(_vocabulary(), where)
    kind = error.kind.as_dict()
    if "unexpected" in kind:
        for key in kind["unexpected"]:
            message = f"`{KEY}` has no key {key!r} here."
            yield message, did_you_mean(key, schema.get("properties", ()))
    elif error.kind.name == "enum":
        yield "The value is not known.", f"Write one of: {', '.join(schema['enum'])}."
    elif error.kind.name == "required":
        yield f"The key {kind['property']!r} is missing.", schema["description"]
    else:
        yield "The value is not of this form.", _nearest_description(where)


def _nearest_description(where: str) -> str:
    """Return the description of a schema of the vocabulary, or of the one that holds it."""
    schema = resolve(_vocabulary(), where)
    found = schema.get("description") if isinstance(schema, Mapping) else None
    return str(found) if found else _nearest_description(where.rpartition("/")[0])


def checked_root(document: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Return the root's `x-gateway`, less what is wrong with it, which goes to `problems`."""
    said = document.get(KEY)
    if said is None:
        return {}
    problems += check_policy(said, "root", "")
    if not isinstance(said, Mapping):
        return {}
    return {key: value for key, value in said.items() if not check_policy({key: value}, "root", "")}


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
        if text.endswith(unit) and text[: -len(unit)].isdigit():
            return int(text[: -len(unit)]) * factor
    raise ValueError(f"{text!r} is not a size; write it like 32MiB")


def _variables(headers: Mapping[str, Any]) -> tuple[tuple[bytes, str, str | None], ...]:
    """Read `headers` as (lower-case name, variable, default); a plain string is a default alone."""
    by_name = {name.lower().encode(): value for name, value in headers.items()}
    return tuple(
        (name, "", value) if isinstance(value, str) else (name, value["env"], value.get("default"))
        for name, value in by_name.items()
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
        actions=said.get("actions"),
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

"""A second reading of schemas, as an importer of Actions takes them; see `actions_checker`."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Any


def resolved(document: Mapping[str, Json], node: Json) -> Mapping[str, Json]:
    """Follow references to components; anything that is no object is an empty one."""
    for _ in range(50):
        if not isinstance(node, Mapping) or "$ref" not in node:
            return node if isinstance(node, Mapping) else {}
        node = _component(document, node["$ref"])
    return {}


def _component(document: Mapping[str, Json], reference: Json) -> Json:
    """Return what `#/components/KIND/NAME` leads to; None for any other reference."""
    parts = str(reference).split("/")
    if len(parts) != 4 or parts[:2] != ["#", "components"]:
        return None
    kind = document.get("components", {}).get(parts[2])
    name = parts[3].replace("~1", "/").replace("~0", "~")
    return kind.get(name) if isinstance(kind, Mapping) else None


def check_schema(
    document: Mapping[str, Json],
    schema: Json,
    *,
    sent: bool | None,
    above: tuple[str, ...] = (),
    done: set[str] | None = None,
) -> Iterator[str]:
    """Check a schema and all that it is made of; `above` are the components it
    stands in, `done` those that were checked before.

    `sent`: True for requests, False for responses, None where that is not known.
    """
    done = set() if done is None else done
    if not isinstance(schema, Mapping):
        yield "a schema is no object"
        return
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        leads_to = _component(document, schema["$ref"])
        if leads_to is None:
            yield f"reference to unknown {name}"
        elif name in above:
            yield f"{name} contains itself"
        elif name not in done:
            inside = (*above, name)
            yield from check_schema(document, leads_to, sent=sent, above=inside, done=done)
            done.add(name)
        return
    yield from _keywords(schema, sent=sent)
    inner: list[Json] = [schema[key] for key in ("items", "not") if key in schema]
    for key in ("allOf", "anyOf", "oneOf"):
        inner += schema[key] if isinstance(schema.get(key), list) else []
    properties = schema.get("properties")
    inner += properties.values() if isinstance(properties, Mapping) else []
    for each in inner:
        yield from check_schema(document, each, sent=sent, above=above, done=done)


def _keywords(schema: Mapping[str, Json], *, sent: bool | None) -> Iterator[str]:
    kind = schema.get("type")
    if not isinstance(kind, str):
        yield "not one plain type"
    if kind == "object" and not isinstance(schema.get("properties"), Mapping):
        yield "an object without properties"
    if kind == "array" and schema.get("items") in (None, {}, True):
        yield "an array of anything"
    if "anyOf" in schema or "oneOf" in schema:
        yield "a union"
    if schema.get("nullable") or None in (schema.get("enum") or []):
        yield "may be null"
    if schema.get("enum") == []:
        yield "an empty enum"
    if schema.get("format") == "binary":
        yield "bytes"
    more = schema.get("additionalProperties", False)
    if more is True and sent is not False:
        yield "takes undeclared members"
    if isinstance(more, Mapping):
        yield "a map"

"""A second reading of an Actions document, written from what is known of the importer alone.

It shares no code with the project: a rule that the projection and the linter got wrong together
would show here. It is simple where the linter is kind: it follows references as it goes, tells each
fault in a sentence, and does not say how to mend it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.independent.schema_checker import check_schema, resolved

METHODS = {"get", "put", "post", "delete", "patch"}
Json = Any


def check_document(
    document: Mapping[str, Json],
    *,
    other_domains: frozenset[str] = frozenset(),
    public: bool = False,
    privacy_policy: str = "",
) -> list[str]:
    """Return every fault of a document; an importer takes one without faults as it is."""
    found = [*_head(document), *_server(document, other_domains), *_components(document)]
    if public and not privacy_policy.startswith("https://"):
        found.append("privacy policy: a public GPT needs an https URL")
    paths = document.get("paths")
    if not isinstance(paths, Mapping):
        return [*found, "paths: no object"]
    operations = list(_operations(paths, found))
    if len(operations) > 30:
        found.append(f"paths: {len(operations)} operations")
    names = [operation.get("operationId") for _, _, operation in operations]
    found += [f"operationId {name}: used twice" for name in set(names) if names.count(name) > 1]
    for path, method, operation in operations:
        where = f"{method} {path}"
        found += [f"{where}: {fault}" for fault in _operation(document, method, operation)]
    return found


def _head(document: Mapping[str, Json]) -> Iterator[str]:
    if document.get("openapi") not in ("3.1.0", "3.1.1"):
        yield "openapi: not 3.1.0 or 3.1.1"
    if not isinstance(document.get("info"), Mapping):
        yield "info: no object"


def _server(document: Mapping[str, Json], other_domains: frozenset[str]) -> Iterator[str]:
    servers = document.get("servers")
    if not isinstance(servers, list) or len(servers) != 1 or not isinstance(servers[0], Mapping):
        yield "servers: not one"
        return
    url = str(servers[0].get("url", ""))
    if not re.fullmatch(r"https://[a-z0-9.-]+(/[^\s{}]*)?", url):
        yield "servers: not https, with a host in lower case and no port"
    elif urlsplit(url).hostname in {each.lower() for each in other_domains}:
        yield "servers: another action has the domain"


def _components(document: Mapping[str, Json]) -> Iterator[str]:
    components = document.get("components")
    if not isinstance(components, Mapping) or not isinstance(components.get("schemas"), Mapping):
        yield "components: schemas is no object"
        return
    schemes = components.get("securitySchemes", {})
    if not isinstance(schemes, Mapping):
        yield "components: securitySchemes is no object"
    elif len(schemes) > 1:
        yield "components: several security schemes"
    else:
        yield from (
            f"security scheme {name}: not for the editor"
            for name, each in schemes.items()
            if not _editor_takes(each)
        )
    for name, schema in components["schemas"].items():
        for fault in check_schema(document, schema, sent=None, above=(name,)):
            yield f"component {name}: {fault}"


def _editor_takes(scheme: Json) -> bool:
    if not isinstance(scheme, Mapping):
        return False
    kind = scheme.get("type")
    if kind == "oauth2":
        return "authorizationCode" in scheme.get("flows", {})
    if kind == "apiKey":
        return scheme.get("in") == "header"
    return kind == "http" and str(scheme.get("scheme")).lower() in ("basic", "bearer")


def _operations(
    paths: Mapping[str, Json], found: list[str]
) -> Iterator[tuple[str, str, Mapping[str, Json]]]:
    for path, item in paths.items():
        if not isinstance(item, Mapping):
            found.append(f"{path}: no object")
            continue
        for key, operation in item.items():
            if key not in METHODS:
                found.append(f"{path}: unrecognized key {key}")
            elif not isinstance(operation, Mapping):
                found.append(f"{key} {path}: no object")
            else:
                yield path, key, operation


def _operation(
    document: Mapping[str, Json], method: str, operation: Mapping[str, Json]
) -> Iterator[str]:
    name = operation.get("operationId")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        yield "operationId: missing, or of a wrong form"
    for key in ("summary", "description"):
        if len(operation.get(key) or "") > 300:
            yield f"{key}: over 300 characters"
    if not isinstance(operation.get("x-openai-isConsequential"), bool):
        yield "x-openai-isConsequential: not said"
    taken: list[str] = []
    for parameter in operation.get("parameters") or []:
        yield from _parameter(document, parameter, taken)
    if "requestBody" in operation:
        yield from _body(document, method, operation["requestBody"], taken)
    yield from (f"name {each}: used twice" for each in set(taken) if taken.count(each) > 1)
    responses = operation.get("responses", {})
    if not isinstance(responses, Mapping):
        yield "responses: no object"
        return
    for status, response in responses.items():
        yield from (f"response {status}: {fault}" for fault in _response(document, response))


def _parameter(document: Mapping[str, Json], parameter: Json, taken: list[str]) -> Iterator[str]:
    if not isinstance(parameter, Mapping) or not isinstance(parameter.get("name"), str):
        yield "parameter: a reference, or without a name"
        return
    name = parameter["name"]
    taken.append(name)
    if parameter.get("in") not in ("path", "query"):
        yield f"parameter {name}: not in path or query"
    if len(parameter.get("description") or "") > 700:
        yield f"parameter {name}: description over 700 characters"
    if name in ("stream", "openaiFileIdRefs"):
        yield f"parameter {name}: has no meaning there"
    schema = parameter.get("schema")
    if parameter.get("in") == "query" and resolved(document, schema).get("type") == "array":
        yield f"parameter {name}: an array"
    yield from check_schema(document, schema, sent=True)


def _body(document: Mapping[str, Json], method: str, body: Json, taken: list[str]) -> Iterator[str]:
    content = resolved(document, body).get("content")
    if not isinstance(content, Mapping) or "application/json" not in content:
        yield "body: not application/json"
        return
    schema = content["application/json"].get("schema")
    root = resolved(document, schema)
    if root.get("type") != "object" or {"oneOf", "anyOf", "allOf"} & set(root):
        yield "body: not one object"
    members = root.get("properties")
    for name, member in (members if isinstance(members, Mapping) else {}).items():
        taken.append(name)
        if name == "stream":
            yield "body: asks for a stream"
        if name == "openaiFileIdRefs":
            inner = resolved(document, resolved(document, member).get("items"))
            if method != "post" or inner.get("type") != "string":
                yield "body: openaiFileIdRefs is no array of strings in a POST"
        if isinstance(member, Mapping) and len(member.get("description") or "") > 700:
            yield f"body: description of {name} over 700 characters"
    yield from check_schema(document, schema, sent=True)


def _response(document: Mapping[str, Json], response: Json) -> Iterator[str]:
    content = resolved(document, response).get("content", {})
    if not isinstance(content, Mapping):
        yield "content is no object"
        return
    for media_type, media in content.items():
        if media_type.partition(";")[0] not in ("application/json", "text/plain"):
            yield f"{media_type} is neither JSON nor text"
        schema = media.get("schema") if isinstance(media, Mapping) else None
        if schema is not None:
            yield from check_schema(document, schema, sent=False)

"""An installed `openai` package as a contract: what its methods send, and by which types."""

import importlib
import re
from collections.abc import Mapping
from typing import Any

from codegen.drift.operations import Vendor
from codegen.drift.sdk_calls import SdkCall, sdk_calls
from codegen.drift.sdk_types import SdkTypes
from gateway.contract.compile import compile_contract
from gateway.contract.prepare import prepare
from gateway.contract.segments import TEMPLATE
from gateway.errors import Problem, StartError

PACKAGE = "openai"
SERVER = "https://api.openai.com/v1"  # where the package's client sends its paths
# What type hints have no words for.
SILENT = frozenset(
    (
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "format", "contentEncoding"),
        *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
        *("propertyNames", "dependentRequired", "anyOf/required"),
    )
)


def read_sdk() -> Vendor:
    """Read the installed package; raises StartError where there is none."""
    try:
        package = importlib.import_module(PACKAGE)
    except ImportError as error:
        message = "The package is not installed."
        mend = f"Run `pip install {PACKAGE}`, or name a document's file."
        raise StartError([Problem(PACKAGE, message, mend)]) from error
    document = sdk_document(list(sdk_calls(package)), str(package.__version__))
    contract = compile_contract(prepare(document), source=PACKAGE)
    return Vendor(contract, SILENT, vague=True)


def sdk_document(calls: list[SdkCall], version: str) -> Mapping[str, Any]:
    """Return an OpenAPI document of the calls; those of one method and path are one operation."""
    types = SdkTypes()
    groups: dict[tuple[str, str], list[SdkCall]] = {}
    for call in calls:
        groups.setdefault((call.path, call.method), []).append(call)
    paths: dict[str, dict[str, Any]] = {}
    for (path, method), group in groups.items():
        paths.setdefault(path, {})[method] = _operation(path, method, group, types)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"The {PACKAGE} package", "version": version},
        "servers": [{"url": SERVER}],
        "paths": paths,
        "components": {"schemas": types.components},
    }


def _operation(path: str, method: str, group: list[SdkCall], types: SdkTypes) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in TEMPLATE.findall(path)
    ]
    parameters += _query(group, types)
    parameters += [
        {"name": name, "in": "header", "schema": {}}
        for name in dict.fromkeys(name for call in group for name in call.headers)
    ]
    name = re.sub(r"[^A-Za-z0-9]+", "_", f"{method} {path}").strip("_")
    made: dict[str, Any] = {"operationId": name, "parameters": parameters, "responses": {}}
    bodies = [types.members(each) for call in group for each in call.body]
    if bodies:
        schema = bodies[0] if len(bodies) == 1 else {"anyOf": bodies}
        media_types = dict.fromkeys(name for call in group for name in call.media_types)
        made["requestBody"] = {
            "required": True,  # an object without a member is sent too
            "content": {name: {"schema": schema} for name in media_types},
        }
    return made


def _query(group: list[SdkCall], types: SdkTypes) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in (each for call in group for each in call.query):
        schema = types.members(each)
        for part in schema.get("anyOf", [schema]):
            for name, said in part.get("properties", {}).items():
                required = name in part["required"]
                if name in found:
                    found[name]["required"] = found[name]["required"] and required
                else:
                    found[name] = {
                        **{"name": name, "in": "query", "required": required},
                        "schema": _without_null(said),
                    }
    return list(found.values())


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a query parameter's schema: None is left out of a query."""
    kept = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not kept:
        return schema
    return kept[0] if len(kept) == 1 else {"anyOf": kept}

"""Documents for tests, built and compiled."""

from pathlib import Path
from typing import Any

import yaml

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract

SHIPPED = Path(__file__).parents[2] / "spec" / "openapi.yaml"


def operation(identity: str, **members: Any) -> dict[str, Any]:
    """Return an operation of a document."""
    return {"operationId": identity, "responses": {"200": {"description": "Well."}}, **members}


def body(media_type: str, schema: Any = None, **members: Any) -> dict[str, Any]:
    """Return a request body of one media type."""
    media = {} if schema is None else {"schema": schema}
    return {"requestBody": {"content": {media_type: {**media, **members}}}}


def parameter(name: str, place: str, schema: Any, **members: Any) -> dict[str, Any]:
    """Return a parameter; those in the path are required."""
    said = {"name": name, "in": place, "schema": schema, **members}
    return {**said, "required": True} if place == "path" else said


def document(paths: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return a document whose operations ask for a bearer key."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trees & <shrubs>", "version": "1"},
        "servers": [{"url": "http://upstream.invalid"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        **members,
    }


def contract_of(tree: dict[str, Any], folder: Path) -> Contract:
    """Compile a document."""
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_contract(path)

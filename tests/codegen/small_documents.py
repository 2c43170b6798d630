"""Documents that are not the shipped one: a 3.0 one without curation, a large one with two sets."""

import json
from pathlib import Path
from typing import Any

import yaml

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract


def pets() -> dict[str, Any]:
    """A document of OpenAPI 3.0.3 without curation."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "pets.yaml").read_text())
    return found


def shelves() -> dict[str, Any]:
    """A document of 80 operations in two action sets of 20; the rest by envelope."""
    paths: dict[str, Any] = {}
    ids = []
    for number in range(40):
        for method, verb in (("get", "read"), ("post", "write")):
            identity = f"{verb}Shelf{number}"
            operation = {
                "operationId": identity,
                "tags": [f"room{number // 10}"],
                "summary": f"{verb.capitalize()} shelf {number}",
                "x-gateway": {"actions": "direct" if number < 20 else "envelope"},
                "responses": {"200": {"description": "It."}},
            }
            if method == "post":
                schema = {"type": "object", "properties": {"text": {"type": "string"}}}
                operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
            paths.setdefault(f"/shelves/{number}", {})[method] = operation
            ids.append(identity)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shelves", "version": "1"},
        "servers": [{"url": "https://shelves.example.com"}],
        "x-gateway": {"action-sets": {"first": ids[:20], "second": ids[20:40]}},
        "paths": paths,
    }


def write(document: dict[str, Any], folder: Path, name: str = "document.json") -> Path:
    """Write a document to a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(document, indent=1))
    return path


def contract_of(document: dict[str, Any], folder: Path) -> Contract:
    """Compile a document."""
    return load_contract(write(document, folder))

"""Documents that are not the shipped one: a 3.0 one without curation, a large one with two sets."""

import json
from pathlib import Path
from typing import Any

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract


def pets() -> dict[str, Any]:
    """A document of OpenAPI 3.0.3 with what others write: nullable, forms, uploads, recursion."""
    pet = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "description": "What it listens to."},
            "tag": {"type": "string", "nullable": True},
            "age": {"type": "integer", "minimum": 0, "default": 1},
            "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
            "notes": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    pet_answer = {"200": {"description": "It.", **body}}
    photo = {
        "type": "object",
        "required": ["photo"],
        "properties": {
            "photo": {"type": "string", "format": "binary"},
            "caption": {"type": "string"},
        },
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Pets", "version": "1", "contact": {"email": "pets@example.com"}},
        "servers": [{"url": "https://api.example.com/v2"}],
        "tags": [{"name": "Pets & friends", "description": "All | animals."}],
        "paths": {
            "/pets": {
                "get": {
                    "operationId": "listPets",
                    "tags": ["Pets & friends"],
                    "summary": "Lists pets",
                    "parameters": [
                        {"name": "kind", "in": "query", "schema": {"enum": ["cat", "dog"]}},
                        {"name": "tags", "in": "query", "schema": {"type": "array", "items": {}}},
                    ],
                    "responses": {"200": {"description": "They."}},
                },
                "post": {
                    "operationId": "createPet",
                    "tags": ["Pets & friends"],
                    "summary": "Add a pet",
                    "requestBody": {"required": True, **body},
                    "responses": pet_answer,
                },
            },
            "/pets/{pet_id}": {
                "parameters": [
                    {
                        "name": "pet_id",
                        "in": "path",
                        "required": True,
                        "description": "Whose.",
                        "schema": {"type": "integer"},
                    }
                ],
                "delete": {
                    "operationId": "deletePet",
                    "summary": "Pet removal",
                    "responses": {"204": {"description": "Gone."}},
                },
            },
            "/pets/{pet_id}/photo": {
                "parameters": [
                    {
                        "name": "pet_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer"},
                    }
                ],
                "get": {
                    "operationId": "getPhoto",
                    "responses": {"200": {"description": "It.", "content": {"image/png": {}}}},
                },
                "put": {
                    "operationId": "putPhoto",
                    "requestBody": {"content": {"multipart/form-data": {"schema": photo}}},
                    "responses": {"204": {"description": "Taken."}},
                },
            },
        },
        "components": {"schemas": {"Pet": pet}},
    }


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

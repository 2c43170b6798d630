"""A small document, and gateways for it that have a defect."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gateway.app import build_app
from gateway.contract.model import Contract
from gateway.settings import Settings
from tests.contract.schemathesis_run import BuildApp
from tests.contract.schemathesis_secrets import KEY

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Kennel", "version": "1"},
    "servers": [{"url": "https://kennel.example.com/v1"}],
    "security": [{"Token": []}],
    "paths": {
        "/dogs": {
            "post": {
                "operationId": "addDog",
                "tags": ["dogs"],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"name": {"type": "string", "minLength": 1}},
                            }
                        }
                    },
                },
                "responses": {
                    "200": {
                        "description": "The dog.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["id"],
                                    "properties": {"id": {"type": "integer"}},
                                }
                            }
                        },
                    }
                },
            }
        },
        "/cats": {
            "get": {
                "operationId": "listCats",
                "tags": ["Big cats"],
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {"204": {"description": "Nothing."}},
            }
        },
    },
    "components": {"securitySchemes": {"Token": {"type": "http", "scheme": "bearer"}}},
}

Change = Callable[[dict[str, Any]], None]


def changed(change: Change) -> BuildApp:
    """Build a gateway each of whose messages passes `change`."""

    def build(contract: Contract, settings: Settings) -> Any:
        inner = build_app(contract, settings)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            async def send_changed(message: dict[str, Any]) -> None:
                if scope["type"] == "http":
                    change(message)
                await send(message)

            await inner(scope, receive, send_changed)

        return app

    return build


def unchecked(contract: Contract, settings: Settings) -> Any:
    """Build a gateway that looks at no request."""
    operations = {
        name: replace(each, policy=replace(each.policy, request="off"))
        for name, each in contract.operations.items()
    }
    return build_app(replace(contract, operations=operations), settings)


def with_field(value: str) -> Change:
    def change(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"x-seen", value.encode())]

    return change


def failing(message: dict[str, Any]) -> None:
    if message["type"] == "http.response.start" and message["status"] == 200:
        message["status"] = 500


def wrongly_typed(message: dict[str, Any]) -> None:
    if message["type"] == "http.response.body":
        message["body"] = message["body"].replace(b'"id":', b'"ID":').replace(b'"code"', b'"CODE"')


def talkative(message: dict[str, Any]) -> None:
    if message["type"] == "http.response.start":
        logging.getLogger("specrelay.access").info("a request with %s came", KEY)

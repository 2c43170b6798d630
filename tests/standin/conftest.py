import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.standin.app import standin_app
from gateway.standin.record import Record, Recorded
from tests.servers import Served, serve_in_thread

EVENT_STREAM = "text/event-stream"
OBJECT = {
    "type": "object",
    "required": ["id", "model"],
    "properties": {
        "id": {"type": "string"},
        "model": {"type": "string", "example": "sample-1"},
        "count": {"type": "integer", "maximum": 9},
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "additionalProperties": False,
}
EVENTS = {
    "anyOf": [
        {
            "type": "object",
            "required": ["type", "n"],
            "properties": {"type": {"const": f"part.{name}"}, "n": {"type": "integer"}},
        }
        for name in ("start", "middle", "end", "never")
    ]
}
OK_OBJECT = {"200": {"description": "", "content": {"application/json": {"schema": OBJECT}}}}


def answer(content: dict[str, Any], status: str = "200", **more: Any) -> dict[str, Any]:
    return {"responses": {status: {"description": "", "content": content, **more}}}


PATHS: dict[str, Any] = {
    "/things": {
        "post": {"operationId": "makeThing", "responses": OK_OBJECT},
        "head": {"operationId": "headThings", "responses": {"200": {"description": ""}}},
    },
    "/things/{thing_id}": {
        "parameters": [
            {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "get": {
            "operationId": "getThing",
            "responses": OK_OBJECT
            | {
                "404": {
                    "description": "",
                    "content": {"application/json": {"schema": {"const": {"gone": True}}}},
                }
            },
        },
        "delete": {"operationId": "dropThing", "responses": {"204": {"description": ""}}},
    },
    "/stream": {
        "post": {
            "operationId": "stream",
            **answer({"application/json": {"schema": OBJECT}, EVENT_STREAM: {"schema": EVENTS}}),
        }
    },
    "/sampled": {
        "get": {
            "operationId": "sampled",
            **answer(
                {
                    EVENT_STREAM: {
                        "x-stream": {
                            "events": [{"event": "a", "data": {"n": 1}}, {"data": "two\nlines"}],
                            "done": True,
                            "when": {"query": "live", "equals": True},
                        }
                    },
                    "application/json": {"example": {"plain": True}},
                }
            ),
        }
    },
    "/sound": {"get": {"operationId": "sound", **answer({"audio/wav": {}})}},
    "/any": {"get": {"operationId": "any", **answer({"*/*": {}})}},
    "/text": {"get": {"operationId": "text", **answer({"text/plain": {"example": "v=0"}})}},
    "/lines": {
        "get": {"operationId": "lines", **answer({"application/jsonl": {"example": [{"n": 1}, 2]}})}
    },
    "/made": {
        "post": {
            "operationId": "made",
            **answer(
                {},
                "201",
                headers={"Location": {"required": True, "schema": {"const": "/made/1"}}},
            ),
        }
    },
    "/upload": {"post": {"operationId": "upload", "responses": OK_OBJECT}},
    "/live": {
        "get": {"operationId": "live", "responses": {"101": {"description": "the upgrade"}}}
    },
}  # fmt: skip


@dataclass
class StandInServer:
    served: Served
    record: Record
    contract: Contract

    @property
    def url(self) -> str:
        return self.served.url

    def ended(self, wanted: str, seconds: float = 3.0) -> Recorded:
        """Return the last entry, once it has ended as wanted."""
        limit = time.monotonic() + seconds
        while self.record.entries()[-1].ended != wanted:
            assert time.monotonic() < limit, self.record.entries()[-1]
            time.sleep(0.01)
        return self.record.entries()[-1]


@pytest.fixture(scope="session")
def contract_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], Contract]:
    def make(paths: dict[str, Any]) -> Contract:
        folder: Path = tmp_path_factory.mktemp("contract")
        document = {
            "openapi": "3.1.0",
            "info": {"title": "Things", "version": "1"},
            "servers": [{"url": "https://api.example.com/v1"}],
            "paths": paths,
        }
        (folder / "openapi.json").write_text(json.dumps(document))
        return load_contract(folder / "openapi.json", folder / "cache")

    return make


@pytest.fixture(scope="session")
def things(contract_of: Callable[[dict[str, Any]], Contract]) -> Contract:
    return contract_of(PATHS)


@contextmanager
def running(contract: Contract, **options: Any) -> Iterator[StandInServer]:
    record = Record()
    with serve_in_thread(standin_app(contract, record=record, **options)) as served:
        yield StandInServer(served, record, contract)


@pytest.fixture(scope="module")
def standin(things: Contract) -> Iterator[StandInServer]:
    with running(things, faults=True, pace=0.01) as server:
        yield server


@pytest.fixture(scope="module")
def plain_standin(things: Contract) -> Iterator[StandInServer]:
    with running(things) as server:
        yield server

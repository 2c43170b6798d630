"""Contracts of 100, 400 and 1,223 operations: what routing costs, counted, and what loading takes.

Counted in this process, so the figures of one machine are those of any other.
"""

import json
import time
from operator import truediv
from pathlib import Path

import uvloop
from starlette.types import ASGIApp

from tests.bench.in_process import Request, call, calls, close, gateway

NAME = "contracts"
SIZES = (100, 400, 1223)


def document(operations: int) -> dict[str, object]:
    """Make a document in which every second path is templated."""
    paths: dict[str, object] = {}
    for number in range(operations):
        path = f"/group{number % 40}/thing{number}" + ("/{id}" if number % 2 else "")
        name = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        paths[path] = {
            "parameters": [name] if number % 2 else [],
            "post": {
                "operationId": f"operation{number}",
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {"200": {"description": "Done."}},
            },
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Many", "version": "1"},
        "servers": [{"url": "http://127.0.0.1:1"}],
        "paths": paths,
    }


def request(number: int) -> Request:
    path = f"/group{number % 40}/thing{number}" + ("/some-id" if number % 2 else "")
    return path, [(b"content-type", b"application/json")], [b'{"a": 1}']


async def counts(app: ASGIApp, operations: int) -> tuple[int, int]:
    """Return the calls of a request to an exact and to a templated path, the last ones."""
    found = []
    for number in sorted((operations - 1, operations - 2), key=lambda each: each % 2):
        for _ in range(3):
            await call(app, request(number))
        found.append((await calls(lambda n=number: call(app, request(n)))).total())
    await close(app)
    return found[0], found[1]


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each size; the ratio is that of the calls to the smallest contract's."""
    del rounds, seconds
    rows: list[dict[str, object]] = []
    found: list[tuple[int, int]] = []
    for size in SIZES:
        spec = folder / f"{size}.json"
        spec.write_text(json.dumps(document(size)))
        begun = time.process_time()
        with gateway(spec) as (app, _):
            loaded = time.process_time() - begun
            found.append(uvloop.run(counts(app, size)))
        rows.append(
            {
                "operations": f"{size:,}",
                "calls, exact path": found[-1][0],
                "calls, templated path": found[-1][1],
                f"x {SIZES[0]}": round(max(map(truediv, found[-1], found[0])), 3),
                "CPU s to load": round(loaded, 2),
            }
        )
    return rows

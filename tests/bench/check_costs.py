"""What the check of a body is made of: to read it, to read it strictly, the schema.

Beside it stands what other readers take that accept doubled names and numbers out of range: with
values of Python, which the schema engine asks for, no check can cost less than these two together.
"""

import json
import time
import timeit
from collections.abc import Callable
from pathlib import Path

import jiter
import orjson

from gateway.contract.compile import load_contract
from gateway.validate.body import check_body
from gateway.validate.strict_json import parse_json
from tests.bench.bodies import LOADS
from tests.bench.servers import ROOT

NAME = "check"
TYPE = b"application/json"
BATCH = 0.0005  # seconds that are measured together: the clock's steps are then small
PROSE = "At 10:30: see https://example.com, please: they all say so. "
WRITTEN = json.dumps({"model": "m", "messages": [{"role": "user", "content": PROSE * 33}] * 100})
BODIES = LOADS | {"100 x 2 KB of prose": WRITTEN}


def cheapest(work: Callable[[], object], seconds: float) -> float:
    """Return the µs of processor time that a call takes: the least of many, until `seconds` end."""
    timer = timeit.Timer(work, timer=time.thread_time)
    number = max(5, round(BATCH / (timer.timeit(5) / 5)))
    least = float("inf")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        least = min(least, timer.timeit(number) / number)
    return least * 1e6


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each load: µs of its parts and in all."""
    del folder
    each = rounds * seconds / 24
    operation = load_contract(ROOT / "spec" / "openapi.yaml").operations["createChatCompletion"]
    assert operation.body is not None
    check = operation.body.types[0].check
    assert check is not None
    rows: list[dict[str, object]] = []
    for name, body in BODIES.items():
        data = body.encode()
        value = json.loads(data)
        assert check_body(operation, TYPE, None, data) == []
        readers = {
            "jiter": cheapest(lambda data=data: jiter.from_json(data), each),
            "orjson": cheapest(lambda data=data: orjson.loads(data), each),
            "json": cheapest(lambda data=data: json.loads(data), each),
        }
        schema = cheapest(lambda value=value: check.is_valid(value), each)
        costs = {f"read by {reader}": cost for reader, cost in readers.items()}
        costs["read strictly"] = cheapest(lambda data=data: parse_json(data), each)
        costs["schema"] = schema
        costs["check"] = cheapest(lambda data=data: check_body(operation, TYPE, None, data), each)
        costs["least without strictness"] = min(readers.values()) + schema
        rows.append({"body": name} | {what: round(cost, 1) for what, cost in costs.items()})
    return rows

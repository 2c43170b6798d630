"""What the check of a body is made of: to read it, to read it strictly, the schema.

Beside it stands what other readers take that accept doubled names and numbers out of range: with
values of Python, which the schema engine asks for, no check can cost less than these two together.
"""

import json
import time
import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path

import jiter
import orjson

from gateway.contract.compile import load_contract
from gateway.validate.body import check_body
from gateway.validate.strict_json import parse_json, parse_strictly
from tests.bench.run import LOADS, messages
from tests.bench.servers import ROOT

NAME = "check"
TYPE = b"application/json"
BATCH = 0.0005  # seconds that are measured together: the clock's steps are then small
PROSE = "At 10:30: see https://example.com, please: they all say so. "
ANSWER = (
    '{"id": 1234567, "name": "Somewhere", "status": "active"}, '  # in a string, as tools give it
)
COMPACT = (",", ":")
BODIES = {name: load.body for name, load in LOADS.items()} | {
    "100 x 2 KB of prose": messages(100, PROSE * 33),
    "100 x 2 KB of JSON": messages(100, ANSWER * 33),
    "1,500 x 100 B, compact": messages(1500, "x" * 100, COMPACT),
    "600 x 300 B": messages(600, "x" * 300),
    "600 x 300 B, compact": messages(600, "x" * 300, COMPACT),
}
READERS = {"jiter": jiter.from_json, "orjson": orjson.loads, "json": json.loads}


def cheapest(works: dict[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Return the µs of processor time that a call of each takes: the least of many, in turn."""
    timers = {what: timeit.Timer(work, timer=time.thread_time) for what, work in works.items()}
    numbers = {what: max(5, round(BATCH / (each.timeit(5) / 5))) for what, each in timers.items()}
    least = dict.fromkeys(works, float("inf"))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for what, timer in timers.items():
            spent = timer.timeit(numbers[what]) / numbers[what]
            least[what] = min(least[what], spent * 1e6)
    return least


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each load: µs of its parts and in all."""
    del folder
    each = rounds * seconds / len(BODIES)
    operation = load_contract(ROOT / "spec" / "openapi.yaml").operations["createChatCompletion"]
    assert operation.body is not None
    check = operation.body.types[0].check
    assert check is not None
    rows: list[dict[str, object]] = []
    for name, body in BODIES.items():
        data = body.encode()
        checking = partial(check_body, operation, TYPE, None, data)
        assert checking() == []
        works: dict[str, Callable[[], object]] = {
            f"read by {reader}": partial(read, data) for reader, read in READERS.items()
        }
        readings = list(works)
        works["by the strict parser"] = partial(parse_strictly, data)
        works["read strictly"] = partial(parse_json, data)
        works["schema"] = partial(check.is_valid, json.loads(data))
        works["check"] = checking
        costs = cheapest(works, each)
        costs["least without strictness"] = min(costs[what] for what in readings) + costs["schema"]
        rows.append({"body": name} | {what: round(cost, 1) for what, cost in costs.items()})
    return rows

"""Whole processes from their start, beside what they stand on."""

import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.checked import status_of
from tests.bench.rivals import ratio
from tests.bench.run import BODY
from tests.bench.servers import (
    ENVIRONMENT,
    ROOT,
    free_port,
    resident,
    running,
    settings,
    specrelay,
    upstream,
)

NAME = "cold start"
BASE = "import connexion, uvicorn"


def seconds_of(*arguments: str) -> float:
    begun = time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def first_answer(folder: Path, upstream_port: int) -> tuple[float, float, int]:
    """Return seconds until the port is open, until the first answer, and the resident bytes.

    The first request is a valid one, which the upstream answers.
    """
    port = free_port()
    command, env = specrelay(port, upstream_port), settings(upstream_port)
    begun = time.perf_counter()
    with running(command, port, folder / "cold.log", **env) as process:
        ready = time.perf_counter() - begun
        status = status_of(port, BODY)
        total = time.perf_counter() - begun
        if status != 200:
            raise SystemExit(f"the first request was answered {status}")
        return ready, total, resident(process.pid)


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return medians, and their ratio to importing connexion and uvicorn."""
    del seconds
    times: dict[str, list[float]] = {}
    memory: list[int] = []
    with ExitStack() as stack:
        port = upstream(stack, folder)
        first_answer(folder, port)  # fills the cache of compiled documents, and those of bytecode
        for _ in range(2 * rounds):  # of a second each: what disturbs two of them moves no median
            ready, total, held = first_answer(folder, port)
            memory.append(held)
            seen = {
                **{"python -c pass": seconds_of("-c", "pass"), BASE: seconds_of("-c", BASE)},
                "specrelay --version": seconds_of("-m", "gateway", "--version"),
                **{"serve: ready": ready, "serve: first answer": total},
            }
            for name, value in seen.items():
                times.setdefault(name, []).append(value)
    rows: list[dict[str, object]] = [
        {
            **{"what": name, "s": round(median(values), 3), "fastest s": round(min(values), 3)},
            **{"x import": round(ratio(values, times[BASE]), 2), "MB": None},
        }
        for name, values in times.items()
    ]
    rest = {"s": None, "fastest s": None, "x import": None, "MB": round(median(memory) / 1e6, 1)}
    return [*rows, {"what": "serve: resident at rest", **rest}]

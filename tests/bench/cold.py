"""Whole processes from their start, beside what they stand on."""

import http.client
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tests.bench.run import ratio
from tests.bench.servers import ENVIRONMENT, KEY, ROOT, free_port, resident, running, specrelay

NAME = "cold start"
BASE = "import connexion, uvicorn"


def seconds_of(*arguments: str) -> float:
    begun = time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def first_answer(folder: Path) -> tuple[float, float, int]:
    """Return seconds until the port is open, until the first answer, and the resident bytes."""
    port = free_port()
    env = {"RELAY_KEY": KEY, "OPENAI_API_KEY": "sk-bench"}
    begun = time.perf_counter()
    with running(specrelay(port, free_port()), port, folder / "cold.log", **env) as process:
        ready = time.perf_counter() - begun
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/v1/nothing-here")
        answered = connection.getresponse().status
        total = time.perf_counter() - begun
        connection.close()
        if answered not in (401, 404):
            raise SystemExit(f"the first request was answered {answered}")
        return ready, total, resident(process.pid)


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return medians, and their ratio to importing connexion and uvicorn."""
    del seconds
    first_answer(folder)  # fills the cache of compiled documents, and those of bytecode
    times: dict[str, list[float]] = {}
    memory: list[int] = []
    for _ in range(2 * rounds):  # of a second each: what disturbs two of them moves no median
        ready, total, held = first_answer(folder)
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
    held = {"s": None, "fastest s": None, "x import": None, "MB": round(median(memory) / 1e6, 1)}
    return [*rows, {"what": "serve: resident at rest", **held}]

"""Whole processes from their start, beside what they stand on."""

import http.client
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.servers import KEY, ROOT, free_port, resident, running, specrelay

NAME = "cold start"


def seconds_of(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begun


def first_answer(folder: Path) -> tuple[float, float, float]:
    """Return seconds until the port is open, until the first answer, and the resident MiB."""
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
        return ready, total, resident(process.pid) / 2**20


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return medians, and their ratio to importing connexion and uvicorn."""
    del seconds
    first_answer(folder)  # fills the cache of compiled documents
    imports, bare, version, started = [], [], [], []
    for _ in range(rounds + 1):
        imports.append(seconds_of(sys.executable, "-c", "import connexion, uvicorn"))
        bare.append(seconds_of(sys.executable, "-c", "pass"))
        version.append(seconds_of(sys.executable, "-m", "gateway", "--version"))
        started.append(first_answer(folder))
    base = statistics.median(imports)
    ready, total, memory = (statistics.median(column) for column in zip(*started, strict=True))
    times = {
        **{"python -c pass": statistics.median(bare), "import connexion, uvicorn": base},
        **{"specrelay --version": statistics.median(version), "serve: ready": ready},
        "serve: first answer": total,
    }
    rows: list[dict[str, object]] = [
        {"what": what, "s": round(value, 3), "x import": round(value / base, 2)}
        for what, value in times.items()
    ]
    return [*rows, {"what": "resident MiB at rest", "s": round(memory), "x import": None}]

"""Event streams: what an event costs, how evenly events come, and what an idle stream holds."""

import json
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.run import Rival
from tests.bench.servers import (
    KEY,
    ROOT,
    cpu_seconds,
    free_port,
    resident,
    running,
    specrelay,
    uvicorn,
)

NAME = "event streams"
STREAMS, EVENTS, PACE = 50, 200, 10
IDLE = 500
CLIENT = (sys.executable, "-m", "tests.bench.stream_client")


def start(stack: ExitStack, folder: Path) -> list[Rival]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.counted_upstream", str(port)]
    upstream = stack.enter_context(running(command, port, folder / "upstream.log"))
    target = f"http://127.0.0.1:{port}"
    env = {"RELAY_KEY": KEY, "OPENAI_API_KEY": "sk-bench", "LOG_FORMAT": "json", "UPSTREAM": target}
    commands = {
        "specrelay": lambda p: specrelay(p, port),
        "bare forwarder": lambda p: uvicorn("tests.bench.bare_forwarder:app", p),
    }
    rivals = [Rival("upstream alone", port, upstream.pid)]
    for name, make in commands.items():
        own = free_port()
        process = stack.enter_context(running(make(own), own, folder / f"{name}.log", **env))
        rivals.append(Rival(name, own, process.pid))
    return rivals


def read(port: int, streams: int, events: int, pace: int) -> dict[str, float]:
    """Read streams in a client process."""
    numbers = (str(number) for number in (port, streams, events, pace))
    said = subprocess.run(
        [*CLIENT, *numbers], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return json.loads(said)


def per_idle_stream(rival: Rival) -> float:
    """Return the KiB that a stream holds while nothing comes over it."""
    read(rival.port, 20, 2, 1)
    before = resident(rival.pid)
    numbers = (str(number) for number in (rival.port, IDLE, 2, 6000))
    client = subprocess.Popen([*CLIENT, *numbers], cwd=ROOT, stdout=subprocess.DEVNULL)
    time.sleep(4)
    held = resident(rival.pid) - before
    if client.wait(30):
        raise SystemExit("idle streams were cut")
    return held / IDLE / 1024


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each relay: medians of the rounds."""
    del seconds
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        rivals = start(stack, folder)
        seen: dict[str, list[dict[str, float]]] = {rival.name: [] for rival in rivals}
        for _ in range(rounds):
            for rival in rivals:
                before = cpu_seconds(rival.pid)
                figures = read(rival.port, STREAMS, EVENTS, PACE)
                used = cpu_seconds(rival.pid) - before
                figures["CPU us/event"] = round(used / STREAMS / EVENTS * 1e6, 1)
                seen[rival.name].append(figures)
        for rival in rivals:
            row: dict[str, object] = {"relay": rival.name}
            for name in seen[rival.name][0]:
                row[name] = statistics.median(figures[name] for figures in seen[rival.name])
            row["KiB/idle stream"] = round(per_idle_stream(rival), 1)
            rows.append(row)
    return rows

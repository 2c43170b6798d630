"""Latency at a fixed rate, free of coordinated omission.

Requests leave when they are due, whether earlier ones were answered or not; a latency counts from
the moment when the request was due, a wait for a free connection included. The client is a
process of its own. It waits in `select`, whose timeout is exact to microseconds: an event loop's
timers are of whole milliseconds, which would be a part of every latency.
"""

import json
import select
import subprocess
import sys
import time
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.checked import check
from tests.bench.connection import PATIENCE, Connection, chat
from tests.bench.run import BODY, CONNECTIONS, SCRIPT, Rival, load, ratio, start
from tests.bench.servers import KEY, ROOT

NAME = "open loop"
OPEN = 64  # connections
REQUEST = chat(BODY)


class _Connection(Connection):
    """One that knows when its request was due."""

    due = 0.0


def run(port: int, rate: float, seconds: float) -> dict[str, float]:
    """Send `rate` requests a second; return latencies, and how late requests left, in ms."""
    with ExitStack() as stack:
        connections = [_Connection(port, REQUEST) for _ in range(OPEN)]
        for each in connections:
            stack.callback(each.socket.close)
        return exchange(connections, rate, seconds)


def exchange(connections: list[_Connection], rate: float, seconds: float) -> dict[str, float]:
    idle = deque(connections)
    begun = time.perf_counter() + 0.1
    dues = deque(begun + number / rate for number in range(int(rate * seconds)))
    first = dues[len(dues) // 10]  # the first tenth warms up
    latencies, late = [], []
    while dues or len(idle) < len(connections):
        while dues and idle and dues[0] <= time.perf_counter():
            due = dues.popleft()
            late.append(time.perf_counter() - due)
            leaving = idle.popleft()
            leaving.due = due
            leaving.send()
        wait = max(0.0, dues[0] - time.perf_counter()) if dues and idle else PATIENCE
        ready = select.select(connections, [], [], wait)[0]
        if not ready and wait == PATIENCE:
            raise SystemExit("an answer did not come")
        for each in ready:
            if each.answered():
                idle.append(each)
                if each.due >= first:
                    latencies.append(time.perf_counter() - each.due)
    return {
        **{"p50 ms": at(latencies, 0.5), "p99 ms": at(latencies, 0.99)},
        **{"p99.9 ms": at(latencies, 0.999), "left late p99 ms": at(late, 0.99)},
    }


def at(seconds: list[float], quantile: float) -> float:
    """Return a quantile, in milliseconds."""
    return round(sorted(seconds)[int(len(seconds) * quantile)] * 1000, 3)


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return each relay's latency at a third of the gateway's own saturation, and its ratios."""
    with ExitStack() as stack:
        rivals: list[Rival] = [r for r in start(stack, folder) if r.name != "usual design"]
        script = folder / "post.lua"
        script.write_text(SCRIPT % (BODY, KEY))
        for rival in rivals:
            load(rival, script, 1, CONNECTIONS)
        rivals[0].forget()
        load(rivals[0], script, seconds, CONNECTIONS)
        rate = rivals[0].rates[0] / 3
        seen: dict[str, list[dict[str, float]]] = {rival.name: [] for rival in rivals}
        for _ in range(rounds):
            for rival in rivals:
                command = [sys.executable, "-m", "tests.bench.open_loop", str(rival.port)]
                command += [str(rate), str(seconds)]
                said = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT)
                seen[rival.name].append(json.loads(said.stdout))
        check(rivals[0].port, folder / "specrelay.log", BODY, rivals[0].answered)
    return [row(name, seen, rate) for name in seen]


def row(name: str, seen: dict[str, list[dict[str, float]]], rate: float) -> dict[str, object]:
    """Return medians over the rounds; ratios are those of rounds side by side."""

    def column(relay: str, figure: str) -> list[float]:
        return [figures[figure] for figures in seen[relay]]

    found: dict[str, object] = {"relay": name, "requests/s": round(rate)}
    found |= {figure: round(median(column(name, figure)), 3) for figure in seen[name][0]}
    for figure in ("p50", "p99"):
        own, bare = (column(each, f"{figure} ms") for each in (name, "bare forwarder"))
        found[f"{figure} x bare"] = round(ratio(own, bare), 2)
    return found


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))))

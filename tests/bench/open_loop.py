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
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.checked import check
from tests.bench.closed_loop import CONNECTIONS, load, posting, warm
from tests.bench.connection import PATIENCE, Connection, chat
from tests.bench.rivals import BARE, GATEWAY, NGINX, USUAL, Rival, ratio, start
from tests.bench.run import BODY
from tests.bench.servers import ROOT, upstream

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


@dataclass
class Turn:
    """A relay at a rate, and what each round showed."""

    rival: Rival
    rate: float  # requests in a second
    seen: list[dict[str, float]] = field(default_factory=list)

    def take(self, seconds: float) -> None:
        command = [sys.executable, "-m", "tests.bench.open_loop", str(self.rival.port)]
        command += [str(self.rate), str(seconds)]
        said = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT)
        self.seen.append(json.loads(said.stdout))

    def column(self, figure: str) -> list[float]:
        return [figures[figure] for figures in self.seen]


def third(rival: Rival, script: Path, seconds: int) -> float:
    """Return a third of the requests that a relay carries in a second, once it is warm."""
    rival.forget()
    load(rival, script, seconds, CONNECTIONS)
    return rival.rates[0] / 3


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return each relay's latency at a third of the gateway's own saturation, and its ratios.

    The usual design does not carry that: it has a round at a third of its own saturation, and
    a second of the gateway's rate.
    """
    with ExitStack() as stack:
        port = upstream(stack, folder)
        rivals = start(stack, folder, port, (GATEWAY, BARE, NGINX, USUAL))
        script = posting(folder / "post.lua", BODY)
        warm(rivals, script, CONNECTIONS)
        gateway, *_, usual = rivals
        rate = third(gateway, script, seconds)
        turns = {rival.name: Turn(rival, rate) for rival in rivals[:-1]}
        for _ in range(rounds):
            for turn in turns.values():
                turn.take(seconds)
        slow = Turn(usual, third(usual, script, 1))
        slow.take(seconds)
        beyond = Turn(usual, rate)
        beyond.take(1)
        check(gateway.port, folder / "specrelay.log", BODY, gateway.answered)
    turns |= {f"{USUAL}, at a third of its own": slow, f"{USUAL}, 1 s at that rate": beyond}
    return [row(name, turn, turns[BARE]) for name, turn in turns.items()]


def row(name: str, turn: Turn, bare: Turn) -> dict[str, object]:
    """Return medians over the rounds; ratios are those of rounds side by side."""
    found: dict[str, object] = {"relay": name, "requests/s": round(turn.rate)}
    found |= {figure: round(median(turn.column(figure)), 3) for figure in turn.seen[0]}
    for figure in ("p50", "p99"):
        own, base = (each.column(f"{figure} ms") for each in (turn, bare))
        found[f"{figure} x bare"] = round(ratio(own, base), 2)
    return found


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))))

"""The closed loop: the gateway against its rivals in one run, interleaved, as ratios.

A shared machine makes absolute figures worthless; the order A B C A B C and the median of the
rounds' ratios keep the ratios honest. CPU time is that of the cheapest round. `load` is what all
closed loops of the bench are made of.
"""

import json
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.checked import check
from tests.bench.servers import (
    KEY,
    free_port,
    nginx_relay,
    resident,
    running,
    settings,
    settled_cpu_seconds,
    specrelay,
    upstream,
    uvicorn,
)

NAME = "throughput"
CONNECTIONS = 32
BODY = json.dumps(
    {
        "model": "gpt-5",
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "x" * 880},
        ],
    }
)
SCRIPT = """
wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.body = [==[%s]==]
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
"""
# Added to each script, since wrk itself prints no p99.9. These latencies are those of a closed
# loop, in which a slow relay is asked less often; `open_loop` has the others.
DONE = """
done = function(summary, latency)
  local bad = 0
  for _, count in pairs(summary.errors) do bad = bad + count end
  io.write(string.format(
    'measured:{"requests": %d, "s": %f, "bad": %d, "p50": %f, "p99": %f, "p999": %f}\\n',
    summary.requests, summary.duration / 1e6, bad, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3))
end
"""


@dataclass
class Rival:
    """A relay under load, and what each round measured."""

    name: str
    port: int
    pid: int
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)  # CPU µs per request
    p50: list[float] = field(default_factory=list)  # ms
    p99: list[float] = field(default_factory=list)
    memory: int = 0
    p999: list[float] = field(default_factory=list)
    answered: int = 0  # requests, those of rounds that were forgotten included

    def forget(self) -> None:
        """Drop the rounds so far, which warmed it up."""
        for figures in (self.rates, self.costs, self.p50, self.p99, self.p999):
            figures.clear()


def load(rival: Rival, script: Path, seconds: int, connections: int) -> None:
    """One round of closed-loop load; a refused or failed request ends the run."""
    before = settled_cpu_seconds(rival.pid) if rival.pid else 0.0
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as measuring:
        measuring.write(script.read_text() + DONE)
        measuring.flush()
        out = subprocess.run(
            [
                *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", measuring.name),
                f"http://127.0.0.1:{rival.port}",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    seen = json.loads(out.partition("measured:")[2].partition("\n")[0])
    if seen["bad"] or not seen["requests"]:
        raise SystemExit(f"{rival.name} failed under load:\n{out}")
    rival.answered += seen["requests"]
    rival.rates.append(seen["requests"] / seen["s"])
    used = settled_cpu_seconds(rival.pid) - before if rival.pid else 0.0
    rival.costs.append(used / seen["requests"] * 1e6)
    rival.p50.append(seen["p50"])
    rival.p99.append(seen["p99"])
    rival.p999.append(seen["p999"])
    rival.memory = resident(rival.pid) if rival.pid else 0


def in_turn(rivals: list[Rival], script: Path, rounds: int, seconds: int, connections: int) -> None:
    """Warm each relay up, then load them in turn, round after round, there and back again."""
    for rival in rivals:
        load(rival, script, 1, connections)
        rival.forget()
    for number in range(rounds):
        for rival in rivals[:: -1 if number % 2 else 1]:
            load(rival, script, seconds, connections)


def ratio(figures: list[float], base: list[float]) -> float:
    """Return the median of the rounds' ratios: rounds that lie side by side are alike."""
    return median(one / other for one, other in zip(figures, base, strict=True))


def cost_ratio(costs: list[float], base: list[float]) -> float:
    """Return the ratio of the cheapest rounds: what else a machine does can only add to a cost."""
    return min(costs) / min(base)


def start(stack: ExitStack, folder: Path, sink: int | None = None) -> list[Rival]:
    """Start the upstream and all rivals before it; `sink` is the port of another upstream."""
    port, proxy_port = stack.enter_context(upstream(folder, sink or 9))
    port = sink or port
    commands = {
        "specrelay": lambda p: specrelay(p, port),
        "usual design": lambda p: uvicorn("tests.bench.usual_design:app", p),
        "bare forwarder": lambda p: uvicorn("tests.bench.bare_forwarder:app", p),
    }
    rivals = []
    for name, command in commands.items():
        own = free_port()
        log = folder / f"{name.replace(' ', '-')}.log"
        process = stack.enter_context(running(command(own), own, log, **settings(port)))
        rivals.append(Rival(name, own, process.pid))
    rivals.append(Rival("nginx proxy_pass", proxy_port, nginx_relay(folder)))
    return rivals


def table(rivals: list[Rival]) -> list[dict[str, object]]:
    usual = next(r for r in rivals if r.name == "usual design")
    bare = next((r for r in rivals if r.name == "bare forwarder"), None)
    nginx = next((r for r in rivals if r.name == "nginx proxy_pass"), None)
    return [
        {
            "relay": rival.name,
            "requests/s": round(median(rival.rates)),
            "x usual design": round(ratio(rival.rates, usual.rates), 2),
            "x nginx": round(ratio(rival.rates, nginx.rates), 3) if nginx else None,
            "CPU us/request": round(min(rival.costs)) if rival.pid else None,
            "CPU x bare": round(cost_ratio(rival.costs, bare.costs), 2)
            if bare and rival.pid
            else None,
            "p50 ms": round(median(rival.p50), 2),
            "p99 ms": round(median(rival.p99), 2),
            "p99.9 ms": round(median(rival.p999), 2),
            "MiB": round(rival.memory / 2**20) if rival.pid else None,
        }
        for rival in rivals
    ]


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each relay; fails where the gateway did not check or log."""
    with ExitStack() as stack:
        script = folder / "post.lua"
        script.write_text(SCRIPT % (BODY, KEY))
        rivals = start(stack, folder)
        in_turn(rivals, script, rounds, seconds, CONNECTIONS)
        check(rivals[0].port, folder / "specrelay.log", BODY, rivals[0].answered)
        return table(rivals)

"""`make bench`: the gateway against its rivals in one run, interleaved, as ratios.

A shared machine makes absolute figures worthless; the order A B C A B C and the median of the
rounds keep the ratios honest. Needs wrk and nginx (Debian packages of those names).
"""

import argparse
import json
import re
import statistics
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.servers import (
    KEY,
    cpu_seconds,
    free_port,
    resident,
    running,
    specrelay,
    upstream,
    uvicorn,
)

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


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def load(rival: Rival, script: Path, seconds: int, connections: int) -> None:
    """One round of closed-loop load; a refused or failed request ends the run."""
    before = cpu_seconds(rival.pid) if rival.pid else 0.0
    out = subprocess.run(
        [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)),
            f"http://127.0.0.1:{rival.port}",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit(f"{rival.name} failed under load:\n{out}")
    requests = int(re.search(r"(\d+) requests in", out)[1])
    rival.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]))
    used = cpu_seconds(rival.pid) - before if rival.pid else 0.0
    rival.costs.append(used / requests * 1e6)
    rival.p50.append(milliseconds(re.search(r"\n +50%\s+(\S+)", out)[1]))
    rival.p99.append(milliseconds(re.search(r"\n +99%\s+(\S+)", out)[1]))
    rival.memory = resident(rival.pid) if rival.pid else 0


def start(stack: ExitStack, folder: Path, sink: int | None = None) -> list[Rival]:
    """Start the upstream and all rivals before it; `sink` is the port of another upstream."""
    port, proxy_port = stack.enter_context(upstream(folder, sink or 9))
    port = sink or port
    target = f"http://127.0.0.1:{port}"
    rivals = []
    env = {"RELAY_KEY": KEY, "OPENAI_API_KEY": "sk-bench", "LOG_FORMAT": "json", "UPSTREAM": target}
    commands = {
        "specrelay": lambda p: specrelay(p, port),
        "usual design": lambda p: uvicorn("tests.bench.usual_design:app", p),
        "bare forwarder": lambda p: uvicorn("tests.bench.bare_forwarder:app", p),
    }
    for name, command in commands.items():
        own = free_port()
        log = folder / f"{name.replace(' ', '-')}.log"
        process = stack.enter_context(running(command(own), own, log, **env))
        rivals.append(Rival(name, own, process.pid))
    rivals.append(Rival("nginx proxy_pass", proxy_port, 0))
    return rivals


def check(rivals: list[Rival], folder: Path) -> None:
    """Assert that the gateway still checked and logged; speed alone is no use."""
    gateway = rivals[0]
    status = subprocess.run(
        [
            *("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-d", '{"model": 1}'),
            *("-H", "Content-Type: application/json", "-H", f"Authorization: Bearer {KEY}"),
            f"http://127.0.0.1:{gateway.port}/v1/chat/completions",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if status != "400":
        raise SystemExit(f"an invalid body was answered {status}, not 400")
    lines = (folder / "specrelay.log").read_text().count('"request_id"')
    print(f"access-log lines written: {lines}")
    if lines < sum(gateway.rates):
        raise SystemExit("the access log has fewer lines than there were requests")


def table(rivals: list[Rival]) -> list[dict[str, object]]:
    usual = next(r for r in rivals if r.name == "usual design")
    base = statistics.median(usual.rates)
    rows = []
    for rival in rivals:
        rate = statistics.median(rival.rates)
        rows.append(
            {
                "relay": rival.name,
                "requests/s": round(rate),
                "x usual design": round(rate / base, 2),
                "CPU us/request": round(statistics.median(rival.costs)) if rival.pid else None,
                "p50 ms": round(statistics.median(rival.p50), 2),
                "p99 ms": round(statistics.median(rival.p99), 2),
                "MiB": round(rival.memory / 2**20) if rival.pid else None,
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--at-least", type=float, help="fail below this ratio to the usual design")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        script = folder / "post.lua"
        script.write_text(SCRIPT % (BODY, KEY))
        rivals = start(stack, folder)
        for rival in rivals:
            load(rival, script, 1, options.connections)
            rival.rates.clear(), rival.costs.clear(), rival.p50.clear(), rival.p99.clear()
        for _ in range(options.rounds):
            for rival in rivals:
                load(rival, script, options.seconds, options.connections)
        check(rivals, folder)
        rows = table(rivals)
    columns = list(rows[0])
    print("\t".join(columns))
    for row in rows:
        print("\t".join("-" if row[c] is None else str(row[c]) for c in columns))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")
    ratio = rows[0]["x usual design"]
    if options.at_least and ratio < options.at_least:
        raise SystemExit(f"{ratio} is below {options.at_least} x the usual design")


if __name__ == "__main__":
    main()

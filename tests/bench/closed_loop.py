"""The closed loop, by wrk: each connection asks again as soon as it was answered."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.rivals import Rival
from tests.bench.servers import KEY, resident, settled_cpu_seconds

CONNECTIONS = 32
PATIENCE = 2  # seconds for an answer
AUTHORIZED = {"Authorization": f"Bearer {KEY}"}
REQUEST = """
wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.body = [==[%s]==]
wrk.headers["Content-Type"] = "application/json"
%s
"""
# wrk itself prints no p99.9, and of errors not each kind (`status` is 400 and above). These
# latencies are those of a closed loop, in which a slow relay is asked less often; `open_loop` has
# the others.
DONE = """
done = function(summary, latency)
  local errors = {}
  for kind, count in pairs(summary.errors) do
    if count > 0 then errors[#errors + 1] = string.format('"%s": %d', kind, count) end
  end
  io.write(string.format(
    'measured:{"requests": %d, "s": %f, "p50": %f, "p99": %f, "p999": %f, "errors": {',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3))
  io.write(table.concat(errors, ", ") .. "}}\\n")
end
"""


class LoadFailed(SystemExit):
    """A relay did not answer every request well. It ends the run where nobody goes on without."""


def posting(script: Path, body: str, headers: Mapping[str, str] = AUTHORIZED) -> Path:
    """Write wrk's script for posts of a chat; return its path."""
    fields = [f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items()]
    script.write_text(REQUEST % (body, "\n".join(fields)) + DONE, encoding="utf-8")
    return script


def load(
    rival: Rival, script: Path, seconds: int, connections: int, patience: int = PATIENCE
) -> None:
    """One round of load; raises LoadFailed for a refused, failed or too late answer."""
    before = settled_cpu_seconds(rival.pid)
    done = subprocess.run(
        [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={patience}s"),
            *("-s", str(script), f"http://127.0.0.1:{rival.port}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout.partition("measured:")[2].partition("\n")[0]
    if done.returncode or not told:
        raise LoadFailed(f"{rival.name}: wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    seen = json.loads(told)
    requests = seen["requests"]
    if seen["errors"] or not requests:
        kinds = ", ".join(f"{kind} {count}" for kind, count in seen["errors"].items())
        raise LoadFailed(
            f"{rival.name} failed under load: {requests} requests; errors: {kinds or 'no answer'}"
        )
    rival.answered += requests
    rival.rates.append(requests / seen["s"])
    rival.costs.append((settled_cpu_seconds(rival.pid) - before) / requests * 1e6)
    rival.p50.append(seen["p50"])
    rival.p99.append(seen["p99"])
    rival.p999.append(seen["p999"])
    rival.memory = max(rival.memory, resident(rival.pid))


def warm(rivals: Sequence[Rival], script: Path, connections: int) -> None:
    """Load each relay for a second, which is forgotten."""
    for rival in rivals:
        load(rival, script, 1, connections)
        rival.forget()


def in_turn(
    rivals: Sequence[Rival], script: Path, rounds: int, seconds: int, connections: int
) -> None:
    """Warm relays up, then load them in turn, round after round, there and back again."""
    warm(rivals, script, connections)
    for number in range(rounds):
        for rival in rivals[:: -1 if number % 2 else 1]:
            load(rival, script, seconds, connections)

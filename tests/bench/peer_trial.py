"""One contender of `make bench-peers`: how it is served, tried before it is measured, and loaded.

Whatever a peer fails at is raised as PeerFailed with the reason.
"""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.peer_install import PeerFailed
from tests.bench.peer_setups import GATEWAY, Setup
from tests.bench.run import BODY, SCRIPT, Rival
from tests.bench.servers import KEY, end, resident, settled_cpu_seconds, wait_for

REFUSES = {GATEWAY: 400, "prism": 422}  # status of an invalid body
PATH = "/v1/chat/completions"
# Seconds to start, to answer the first request, or any under load: slow is no failure, and the
# two seconds after which wrk gives an answer up by itself are too few for peers at their limit.
PATIENCE = 120
LOADED_PATIENCE = 30
Essence = tuple[object, object]
# Added to each script: what wrk counted, its errors by kind (`status` is 400 and above).
MARK = "counted:"
COUNTS = r"""
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'counted:{"requests": %d, "us": %d, "p50": %d, "p99": %d, "errors": ',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99)))
  io.write(string.format(
    '{"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}\n',
    e.connect, e.read, e.write, e.status, e.timeout))
end
"""


@dataclass
class Contender:
    """The gateway or a peer: what was measured, and the reason if no more was."""

    name: str
    rival: Rival
    setup: Setup
    install_seconds: float = 0.0
    failure: str = ""


@contextlib.contextmanager
def served(setup: Setup, port: int, folder: Path, log: Path) -> Iterator[int]:
    """Run a server until the block ends; give its process id.

    It gets no variable of this shell but the path: neither keys nor proxies reach it.
    """
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **setup.env}
    with log.open("wb") as output:
        process = subprocess.Popen(
            setup.command, cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            started(process, port, log)
            yield process.pid
        finally:
            end(process)


def started(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server listens; raise PeerFailed with the end of its output if it never does."""
    try:
        wait_for(port, process, PATIENCE)
    except SystemExit as error:
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        raise PeerFailed(f"it did not start: {' / '.join(said)}") from error


def wrk_script(headers: dict[str, str]) -> str:
    """The small request of `make bench`, with one contender's own header fields."""
    lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items()]
    return SCRIPT % (BODY, KEY) + "\n".join(lines) + "\n" + COUNTS


def post(port: int, body: str, headers: dict[str, str]) -> httpx.Response:
    fields = {"Content-Type": "application/json", **headers}
    url = f"http://127.0.0.1:{port}{PATH}"
    try:
        return httpx.post(url, content=body, headers=fields, timeout=PATIENCE, trust_env=False)
    except httpx.HTTPError as error:
        raise PeerFailed(f"it did not answer: {type(error).__name__}") from error


def essence(answer: httpx.Response) -> Essence:
    """What every relay keeps of a completion: LiteLLM writes the rest anew."""
    try:
        found = answer.json()
        return found["id"], found["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError) as error:
        raise PeerFailed("the answer is no completion") from error


def assert_relays(each: Contender, sent: Essence) -> None:
    """Raise PeerFailed unless what the upstream has `sent` comes through, and checks are on."""
    answer = post(each.rival.port, BODY, each.setup.headers)
    if answer.status_code != 200:
        raise PeerFailed(f"a valid request was answered {answer.status_code}, not 200")
    if essence(answer) != sent:
        raise PeerFailed("the answer is not the upstream's")
    if each.name in REFUSES:
        status = post(each.rival.port, '{"model": 1}', each.setup.headers).status_code
        if status != REFUSES[each.name]:
            raise PeerFailed(f"an invalid body was answered {status}, not {REFUSES[each.name]}")


def load(each: Contender, script: Path, seconds: int, connections: int) -> None:
    """One round of closed-loop load; raise PeerFailed if one request was not answered well."""
    rival = each.rival
    before = settled_cpu_seconds(rival.pid)
    done = subprocess.run(
        [
            *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={LOADED_PATIENCE}s"),
            *("-s", str(script), f"http://127.0.0.1:{rival.port}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or MARK not in done.stdout:
        raise PeerFailed(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    seen = json.loads(done.stdout.partition(MARK)[2].partition("\n")[0])
    errors = [f"{kind} {count}" for kind, count in seen["errors"].items() if count]
    if errors or not seen["requests"]:
        told = ", ".join(errors) or "none was answered"
        raise PeerFailed(f"{seen['requests']} requests under load; failed: {told}")
    rival.answered += seen["requests"]
    rival.rates.append(seen["requests"] / seen["us"] * 1e6)
    rival.costs.append((settled_cpu_seconds(rival.pid) - before) / seen["requests"] * 1e6)
    rival.p50.append(seen["p50"] / 1e3)
    rival.p99.append(seen["p99"] / 1e3)
    rival.memory = max(rival.memory, resident(rival.pid))

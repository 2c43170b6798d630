"""`make bench-peers`: the gateway beside Portkey, Prism and LiteLLM, in one run, as ratios.

Closed loop: 1 KB of JSON to chat completions over 32 connections, nginx as the upstream, one
worker each, in turn (A B C D A B C D), each warmed, medians of the rounds and of their ratios.
Before it measures, it asserts that each relays and that the gateway and Prism refuse an invalid
body; `peer_setups` tells how each is set up and why that is fair. A peer that cannot be installed,
does not relay or fails under load stays in the table with the reason, and the others go on.
Exits with 1 if a bar is missed or could not be judged, unless `--no-bars`.
"""

import argparse
import json
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench import tools
from tests.bench.checked import check
from tests.bench.closed_loop import CONNECTIONS, LoadFailed, load, posting
from tests.bench.peer_install import PINS, PeerFailed, install
from tests.bench.peer_setups import GATEWAY, SETUPS, Setup
from tests.bench.peer_trial import Contender, assert_relays, essence, post, served
from tests.bench.rivals import Rival, ratio
from tests.bench.run import BODY
from tests.bench.servers import ROOT, free_port, upstream
from tests.bench.tables import show

# How many times a peer's requests per second the gateway has to carry.
BARS = {"portkey": 5.0, "prism": 6.0, "litellm": 30.0}
WARM = 5  # seconds; what Node compiles on the way takes a few
# Seconds for an answer under load: slow is no failure, and peers at their limit are slow.
PATIENCE = 30


def attempt(each: Contender, step: Callable[[Contender], None]) -> None:
    """Do one step with a contender; where it fails, keep the reason and do no more with it."""
    if each.failure:
        return
    try:
        step(each)
    except (PeerFailed, LoadFailed) as error:
        each.failure = str(error)
        print(f"{each.name} failed: {each.failure}", flush=True)


def start(stack: ExitStack, folder: Path, names: list[str]) -> list[Contender]:
    """Install and start the gateway, which comes first, and the peers; see that each relays."""
    port = upstream(stack, folder)
    sent = essence(post(port, BODY, {}))

    def begin(each: Contender) -> None:
        home = folder
        if each.name in PINS:
            home, each.install_seconds = install(each.name)
        each.setup = SETUPS[each.name](home, each.rival.port, port, folder)
        log = folder / f"{each.name}.log"
        each.rival.pid = stack.enter_context(served(each.setup, each.rival.port, folder, log))
        assert_relays(each, sent)
        posting(script_of(each, folder), BODY, each.setup.headers)

    nothing = Setup([], {}, {})
    contenders = [Contender(each, Rival(each, free_port(), 0), nothing) for each in names]
    for each in contenders:
        attempt(each, begin)
    return contenders


def script_of(each: Contender, folder: Path) -> Path:
    return folder / f"{each.name}.lua"


def measure(contenders: list[Contender], folder: Path, options: argparse.Namespace) -> None:
    """Warm each, then load all in turn. Without the gateway there is nothing to compare."""

    def loaded(seconds: int) -> Callable[[Contender], None]:
        def work(each: Contender) -> None:
            script = script_of(each, folder)
            load(each.rival, script, seconds, options.connections, PATIENCE)

        return work

    for each in contenders:
        attempt(each, loaded(WARM))
        each.rival.forget()
    for _ in range(options.rounds):
        for each in contenders:
            attempt(each, loaded(options.seconds))
    gateway = contenders[0]
    if gateway.failure:
        raise SystemExit(f"{gateway.name} failed: {gateway.failure}")
    check(gateway.rival.port, folder / "specrelay.log", BODY, gateway.rival.answered)


def verdict(found: float | None, bar: float) -> str:
    """Judge the gateway's ratio to a peer; None where the peer failed."""
    if found is None:
        return "not judged"
    return "met" if found >= bar else "missed"


def table(contenders: list[Contender]) -> list[dict[str, object]]:
    """Return a row for each. A peer that failed has no ratio, whatever it reached before."""
    gateway = contenders[0].rival
    rows: list[dict[str, object]] = []
    for each in contenders:
        peer, compared = each.rival, each.name in BARS and not each.failure
        found = ratio(gateway.rates, peer.rates) if compared else None
        bar = BARS.get(each.name)
        rows.append(
            {
                "relay": each.name,
                "version": PINS[each.name].version if each.name in PINS else "this tree",
                "requests/s": round(median(peer.rates)) if peer.rates else None,
                "CPU us/request": round(median(peer.costs)) if peer.costs else None,
                "p50 ms": round(median(peer.p50), 1) if peer.p50 else None,
                "p99 ms": round(median(peer.p99), 1) if peer.p99 else None,
                "MiB": round(peer.memory / 2**20) or None,
                "CPU x gateway": round(ratio(peer.costs, gateway.costs), 1) if compared else None,
                "gateway x": None if found is None else round(found, 2),
                "bar": bar,
                "result": None if bar is None else verdict(found, bar),
            }
        )
    return rows


def facts(contenders: list[Contender], seconds: float) -> dict[str, object]:
    """What the figures were taken with; only JSON has it."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "at": int(time.time()),
        "python": platform.python_version(),
        "node": node.strip(),
        "machine": platform.machine(),
        "seconds": round(seconds),
        "seconds to install": {each.name: round(each.install_seconds) for each in contenders[1:]},
        "requests/s of each round": {each.name: each.rival.rates for each in contenders},
        "failures": {each.name: each.failure for each in contenders if each.failure},
    }


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--only", choices=list(PINS), action="append", help="a peer (repeatable)")
    parser.add_argument("--no-bars", action="store_true", help="print only, whatever was reached")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench-peers.json")
    return parser.parse_args()


def main() -> None:
    options, begun = parsed(), time.monotonic()
    tools.require(*tools.PEERS)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        contenders = start(stack, folder, [GATEWAY, *(options.only or PINS)])
        measure(contenders, folder, options)
        rows = table(contenders)
    found = facts(contenders, time.monotonic() - begun) | {"rows": rows}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    show(rows)
    print(f"node {found['node']}; written: {options.json}")
    if not options.no_bars and any(row["result"] in ("missed", "not judged") for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""Bodies of three sizes, with validation and without: what checking costs.

Beside it stands the least that it can cost (`least_check`).
"""

import json
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.bursts import cheap, in_bursts
from tests.bench.checked import status_of
from tests.bench.run import BODY, SCRIPT, Rival, in_turn
from tests.bench.servers import (
    KEY,
    ROOT,
    free_port,
    reading_upstream,
    running,
    settings,
    specrelay,
    uvicorn,
)

NAME = "bodies"
CONNECTIONS = 16


def messages(count: int, text: str, separators: tuple[str, str] = (", ", ": ")) -> str:
    """Make a chat of `count` messages, written with blanks or with other separators."""
    said = [{"role": "user", "content": text}] * count
    return json.dumps({"model": "gpt-5", "messages": said}, separators=separators)


LOADS = {
    "1 KB": BODY,
    "100 x 2 KB": messages(100, "x" * 2000),
    "1,500 x 100 B": messages(1500, "x" * 100),
}
BURSTS = 7  # for each second of the rounds
REQUESTS = {"1 KB": 40, "100 x 2 KB": 12, "1,500 x 100 B": 6}  # of a connection in a burst


def unchecked(folder: Path) -> Path:
    """Copy the shipped document, with validation off."""
    copied = shutil.copytree(ROOT / "spec", folder / "spec")
    root = copied / "openapi.yaml"
    text = root.read_text()
    if "request: enforce" not in text:
        raise SystemExit("the shipped document no longer says `request: enforce`")
    root.write_text(text.replace("request: enforce", "request: 'off'"))
    return root


def start(stack: ExitStack, folder: Path) -> list[Rival]:
    port, _ = reading_upstream(stack, folder)
    commands = {
        "enforce": lambda p: specrelay(p, port),
        "least": lambda p: [
            *(sys.executable, "-m", "tests.bench.least_check"),
            *specrelay(p, port)[3:],
        ],
        "off": lambda p: specrelay(p, port, "--spec", str(unchecked(folder))),
        "bare": lambda p: uvicorn("tests.bench.bare_forwarder:app", p),
    }
    rivals = []
    for name, command in commands.items():
        own = free_port()
        log = folder / f"{name}.log"
        process = stack.enter_context(running(command(own), own, log, **settings(port)))
        rivals.append(Rival(name, own, process.pid))
    return rivals


def check(rivals: list[Rival]) -> None:
    """Assert which relays check bodies, and which of them let a doubled name pass."""
    doubled = BODY.replace("{", '{"model": "gpt-4",', 1)
    found = {
        rival.name: (status_of(rival.port), status_of(rival.port, doubled)) for rival in rivals
    }
    if found != {"enforce": (400, 400), "least": (400, 200), "off": (200, 200), "bare": (200, 200)}:
        raise SystemExit(f"an invalid body and one with a doubled name were answered so: {found}")


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each load: CPU µs per request by relay, and the price of checking."""
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        rivals = start(stack, folder)
        check(rivals)
        script = folder / "post.lua"
        for name, body in LOADS.items():
            script.write_text(SCRIPT % (body, KEY))
            in_turn(rivals, script, max(1, rounds - 1), 1, CONNECTIONS)
            number = BURSTS * rounds * seconds
            found = in_bursts(rivals, body, number, REQUESTS[name], CONNECTIONS)
            costs = {relay: cheap(each) for relay, each in found.items()}
            row: dict[str, object] = {"body": name}
            row |= {f"{rival.name}: requests/s": round(median(rival.rates)) for rival in rivals}
            row |= {f"{relay}: CPU us": round(cost) for relay, cost in costs.items()}
            row |= {f"{rival.name}: p99.9 ms": round(median(rival.p999), 1) for rival in rivals}
            row["price of validation"] = round(costs["enforce"] / costs["off"] - 1, 3)
            row["least price"] = round(costs["least"] / costs["off"] - 1, 3)
            row["x bare"] = round(costs["enforce"] / costs["bare"], 2)
            rows.append(row)
            for rival in rivals:
                rival.forget()
    return rows

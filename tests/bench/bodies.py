"""Bodies of three sizes, with validation and without: what checking costs."""

import json
import shutil
import statistics
from contextlib import ExitStack
from pathlib import Path

from tests.bench.run import BODY, SCRIPT, Rival, load
from tests.bench.servers import KEY, ROOT, free_port, running, specrelay, upstream, uvicorn

NAME = "bodies"
CONNECTIONS = 16


def messages(count: int, size: int) -> str:
    """Make a chat of `count` messages of `size` bytes each."""
    said = [{"role": "user", "content": "x" * size} for _ in range(count)]
    return json.dumps({"model": "gpt-5", "messages": said})


LOADS = {"1 KB": BODY, "100 x 2 KB": messages(100, 2000), "1,500 x 100 B": messages(1500, 100)}


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
    port, _ = stack.enter_context(upstream(folder))
    target = f"http://127.0.0.1:{port}"
    env = {"RELAY_KEY": KEY, "OPENAI_API_KEY": "sk-bench", "LOG_FORMAT": "json", "UPSTREAM": target}
    commands = {
        "enforce": lambda p: specrelay(p, port),
        "off": lambda p: specrelay(p, port, "--spec", str(unchecked(folder))),
        "bare": lambda p: uvicorn("tests.bench.bare_forwarder:app", p),
    }
    rivals = []
    for name, command in commands.items():
        own = free_port()
        process = stack.enter_context(running(command(own), own, folder / f"{name}.log", **env))
        rivals.append(Rival(name, own, process.pid))
    return rivals


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each load: CPU µs per request by relay, and the price of checking."""
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        rivals = start(stack, folder)
        for name, body in LOADS.items():
            script = folder / "post.lua"
            script.write_text(SCRIPT % (body, KEY))
            for rival in rivals:
                load(rival, script, 1, CONNECTIONS)
                rival.rates.clear(), rival.costs.clear()
            for _ in range(rounds):
                for rival in rivals:
                    load(rival, script, seconds, CONNECTIONS)
            cost = {rival.name: statistics.median(rival.costs) for rival in rivals}
            row: dict[str, object] = {"body": name}
            row |= {f"{rival.name}: requests/s": round(max(rival.rates)) for rival in rivals}
            row |= {f"{each}: CPU us": round(value) for each, value in cost.items()}
            row["price of validation"] = round(cost["enforce"] / cost["off"] - 1, 3)
            row["x bare"] = round(cost["enforce"] / cost["bare"], 2)
            rows.append(row)
    return rows

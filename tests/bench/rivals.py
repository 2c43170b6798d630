"""The relays that are compared: each a process of its own before the same upstream."""

import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.servers import (
    ROOT,
    free_port,
    nginx_relay,
    running,
    settings,
    specrelay,
    uvicorn,
)

GATEWAY = "specrelay"
OFF = "validation off"  # the gateway too
LEAST = "least check"  # and so is this
USUAL = "usual design"
BARE = "bare forwarder"
NGINX = "nginx proxy_pass"


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


def ratio(figures: Sequence[float], base: Sequence[float]) -> float:
    """Return the median of the rounds' ratios: rounds that lie side by side are alike.

    Who is left out of some rounds has the first ones; only rounds that both had are compared.
    """
    return median(one / other for one, other in zip(figures, base, strict=False))


def cost_ratio(costs: Sequence[float], base: Sequence[float]) -> float:
    """Return the ratio of the cheapest rounds: what else a machine does can only add to a cost."""
    return min(costs) / min(base)


def start(stack: ExitStack, folder: Path, upstream: int, names: Sequence[str]) -> list[Rival]:
    """Start relays before the upstream at a port."""
    return [
        serve(
            stack, folder, upstream, name, lambda port, n=name: command(n, port, upstream, folder)
        )
        for name in names
    ]


def serve(
    stack: ExitStack, folder: Path, upstream: int, name: str, make: Callable[[int], list[str]]
) -> Rival:
    """Start a relay by the command that `make` gives for its port; its log has its name."""
    port = free_port()
    log = folder / f"{name.replace(' ', '-')}.log"
    process = stack.enter_context(running(make(port), port, log, **settings(upstream)))
    return Rival(name, port, process.pid)


def command(name: str, port: int, upstream: int, folder: Path) -> list[str]:
    """Return the command line of a relay; what it needs on disk is written to `folder`."""
    if name == GATEWAY:
        return specrelay(port, upstream)
    if name == OFF:
        return specrelay(port, upstream, "--spec", str(unchecked(folder)))
    if name == LEAST:
        target = f"http://127.0.0.1:{upstream}"
        return [sys.executable, "-m", "tests.bench.least_check", str(port), target]
    if name == NGINX:
        return nginx_relay(folder, port, upstream)
    apps = {USUAL: "tests.bench.usual_design:app", BARE: "tests.bench.bare_forwarder:app"}
    return uvicorn(apps[name], port)


def unchecked(folder: Path) -> Path:
    """Copy the shipped document, with validation off."""
    copied = shutil.copytree(ROOT / "spec", folder / "spec")
    root = copied / "openapi.yaml"
    text = root.read_text()
    if "request: enforce" not in text:
        raise SystemExit("the shipped document no longer says `request: enforce`")
    root.write_text(text.replace("request: enforce", "request: 'off'"))
    return root

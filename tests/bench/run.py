"""Throughput: the gateway against its rivals in one run, interleaved, as ratios; by body.

A shared machine makes absolute figures worthless; the order A B C C B A and the median of the
rounds' ratios keep the ratios honest. CPU time is that of the cheapest round.
"""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.checked import check
from tests.bench.closed_loop import CONNECTIONS, in_turn, posting
from tests.bench.rivals import BARE, GATEWAY, NGINX, OFF, USUAL, Rival, cost_ratio, ratio, start
from tests.bench.servers import reading_upstream, upstream

NAME = "throughput"
RIVALS = (GATEWAY, OFF, USUAL, BARE, NGINX)
BODY = json.dumps(
    {
        "model": "gpt-5",
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "x" * 880},
        ],
    }
)


def messages(count: int, text: str, separators: tuple[str, str] = (", ", ": ")) -> str:
    """Make a chat of `count` messages, written with blanks or with other separators."""
    said = [{"role": "user", "content": text}] * count
    return json.dumps({"model": "gpt-5", "messages": said}, separators=separators)


@dataclass(frozen=True)
class Load:
    """A body that is posted.

    A large one needs an upstream that `reads` it: one that answers sooner makes a relay that
    streams the body give its connection up. It gets a third of the time.
    """

    body: str
    reads: bool

    def rounds(self, rounds: int, seconds: int) -> int:
        """Return in how many rounds of a second it has its share of the time.

        What else a shared machine does slows all that runs for some seconds: of many short rounds
        more are spared, and those side by side meet the same.
        """
        return max(1, rounds * seconds // (3 if self.reads else 1))


LOADS = {
    "1 KB": Load(BODY, reads=False),
    "100 x 2 KB": Load(messages(100, "x" * 2000), reads=True),
    "1,500 x 100 B": Load(messages(1500, "x" * 100), reads=True),
}


def table(load: str, rivals: list[Rival]) -> list[dict[str, object]]:
    """Return a row for each relay; those that it is compared with are among them."""
    named = {rival.name: rival for rival in rivals}
    usual, bare, nginx = named[USUAL], named[BARE], named[NGINX]
    return [
        {
            "load": f"{load}, {rival.name}",
            "requests/s": round(median(rival.rates)),
            "x usual design": round(ratio(rival.rates, usual.rates), 2),
            "x nginx": round(ratio(rival.rates, nginx.rates), 3),
            "CPU us/request": round(min(rival.costs)),
            "CPU x bare": round(cost_ratio(rival.costs, bare.costs), 2),
            "p50 ms": round(median(rival.p50), 2),
            "p99 ms": round(median(rival.p99), 2),
            "p99.9 ms": round(median(rival.p999), 2),
            "MiB": round(rival.memory / 2**20),
        }
        for rival in rivals
    ]


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each body and relay; fails where the gateway did not check or log."""
    rows: list[dict[str, object]] = []
    for number, (name, each) in enumerate(LOADS.items()):
        own = folder / str(number)
        own.mkdir()
        with ExitStack() as stack:
            port = reading_upstream(stack, own)[0] if each.reads else upstream(stack, own)
            rivals = start(stack, own, port, RIVALS)
            script = posting(own / "post.lua", each.body)
            in_turn(rivals, script, each.rounds(rounds, seconds), 1, CONNECTIONS)
            check(rivals[0].port, own / "specrelay.log", BODY, rivals[0].answered)
            rows += table(name, rivals)
    return rows

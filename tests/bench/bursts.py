"""Load in short bursts, relay after relay: what a request costs each, measured side by side.

What else a shared machine does comes and goes within a second, and slows one kind of work more than
another. Bursts of a few hundredths of a second meet the same, and the cheapest tenth of them is the
nearest to what the work itself costs.
"""

import select
import time
from collections.abc import Sequence
from contextlib import ExitStack

from tests.bench.connection import PATIENCE, Connection, chat
from tests.bench.rivals import Rival
from tests.bench.servers import own_cpu_seconds

REST = 0.005  # seconds after the last answer, in which lines are logged


def cheap(costs: Sequence[float]) -> float:
    """Return the cost that a tenth of the bursts do not exceed."""
    return sorted(costs)[len(costs) // 10]


def in_bursts(
    rivals: Sequence[Rival], body: str, bursts: int, requests: int, connections: int
) -> dict[str, list[float]]:
    """Load relays in turn, `bursts` times; return the CPU µs per request of each burst, by relay.

    In one, each of `connections` asks for `requests` answers, one after the other.
    """
    costs: dict[str, list[float]] = {rival.name: [] for rival in rivals}
    with ExitStack() as stack:
        turn = []
        for rival in rivals:
            clients = [Connection(rival.port, chat(body)) for _ in range(connections)]
            for each in clients:
                stack.callback(each.socket.close)
            turn.append((rival, clients))
        for number in range(bursts):
            for rival, clients in turn[:: -1 if number % 2 else 1]:
                before = own_cpu_seconds(rival.pid)
                ask(clients, requests)
                time.sleep(REST)
                used = own_cpu_seconds(rival.pid) - before
                costs[rival.name].append(used / (requests * connections) * 1e6)
                rival.answered += requests * connections
    return costs


def ask(clients: Sequence[Connection], times: int) -> None:
    """Let each client have so many answers, all of them at once."""
    left = dict.fromkeys(clients, times)
    for each in clients:
        each.send()
    while left:
        ready = select.select(list(left), [], [], PATIENCE)[0]
        if not ready:
            raise SystemExit("an answer did not come")
        for each in ready:
            if not each.answered():
                continue
            left[each] -= 1
            if left[each]:
                each.send()
            else:
                del left[each]

"""Bodies of three sizes, with validation and without: what checking costs.

Beside it stands the least that it can cost (`least_check`). Rates and latencies of the same bodies
are those of `throughput`.
"""

from contextlib import ExitStack
from pathlib import Path

from tests.bench.bursts import cheap, in_bursts
from tests.bench.checked import status_of
from tests.bench.closed_loop import posting, warm
from tests.bench.rivals import BARE, GATEWAY, LEAST, OFF, Rival, start
from tests.bench.run import BODY, LOADS
from tests.bench.servers import reading_upstream

NAME = "bodies"
CONNECTIONS = 32
BURSTS = 6  # for each second of the rounds
REQUESTS = {"1 KB": 20, "100 x 2 KB": 6, "1,500 x 100 B": 3}  # of a connection in a burst
# What an invalid body is answered, and one with a doubled name.
ANSWERS = {GATEWAY: (400, 400), LEAST: (400, 200), OFF: (200, 200), BARE: (200, 200)}


def check(rivals: list[Rival]) -> None:
    """Assert which relays check bodies, and which of them let a doubled name pass."""
    doubled = BODY.replace("{", '{"model": "gpt-4",', 1)
    found = {
        rival.name: (status_of(rival.port), status_of(rival.port, doubled)) for rival in rivals
    }
    if found != ANSWERS:
        raise SystemExit(f"an invalid body and one with a doubled name were answered so: {found}")


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each load: CPU µs per request by relay, and the price of checking."""
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        port, _ = reading_upstream(stack, folder)
        rivals = start(stack, folder, port, list(ANSWERS))
        check(rivals)
        for name, load in LOADS.items():
            warm(rivals, posting(folder / "post.lua", load.body), CONNECTIONS)
            number = BURSTS * rounds * seconds
            found = in_bursts(rivals, load.body, number, REQUESTS[name], CONNECTIONS)
            costs = {relay: cheap(each) for relay, each in found.items()}
            row: dict[str, object] = {"body": name}
            row |= {f"{relay}: CPU us": round(cost) for relay, cost in costs.items()}
            row["price of validation"] = round(costs[GATEWAY] / costs[OFF] - 1, 3)
            row["share of a request"] = round(1 - costs[OFF] / costs[GATEWAY], 3)
            row["least price"] = round(costs[LEAST] / costs[OFF] - 1, 3)
            row["x bare"] = round(costs[GATEWAY] / costs[BARE], 2)
            rows.append(row)
    return rows

"""One worker beside two: what a second one adds, and how connections are spread.

What is seen comes from the kernel: each worker's listening socket, the connections that it took
and its CPU time, and how much of the machine was left. A core that others use too is slower, so
two gateways of one worker, loaded at the same time, tell how much of a change is the machine's.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.checked import check
from tests.bench.closed_loop import CONNECTIONS, load, posting
from tests.bench.machine import Ticks, busy, ticks
from tests.bench.rivals import Rival, cost_ratio, ratio, serve
from tests.bench.run import BODY
from tests.bench.servers import (
    children,
    own_cpu_seconds,
    settled_cpu_seconds,
    specrelay,
    upstream,
)

NAME = "workers"
ENOUGH = 1.7  # times what one worker carries
SAME = 1.1  # times the CPU of a request: the margin of what counts as unchanged
FULL = 0.95  # of the machine: no core is left
ROUND = 2  # seconds; many short ones, as `run.Load.rounds` has them
LISTENING, ESTABLISHED = "0A", "01"  # states in /proc/net/tcp


@dataclass
class Group:
    """Gateways that are loaded at the same time, and what each round showed of them together."""

    name: str
    gateways: list[Rival]
    workers: list[int]  # the processes that serve
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)  # CPU µs per request
    p999: list[float] = field(default_factory=list)  # ms
    busy: list[float] = field(default_factory=list)  # share of the machine
    connections: list[list[int]] = field(default_factory=list)  # of each worker
    shares: list[list[float]] = field(default_factory=list)  # of CPU time, of each worker

    def sockets(self, state: str) -> set[str]:
        return set().union(*(sockets(each.port, state) for each in self.gateways))

    def add_up(self) -> None:
        """Note the round that all of the gateways have just had."""
        last = [(each.rates[-1], each.costs[-1]) for each in self.gateways]
        self.rates.append(sum(rate for rate, _ in last))
        self.costs.append(sum(rate * cost for rate, cost in last) / self.rates[-1])
        self.p999.append(max(each.p999[-1] for each in self.gateways))

    def forget(self) -> None:
        figures = (self.rates, self.costs, self.p999, self.busy, self.connections, self.shares)
        for each in figures:
            each.clear()


def sockets(port: int, state: str) -> set[str]:
    """Return the inodes of the IPv4 sockets of a local port that are in a state."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == state}


def held(pid: int, inodes: set[str]) -> int:
    """Count the sockets that a process holds."""
    names = {f"socket:[{inode}]" for inode in inodes}
    count = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += str(entry.readlink()) in names
        except OSError:  # closed meanwhile
            continue
    return count


def proportional(pid: int) -> int:
    """Return the bytes of a process and its children, pages that several share counted once.

    Proportional set size (proc_pid_smaps_rollup(5)); what others hold of a page is theirs.
    """
    kilobytes = 0
    for each in (pid, *children(pid)):
        text = Path(f"/proc/{each}/smaps_rollup").read_text()
        kilobytes += int(text.partition("\nPss:")[2].split()[0])
    return kilobytes * 1024


def start(stack: ExitStack, folder: Path) -> list[Group]:
    """Start a gateway of one worker, one of two, and two of one."""
    port = upstream(stack, folder)

    def gateway(name: str, workers: int) -> Rival:
        options = ("--workers", str(workers))
        return serve(stack, folder, port, name, lambda own: specrelay(own, port, *options))

    one, two, another = gateway("one", 1), gateway("two", 2), gateway("another", 1)
    # A round of `both` is not one of `one`.
    both = [Rival(each.name, each.port, each.pid) for each in (one, another)]
    return [
        Group("1 worker", [one], [one.pid]),
        Group("2 workers", [two], children(two.pid)),
        Group("2 gateways", both, [each.pid for each in both]),
    ]


def check_sockets(group: Group) -> None:
    """Assert that there are as many listening sockets as workers, one in each.

    Linux lets several sockets listen on one address only if all have SO_REUSEPORT.
    """
    listening = group.sockets(LISTENING)
    if len(listening) != len(group.workers) or {held(w, listening) for w in group.workers} != {1}:
        raise SystemExit(f"{group.name}: not one listening socket for each")


def one_round(group: Group, script: Path, seconds: int) -> None:
    """Load gateways, and note how the load was spread while it lasted."""
    for each in group.gateways:
        settled_cpu_seconds(each.pid)
    before = [own_cpu_seconds(pid) for pid in group.workers]
    marks: list[Ticks] = []

    def look() -> None:
        marks.append(ticks())
        if len(marks) == 1:
            open_now = group.sockets(ESTABLISHED)
            group.connections.append([held(pid, open_now) for pid in group.workers])

    # The load begins a little after its client was started, and ends before `load` returns.
    timers = [threading.Timer(at, look) for at in (0.6, seconds - 0.1)]
    for timer in timers:
        timer.start()
    share = CONNECTIONS // len(group.gateways)
    with ThreadPoolExecutor() as pool:
        loads = [pool.submit(load, each, script, seconds, share) for each in group.gateways]
    for each in loads:
        each.result()
    for timer in timers:
        timer.join()
    group.add_up()
    group.busy.append(busy(*marks))
    spent = [own_cpu_seconds(pid) - at for pid, at in zip(group.workers, before, strict=True)]
    group.shares.append([each / sum(spent) for each in spent])


def clauses(more: float, cost: float, share: float) -> list[str]:
    """Return which clauses of the bar hold for two workers.

    They carry enough `more` than one; or no core is left (`share` of the machine is used), and a
    request costs what it costs two gateways of one worker, which have nothing in common but that.
    """
    found = [f"carry {ENOUGH} x one"] if more >= ENOUGH else []
    if cost <= SAME and share >= FULL:
        found.append(f"no core left, CPU of a request within {SAME} x that of two gateways")
    return found


def row(group: Group, one: Group, apart: Group) -> dict[str, object]:
    more = ratio(group.rates, one.rates)
    cost = cost_ratio(group.costs, apart.costs)
    share = median(group.busy)
    found = clauses(more, cost, share) if group not in (one, apart) else None
    spread = [" + ".join(map(str, each)) for each in group.connections]
    shares = [" + ".join(f"{part:.0%}" for part in each) for each in group.shares]
    return {
        "gateway": group.name,
        "requests/s": round(median(group.rates)),
        "x one": round(more, 2),
        "CPU us/request": round(min(group.costs)),
        "CPU x one": round(cost_ratio(group.costs, one.costs), 2),
        "CPU x two gateways": round(cost, 2),
        "p99.9 ms": round(median(group.p999), 1),
        "machine busy": f"{share:.0%} of {os.cpu_count()} cores",
        "MB": round(sum(proportional(each.pid) for each in group.gateways) / 1e6),
        "connections": ", ".join(spread),
        "CPU": ", ".join(shares),
        "clauses held": None if found is None else len(found),
        "namely": None if found is None else "; ".join(found) or "none",
    }


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each group: rate, cost, balance, and which clause of the bar holds."""
    with ExitStack() as stack:
        script = posting(folder / "post.lua", BODY)
        groups = start(stack, folder)
        for group in groups:
            check_sockets(group)
            one_round(group, script, ROUND)
            group.forget()
        for _ in range(max(1, rounds * seconds // ROUND)):
            for group in groups:
                one_round(group, script, ROUND)
        one, two, apart = groups
        for gateway in (*two.gateways, *apart.gateways):
            check(gateway.port, folder / f"{gateway.name}.log", BODY)
        return [row(group, one, apart) for group in groups]

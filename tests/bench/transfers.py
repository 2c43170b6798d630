"""Large bodies: 100 MB up and down, beside nginx without buffers."""

import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median

from tests.bench.rivals import BARE, GATEWAY, NGINX, USUAL, Rival, ratio, start
from tests.bench.servers import (
    KEY,
    children,
    reading_upstream,
    resident,
    settled_cpu_seconds,
    upstream,
)

NAME = "transfers"
SIZE = 100 * 1000 * 1000


def curl(*arguments: str) -> float:
    """Transfer; return the seconds that it took."""
    out = subprocess.run(
        [
            *("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{time_total}"),
            *("-H", f"Authorization: Bearer {KEY}", "-H", "Expect:", *arguments),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    status, took = out.split()
    if status != "200":
        raise SystemExit(f"a transfer was answered {status}")
    return float(took)


def upload(rival: Rival, file: Path) -> float:
    """Send the file as multipart, which the gateway checks while it passes."""
    url = f"http://127.0.0.1:{rival.port}/v1/files"
    return curl("-F", "purpose=batch", "-F", f"file=@{file}", url)


def download(rival: Rival, file: Path) -> float:
    """Fetch the file, which the upstream serves under the path of a file's content."""
    del file
    return curl(f"http://127.0.0.1:{rival.port}/v1/files/large/content")


TRANSFERS = {"upload": upload, "download": download}


def forget_peak(pid: int) -> None:
    """Let the kernel forget the most memory that a process had (proc_pid_clear_refs(5))."""
    for each in (pid, *children(pid)):
        with suppress(OSError):
            Path(f"/proc/{each}/clear_refs").write_text("5")


def peak(pid: int) -> int:
    """Return the most resident memory that a process and what it has started had, in bytes."""
    total = 0
    for each in (pid, *children(pid)):
        status = Path(f"/proc/{each}/status").read_text()
        total += int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return total


def rows_of(name: str, rivals: list[Rival], rounds: int, file: Path) -> list[dict[str, object]]:
    """Transfer in turn, after one of each that warms up; return a row for each relay.

    `rates` of a rival are MB/s, `costs` CPU seconds; its `memory` is the most that it gained.
    """
    for number in range(rounds + 1):
        for rival in rivals:
            forget_peak(rival.pid)
            cpu, memory = settled_cpu_seconds(rival.pid), resident(rival.pid)
            rival.rates.append(SIZE / 1e6 / TRANSFERS[name](rival, file))
            rival.costs.append(settled_cpu_seconds(rival.pid) - cpu)
            rival.memory = max(rival.memory, peak(rival.pid) - memory)
            if not number:
                rival.forget()
    nginx = next(rival for rival in rivals if rival.name == NGINX)
    return [
        {
            **{"transfer": f"{name}, {rival.name}", "MB/s": round(median(rival.rates))},
            "x nginx": round(ratio(rival.rates, nginx.rates), 2),
            "CPU s": round(median(rival.costs), 2),
            "MB gained at most": round(rival.memory / 1e6, 1),
        }
        for rival in rivals
    ]


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each direction and relay: MB/s, ratio to nginx, CPU, memory gained."""
    del seconds
    large = folder / "large"
    folder.chmod(0o755)  # nginx reads it as another user if it was started as root
    with large.open("wb") as file:
        file.truncate(SIZE)
    rows: list[dict[str, object]] = []
    for name in TRANSFERS:
        with ExitStack() as stack:
            own = folder / name
            own.mkdir()
            (own / "large").hardlink_to(large)
            reads = name == "upload"
            port = reading_upstream(stack, own)[0] if reads else upstream(stack, own)
            rivals = start(stack, own, port, (GATEWAY, BARE, NGINX, USUAL))
            rows += rows_of(name, rivals, rounds, large)
    return rows

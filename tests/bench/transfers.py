"""Large bodies: 100 MB up and down, beside nginx without buffers."""

import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.bench.run import Rival, start
from tests.bench.servers import KEY, cpu_seconds, free_port, resident, running

NAME = "transfers"
SIZE = 100 * 1000 * 1000


def curl(*arguments: str) -> float:
    """Transfer; return the seconds that it took."""
    out = subprocess.run(
        [
            *("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{time_total}"),
            *("-H", f"Authorization: Bearer {KEY}", "-H", "Expect:", *arguments),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    status, took = out.split()
    if status != "200":
        raise SystemExit(f"a transfer was answered {status}")
    return float(took)


def start_sink(stack: ExitStack, folder: Path) -> int:
    """Start an upstream that reads a body before it answers."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.counted_upstream", str(port)]
    stack.enter_context(running(command, port, folder / "sink.log"))
    return port


def upload(rival: Rival, file: Path) -> float:
    """Send the file as multipart, which the gateway checks while it passes."""
    url = f"http://127.0.0.1:{rival.port}/v1/files"
    return curl("-F", "purpose=batch", "-F", f"file=@{file}", url)


def download(rival: Rival, file: Path) -> float:
    """Fetch the file, which the upstream serves under the path of a file's content."""
    del file
    return curl(f"http://127.0.0.1:{rival.port}/v1/files/large/content")


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each direction and relay: MB/s, ratio to nginx, CPU, memory gained."""
    del seconds
    large = folder / "large"
    folder.chmod(0o755)  # nginx reads it as another user if it was started as root
    with large.open("wb") as file:
        file.truncate(SIZE)
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        for name, transfer in (("upload", upload), ("download", download)):
            sink = start_sink(stack, folder) if transfer is upload else None
            rivals = [r for r in start(stack, folder, sink) if r.name != "usual design"]
            speeds: dict[str, list[float]] = {rival.name: [] for rival in rivals}
            used: dict[str, float] = {}
            gained: dict[str, int] = {}
            for _ in range(rounds):
                for rival in rivals:
                    cpu = cpu_seconds(rival.pid) if rival.pid else 0.0
                    memory = resident(rival.pid) if rival.pid else 0
                    speeds[rival.name].append(SIZE / 1e6 / transfer(rival, large))
                    used[rival.name] = (cpu_seconds(rival.pid) if rival.pid else 0.0) - cpu
                    gained[rival.name] = (resident(rival.pid) if rival.pid else 0) - memory
            nginx = statistics.median(speeds["nginx proxy_pass"])
            for rival in rivals:
                speed = statistics.median(speeds[rival.name])
                rows.append(
                    {
                        **{"what": name, "relay": rival.name, "MB/s": round(speed)},
                        "x nginx": round(speed / nginx, 2),
                        "CPU s": round(used[rival.name], 2) if rival.pid else None,
                        "MiB gained": round(gained[rival.name] / 2**20, 1) if rival.pid else None,
                    }
                )
    return rows

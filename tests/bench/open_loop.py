"""Latency at a fixed rate, free of coordinated omission.

Requests leave when they are due, whether earlier ones were answered or not; a latency counts from
the moment when the request was due. The client is a process of its own.
"""

import asyncio
import json
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import uvloop

from tests.bench.run import BODY, SCRIPT, Rival, load, start
from tests.bench.servers import KEY, ROOT

NAME = "open loop"
CONNECTIONS = 64
REQUEST = (
    f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"
).encode()


class _Client(asyncio.Protocol):
    """One connection; has at most one request under way."""

    def __init__(self, idle: asyncio.Queue["_Client"], latencies: list[float]) -> None:
        self.idle = idle
        self.latencies = latencies
        self.received = b""
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: object = transport
        self.idle.put_nowait(self)

    def send(self, due: float) -> None:
        self.due = due
        self.transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        lowered = head.lower()
        length = int(lowered.partition(b"content-length:")[2].partition(b"\r\n")[0])
        if not lowered.startswith(b"http/1.1 200"):
            raise SystemExit("a request failed")
        if len(body) >= length:
            self.latencies.append(time.perf_counter() - self.due)
            self.received = b""
            self.idle.put_nowait(self)


async def run(port: int, rate: float, seconds: float) -> dict[str, float]:
    """Send `rate` requests a second; return latencies in milliseconds."""
    loop = asyncio.get_running_loop()
    idle: asyncio.Queue[_Client] = asyncio.Queue()
    latencies: list[float] = []
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: _Client(idle, latencies), "127.0.0.1", port)
    begun = time.perf_counter() + 0.1
    count = int(rate * seconds)
    for number in range(count):
        due = begun + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        (await idle.get()).send(due)
    for _ in range(CONNECTIONS):  # when all of them are idle, all was answered
        await idle.get()
    latencies = sorted(latencies[count // 10 :])  # the first tenth warms up
    at = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
    return {f"{n} ms": round(latencies[int(len(latencies) * q)] * 1000, 3) for n, q in at.items()}


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return each relay's latency at a third of the gateway's own saturation."""
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        rivals: list[Rival] = [r for r in start(stack, folder) if r.name != "usual design"]
        script = folder / "post.lua"
        script.write_text(SCRIPT % (BODY, KEY))
        for rival in rivals:
            load(rival, script, 2, 32)
        rate = rivals[0].rates[0] / 3
        for number in range(rounds):
            for rival in rivals:
                out = subprocess.run(
                    [
                        *(sys.executable, "-m", "tests.bench.open_loop", str(rival.port)),
                        *(str(rate), str(seconds)),
                    ],
                    capture_output=True,
                    text=True,
                    check=True,
                    cwd=ROOT,
                ).stdout
                shared = {"relay": rival.name, "round": number + 1, "rate": round(rate)}
                rows.append(shared | json.loads(out))
    return rows


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))))

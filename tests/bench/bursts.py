"""Load in short bursts, relay after relay: what a request costs each, measured side by side.

What else a shared machine does comes and goes within a second, and slows one kind of work more than
another. Bursts of a few hundredths of a second meet the same, and the cheapest tenth of them is the
nearest to what the work itself costs.
"""

import asyncio
import ctypes
import os
import time
from collections.abc import Sequence

import uvloop

from tests.bench.run import Rival
from tests.bench.servers import KEY

REST = 0.005  # seconds after the last answer, in which lines are logged


def cpu_clock(pid: int) -> int:
    """Return the clock of a process's CPU time, which counts nanoseconds (clock_getcpuclockid)."""
    clock = ctypes.c_int()
    failed = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if failed:
        raise OSError(failed, os.strerror(failed))
    return clock.value


def cheap(costs: Sequence[float]) -> float:
    """Return the cost that a tenth of the bursts do not exceed."""
    return sorted(costs)[len(costs) // 10]


def in_bursts(
    rivals: Sequence[Rival], body: str, bursts: int, requests: int, connections: int
) -> None:
    """Load relays in turn, `bursts` times; note the CPU µs per request of each burst.

    In one, each of `connections` asks for `requests` answers, one after the other. An answer that
    is no 200, or a connection that ends, ends the run.
    """
    uvloop.run(_in_turn(rivals, request(body), bursts, requests, connections))


def request(body: str) -> bytes:
    """Make a chat completion's request."""
    data = body.encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: relay.test\r\n"
        f"Authorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


class _Connection(asyncio.Protocol):
    """Sends one request again and again, each when the answer to the one before has come."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent
        self._got = b""
        self._left = 0
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    async def ask(self, times: int) -> None:
        self._left = times
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(self._sent)
        await self._done

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, content = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        status, _, fields = head.lower().partition(b"\r\n")
        length = fields.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if status.split()[1] != b"200" or not length.strip().isdigit():
            self._end(f"under load a relay answered {head.decode(errors='replace')}")
        elif len(content) >= int(length):
            self._got = b""
            self._left -= 1
            if self._left:
                self._transport.write(self._sent)
            else:
                self._done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end("a relay ended a connection under load")

    def _end(self, why: str) -> None:
        if not self._done.done():
            self._done.set_exception(RuntimeError(why))

    def close(self) -> None:
        self._transport.close()


async def _in_turn(
    rivals: Sequence[Rival], sent: bytes, bursts: int, requests: int, connections: int
) -> None:
    clocks = [cpu_clock(rival.pid) for rival in rivals]
    clients = [await _open(rival.port, sent, connections) for rival in rivals]
    turn = list(zip(rivals, clocks, clients, strict=True))
    try:
        for number in range(bursts):
            for rival, clock, asking in turn[:: -1 if number % 2 else 1]:
                before = time.clock_gettime_ns(clock)
                await asyncio.gather(*(client.ask(requests) for client in asking))
                await asyncio.sleep(REST)
                used = time.clock_gettime_ns(clock) - before
                rival.costs.append(used / 1000 / (requests * connections))
                rival.answered += requests * connections
    finally:
        for client in (each for some in clients for each in some):
            client.close()
        await asyncio.sleep(REST)


async def _open(port: int, sent: bytes, connections: int) -> list[_Connection]:
    connect = asyncio.get_running_loop().create_connection
    opened = [
        await connect(lambda: _Connection(sent), "127.0.0.1", port) for _ in range(connections)
    ]
    return [client for _, client in opened]

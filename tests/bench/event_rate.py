"""How many events a relay carries when it has no rest, each event a write and a read of its own.

Upstream and client are one loop in this process: a stream's next event is written when the client
has read the one before. So nothing runs together in a buffer, however slow the relay is. The loop
is bare `epoll`, since it has to be faster than the relay: `cores used` tells whether the relay was
what bounded the rate.
"""

import select
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.counted_upstream import EVENT
from tests.bench.rivals import BARE, GATEWAY, NGINX, USUAL, Rival, cost_ratio, ratio, start
from tests.bench.run import BODY
from tests.bench.servers import KEY, cpu_seconds
from tests.bench.streams import STREAMS

NAME = "event rate"
PATIENCE = 10.0  # seconds without an event after which the run fails
FEWER = {NGINX: 2}  # rounds after the first, where not all
REQUEST = (
    f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\nX-Stream: %d\r\n\r\n"
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = b"%x\r\n%s\r\n" % (len(EVENT), EVENT)
LAST = b"0\r\n\r\n"


class StandsStill(SystemExit):
    """No event comes any more."""


class Loop:
    """Both ends of all streams. `seconds` after the start of a run, each stream ends."""

    def __init__(self) -> None:
        self.epoll = select.epoll()
        self.readers: dict[int, tuple[socket.socket, Callable[[], None]]] = {}
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self.listener.getsockname()[1]
        self.watch(self.listener, self.accept)
        self.upstreams: dict[int, socket.socket] = {}  # by the number of the stream
        self.events = 0
        self.left = 0
        self.end = 0.0

    def close(self) -> None:
        for connection, _ in self.readers.values():
            connection.close()
        self.epoll.close()

    def watch(self, connection: socket.socket, reader: Callable[[], None]) -> None:
        self.readers[connection.fileno()] = (connection, reader)
        self.epoll.register(connection, select.EPOLLIN)

    def forget(self, connection: socket.socket) -> None:
        del self.readers[connection.fileno()]
        self.epoll.unregister(connection)
        connection.close()

    def accept(self) -> None:
        connection = self.listener.accept()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""

        def read() -> None:
            nonlocal received
            data = connection.recv(65536)
            if not data:
                self.forget(connection)
            received += data
            head, found, body = received.partition(b"\r\n\r\n")
            if found and len(body) == len(BODY):
                received = b""
                number = head.lower().partition(b"x-stream:")[2].partition(b"\r\n")[0]
                self.upstreams[int(number)] = connection
                connection.sendall(ANSWER + CHUNK)

        self.watch(connection, read)

    def open(self, port: int, number: int) -> None:
        """Open a stream by a relay, and keep it going."""
        connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        connection.sendall((REQUEST % number + BODY).encode())
        tail = b""

        def read() -> None:
            nonlocal tail
            data = connection.recv(65536)
            tail = (tail + data)[-8:]
            if tail.endswith(b"\r\n" + LAST):
                self.left -= 1
                self.forget(connection)
            elif tail.endswith(b"\n\n\r\n"):
                self.events += 1
                more = time.perf_counter() < self.end
                self.upstreams[number].sendall(CHUNK if more else LAST)
            elif not data:
                raise SystemExit("a stream was refused or cut")

        self.watch(connection, read)

    def run(self, port: int, seconds: float, patience: float = PATIENCE) -> float:
        """Return the events in a second that a relay carries over `STREAMS` streams.

        Raises StandsStill where none of them has an event for `patience` seconds.
        """
        begun = time.perf_counter()
        self.events, self.left, self.end = 0, STREAMS, begun + seconds
        for number in range(STREAMS):
            self.open(port, number)
        while self.left:
            ready = self.epoll.poll(patience)
            if not ready:
                raise StandsStill("a stream stands still")
            for number, _ in ready:
                self.readers[number][1]()
        return self.events / (time.perf_counter() - begun)


def of_buffering(folder: Path) -> float:
    """Return the events in a second by the usual design: none, as long as it keeps them."""
    with ExitStack() as stack:
        loop = Loop()
        (usual,) = start(stack, folder, loop.port, (USUAL,))
        stack.callback(loop.close)
        try:
            return loop.run(usual.port, 1, patience=2)
        except StandsStill:
            return loop.events / 2


def measure(folder: Path, rounds: int, seconds: int) -> list[dict[str, object]]:
    """Return a row for each relay: medians of the rounds, and the ratio to the bare forwarder."""
    cores: dict[str, list[float]] = {}
    with ExitStack() as stack:
        loop = Loop()
        stack.callback(loop.close)
        rivals: list[Rival] = start(stack, folder, loop.port, (GATEWAY, BARE, NGINX))
        for number in range(rounds + 1):  # the first warms up
            for rival in rivals:
                if number > FEWER.get(rival.name, rounds):
                    continue
                before, begun = cpu_seconds(rival.pid), time.perf_counter()
                rate = loop.run(rival.port, seconds if number else 1)
                used = (cpu_seconds(rival.pid) - before) / (time.perf_counter() - begun)
                if number:
                    rival.rates.append(rate)
                    rival.costs.append(used / rate * 1e6)
                    cores.setdefault(rival.name, []).append(used)
    rows = [row(rival, rivals[1], median(cores[rival.name])) for rival in rivals]
    none = dict.fromkeys(rows[0]) | {"relay": USUAL, "events/s": round(of_buffering(folder))}
    return [*rows, none]


def row(rival: Rival, bare: Rival, cores: float) -> dict[str, object]:
    return {
        "relay": rival.name,
        "events/s": round(median(rival.rates)),
        "x bare": round(ratio(rival.rates, bare.rates), 2),
        "CPU us/event": round(min(rival.costs), 1),
        "CPU x bare": round(cost_ratio(rival.costs, bare.costs), 2),
        "cores used": round(cores, 2),
    }

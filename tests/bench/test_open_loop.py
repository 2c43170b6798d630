"""A relay that stands still is seen in all the requests that were due meanwhile."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.bench.open_loop import REQUEST, Turn, row, run
from tests.bench.rivals import Rival

STILL = 0.3  # seconds


@contextmanager
def standing_still(once_at: int, status: bytes = b"200 OK") -> Iterator[int]:
    """Serve; at one request all connections have to wait."""
    gate = threading.Lock()
    seen = 0

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            nonlocal seen
            while self.rfile.read(len(REQUEST)):
                with gate:
                    seen += 1
                    if seen == once_at:
                        time.sleep(STILL)
                self.wfile.write(b"HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nok" % status)

    class Server(socketserver.ThreadingTCPServer):
        request_queue_size = 256

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_pause_counts_for_every_request_that_was_due() -> None:
    """Of 400 a second, 120 are due in 0.3 s: more than the connections, which all wait."""
    with standing_still(once_at=300) as port:
        seen = run(port, rate=400, seconds=2)
    assert seen["p50 ms"] < STILL * 1000 / 3
    assert seen["p99 ms"] > STILL * 1000 * 0.8
    assert seen["left late p99 ms"] > 1  # no connection was free, and yet their time counts


def test_a_refused_request_ends_the_run() -> None:
    with (
        standing_still(once_at=0, status=b"403 Forbidden") as port,
        pytest.raises(SystemExit, match="a request failed"),
    ):
        run(port, rate=100, seconds=0.2)


def turn(rate: float, *p50: float) -> Turn:
    seen = [{"p50 ms": each, "p99 ms": 2 * each} for each in p50]
    return Turn(Rival("relay", 0, 0), rate, seen)


def test_a_relay_with_one_round_is_compared_with_the_first() -> None:
    bare = turn(300, 1.0, 5.0, 6.0)
    found = row("slow", turn(100, 3.0), bare)
    assert found == {
        **{"relay": "slow", "requests/s": 100, "p50 ms": 3.0, "p99 ms": 6.0},
        **{"p50 x bare": 3.0, "p99 x bare": 3.0},
    }
    assert row("bare", bare, bare)["p50 ms"] == 5.0

"""What the bench sees of workers: their sockets, and which clause of the bar holds."""

import os
import socket

import pytest

from tests.bench.workers import ESTABLISHED, LISTENING, clauses, held, sockets


def shared(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    return made


def test_listening_sockets_are_counted_one_by_one() -> None:
    with shared(0) as one:
        port = one.getsockname()[1]
        assert sockets(port, LISTENING) == set()  # it is bound, no more
        one.listen()
        with shared(port) as other:
            other.listen()
            both = sockets(port, LISTENING)
            assert len(both) == 2
            assert held(os.getpid(), both) == 2
            assert held(os.getpid(), set()) == 0


def test_connections_are_those_that_were_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            assert held(os.getpid(), sockets(port, ESTABLISHED)) == 1


@pytest.mark.parametrize(
    ("more", "cost", "busy", "count"),
    [
        (1.7, 1.5, 0.8, 1),  # it carries enough
        (1.4, 1.05, 0.98, 1),  # it costs the same, and no core was left
        (1.4, 1.05, 0.9, 0),  # a part of a core was left, and was not used
        (1.4, 1.2, 0.98, 0),  # it costs more
        (1.8, 1.0, 0.99, 2),
    ],
)
def test_clauses(more: float, cost: float, busy: float, count: int) -> None:
    assert len(clauses(more, cost, busy)) == count

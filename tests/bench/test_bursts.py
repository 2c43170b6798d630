import os
import subprocess
import sys

import pytest

from tests.bench.bursts import cheap, in_bursts
from tests.bench.counted_upstream import upstream
from tests.bench.rivals import Rival
from tests.bench.servers import cpu_clock, own_cpu_seconds


def test_the_clock_of_a_process_counts_what_it_used() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True); input()"
    command = [sys.executable, "-c", busy]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdout.readline()
        used = own_cpu_seconds(process.pid)
        process.stdin.close()
    assert 0.3 <= used < 0.6


def test_a_process_that_is_not_there_has_no_clock() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    with pytest.raises(OSError):
        cpu_clock(process.pid)


def test_each_burst_has_its_cost_and_all_is_answered() -> None:
    with upstream() as origin:
        rivals = [Rival(name, int(origin.rpartition(":")[2]), os.getpid()) for name in ("a", "b")]
        costs = in_bursts(rivals, '{"a": "%s"}' % ("x" * 100_000), 3, requests=4, connections=2)
    assert [rival.answered for rival in rivals] == [24, 24]
    assert list(costs) == ["a", "b"]
    assert all(len(each) == 3 and min(each) > 1 for each in costs.values())


def test_the_cheapest_tenth_is_told() -> None:
    assert cheap([float(cost) for cost in range(30, 0, -1)]) == 4
    assert cheap([7.0]) == 7


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_whole_answer_ends_the_run(answer: bytes) -> None:
    serve = (
        "import socket, sys\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "print(server.getsockname()[1], flush=True)\n"
        "peer, _ = server.accept()\n"
        "peer.recv(65536)\n"
        f"peer.sendall({answer!r})\n"
        "peer.shutdown(socket.SHUT_WR)\n"
        "peer.recv(65536)\n"
    )
    with subprocess.Popen([sys.executable, "-c", serve], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        rival = Rival("a", int(process.stdout.readline()), process.pid)
        with pytest.raises(SystemExit, match="a request failed"):
            in_bursts([rival], "{}", 1, requests=1, connections=1)

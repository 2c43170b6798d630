"""Several workers: each serves, a dead one is replaced, and none outlives its supervisor."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.cli.commands import Served, serving
from tests.cli.test_serve import PETS, ended, get

SERVE = (*PETS, "--upstream", "http://127.0.0.1:9", "--workers", "2")


def workers(served: Served) -> set[int]:
    said = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(served.process.pid)], capture_output=True, check=False
    ).stdout
    return {int(pid) for pid in said.split()}


def test_a_dead_worker_is_replaced_and_all_stop(home: Path) -> None:
    with serving(home, *SERVE) as served:
        before = workers(served)
        assert len(before) == 2
        os.kill(min(before), signal.SIGKILL)
        end = time.monotonic() + 5
        while len(workers(served) - before) < 1 and time.monotonic() < end:
            time.sleep(0.05)
        after = workers(served)
        assert len(after) == 2
        assert after != before
        assert served.stop() == 0
        assert all(ended(pid) for pid in before | after)
    (line,) = (json.loads(line) for line in served.said if line.startswith("{"))
    assert line["level"] == "warning"
    assert line["message"] == f"Worker {min(before)} died; another takes its place."


def test_what_is_served_is_said_once_all_workers_do(home: Path) -> None:
    with serving(home, *SERVE, lines=1) as served:
        assert len(workers(served)) == 2
        for _ in range(20):
            assert get(f"{served.url}/-/health").status_code == 200
        assert served.stop() == 0


def test_workers_stop_when_their_supervisor_is_killed(home: Path) -> None:
    with serving(home, *SERVE) as served:
        pids = workers(served)
        served.process.kill()
        assert all(ended(pid) for pid in pids)

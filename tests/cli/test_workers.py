"""Several workers: each serves, a dead one is replaced, and none outlives its supervisor."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.cli.commands import Served, environment, serving
from tests.cli.test_serve import PETS, ended, get

SERVE = (*PETS, "--upstream", "http://127.0.0.1:9", "--workers", "2")


def workers(served: Served) -> set[int]:
    said = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(served.process.pid)], capture_output=True, check=False
    ).stdout
    return {int(pid) for pid in said.split()}


def wait_for_health(served: Served) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if get(f"{served.url}/-/health").status_code == 200:
                return
        except (OSError, httpx.TransportError):
            pass
        time.sleep(0.05)
    raise AssertionError(served.text())


def test_a_dead_worker_is_replaced_and_all_stop(home: Path) -> None:
    with serving(home, *SERVE) as served:
        before = workers(served)
        assert len(before) == 2
        time.sleep(2.1)  # a death within the first two seconds counts as a failed start
        os.kill(min(before), signal.SIGKILL)
        end = time.monotonic() + 5
        while len(workers(served) - before) < 1 and time.monotonic() < end:
            time.sleep(0.05)
        after = workers(served)
        assert len(after) == 2
        assert after != before
        assert served.stop() == 0
        assert all(ended(pid) for pid in before | after)
    assert f"Worker {min(before)} died" in served.text()


def test_workers_stop_when_their_supervisor_is_killed(home: Path) -> None:
    with serving(home, *SERVE) as served:
        pids = workers(served)
        time.sleep(2)
        served.process.kill()
        assert all(ended(pid) for pid in pids)


SCRIPT = """
import sys
from gateway.cli.workers import Supervisor
sys.exit(Supervisor(2, lambda lifeline: 3, drain=1).run())
"""


def test_workers_that_cannot_start_are_given_up(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=home,
        env=environment(home, {}),
        capture_output=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 1
    assert b"Workers die as soon as they start." in done.stderr

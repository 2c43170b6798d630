"""Several workers: each serves, a dead one is replaced, and none outlives its supervisor."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

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


def supervised(work: str, first: str = "", count: int = 2) -> list[str]:
    """Return the command of a supervisor whose workers do `work`; its exit code as the CLI's."""
    script = f"""
import os, signal, sys, time
from gateway.cli.app import run
from gateway.cli.workers import Supervisor
from gateway.errors import Problem, StartError
{first}
def work(lifeline):
    {work}
try:
    sys.exit(Supervisor({count}, work, drain=3).run())
except StartError as error:
    print("StartError", error, file=sys.stderr)
    sys.exit(7)
"""
    return [sys.executable, "-c", script]


def finish(home: Path, work: str, first: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        supervised(work, first),
        cwd=home,
        env=environment(home, {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


@contextlib.contextmanager
def start(
    home: Path, work: str, first: str = ""
) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Start a supervisor; give it and the read end of its standard error."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        supervised(work, first), cwd=home, env=environment(home, {}), stderr=write_end
    )
    os.close(write_end)
    try:
        yield process, read_end
    finally:
        process.kill()
        process.wait()
        with contextlib.suppress(OSError):
            os.close(read_end)


def children(process: "subprocess.Popen[bytes]", but: set[int] | None = None) -> set[int]:
    """Wait until a process has two children that are none of `but`, or one in place of one."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = {pid for pid in workers(Served(process)) if alive(pid)}
        if len(found) == 2 and found != but:
            return found
        time.sleep(0.02)
    raise AssertionError("there are not two workers")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_workers_that_cannot_start_are_given_up(home: Path) -> None:
    done = finish(home, "return 3")
    assert done.returncode == 1
    assert done.stderr.count("Workers die as soon as they start.") == 1


def test_a_start_error_is_told_once_and_not_tried_again(home: Path) -> None:
    began = time.monotonic()
    done = finish(home, 'raise StartError([Problem("PORT", "It is taken.", "Choose another.")])')
    assert done.returncode == 7
    assert done.stderr == "StartError PORT: It is taken. Choose another.\n"
    assert time.monotonic() - began < 3


def test_a_defect_is_told_with_its_place(home: Path) -> None:
    done = finish(home, 'raise ValueError("a defect")')
    assert done.returncode == 1
    assert "ValueError: a defect" in done.stderr
    assert "Workers die as soon as they start." in done.stderr


LATER = """
born = time.monotonic()
def die():
    if time.monotonic() - born > 2.5:
        raise StartError([Problem("FILE", "It went away.", "Put it back.")])
    try:
        os.mkdir("first")
    except FileExistsError:
        time.sleep(60)
    time.sleep(2.6)
    return 0
"""


def test_a_later_start_error_is_told_once_and_given_up(home: Path) -> None:
    """Of two workers one dies after it has served, and none can take its place."""
    done = finish(home, "return die()", LATER)
    assert done.returncode == 1
    assert done.stderr.count("error: FILE: It went away. Put it back.") == 1
    assert done.stderr.count("Workers die as soon as they start.") == 1


def test_a_stop_that_meets_a_worker_at_its_birth_stops_it(home: Path) -> None:
    first = 'os.register_at_fork(after_in_child=lambda: time.sleep(0.5)); os.write(2, b"up")'
    with start(home, "time.sleep(60)", first) as (process, said):
        assert os.read(said, 2) == b"up"
        time.sleep(0.25)
        began = time.monotonic()
        process.terminate()
        assert process.wait(20) == 0
        assert time.monotonic() - began < 2


def test_workers_are_replaced_where_the_parent_ignores_their_deaths(home: Path) -> None:
    first = "signal.signal(signal.SIGCHLD, signal.SIG_IGN)"
    done = finish(home, "return 3", first)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("reader", ["blocked", "gone"])
def test_a_worker_is_replaced_though_nobody_reads_of_it(home: Path, reader: str) -> None:
    with start(home, "time.sleep(60)") as (process, said):
        pids = children(process)
        if reader == "gone":
            os.close(said)
        else:
            fill(Path(f"/proc/{process.pid}/fd/2"))
        os.kill(min(pids), signal.SIGKILL)
        assert len(children(process, but=pids)) == 2
        process.terminate()
        assert process.wait(5) == 0


def fill(pipe: Path) -> None:
    """Write to a pipe until nothing more fits; whoever else writes to it waits as before."""
    end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(end, b"x" * 4096)
    os.close(end)

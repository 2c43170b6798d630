"""The supervisor of workers: it replaces them, waits for no reader, and knows when to give up."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import Served, environment, fill
from tests.cli.test_workers import workers


def supervised(work: str, first: str = "", count: int = 2) -> list[str]:
    """Return the command of a supervisor whose workers do `work`; its exit code as the CLI's."""
    script = f"""
import os, signal, sys, time
from gateway.cli.app import run
from gateway.cli.workers import Supervisor
from gateway.errors import Problem, StartError
from gateway.log_sink import SharedDescriptor
from gateway.logs import set_up_unqueued_logs
{first}
def work(lifeline, serves):
    {work}
def say():
    print("all serve", flush=True)
set_up_unqueued_logs("info", "pretty", SharedDescriptor(2))
try:
    sys.exit(Supervisor({count}, work, 3, say).run())
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
        supervised(work, first),
        cwd=home,
        env=environment(home, {}),
        stdout=subprocess.PIPE,
        stderr=write_end,
    )
    os.close(write_end)
    try:
        yield process, read_end
    finally:
        process.kill()
        process.communicate()
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
def die():
    if not os.path.exists("file"):
        raise StartError([Problem("FILE", "It went away.", "Put it back.")])
    serves()
    time.sleep(60)
"""


@contextlib.contextmanager
def one_of_two(home: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int, int]]:
    """Give a supervisor that has lost one worker of two, for good, the other's id and what it says.

    None can start as long as a file is not there.
    """
    (home / "file").touch()
    first = LATER.replace("def die():", "def die(serves):")
    with start(home, "die(serves)", first) as (process, said):
        pids = children(process)
        time.sleep(0.3)  # the supervisor looks each 0.05 s
        (home / "file").unlink()
        os.kill(min(pids), signal.SIGKILL)
        yield process, max(pids), said


def test_a_worker_that_cannot_be_replaced_leaves_the_others_at_work(home: Path) -> None:
    with one_of_two(home) as (process, left, said):
        time.sleep(2.5)  # four starts, after 0, 0.5, 1 and 1.5 s; three failures were the end
        assert workers(Served(process)) >= {left}
        (home / "file").touch()
        assert len(children(process)) == 2
        process.terminate()
        assert process.wait(10) == 0
        told = os.read(said, 65_536).decode()
    assert told.count("error FILE: It went away. Put it back.") == 1
    assert told.count("another takes its place.") >= 3


def test_where_no_worker_is_left_and_none_can_start_all_ends(home: Path) -> None:
    with one_of_two(home) as (process, left, said):
        time.sleep(1)
        os.kill(left, signal.SIGKILL)
        assert process.wait(10) == 1
        told = os.read(said, 65_536).decode()
    assert told.count("error FILE: It went away. Put it back.") == 1
    assert told.count("Workers die as soon as they start.") == 1


def test_it_is_told_once_that_all_serve(home: Path) -> None:
    """Each worker serves and dies at once, a while; then both stay."""
    first = """
def live(serves):
    serves()
    for name in "abc":
        try:
            return os.mkdir(name)
        except FileExistsError:
            pass
    time.sleep(60)
"""
    with start(home, "live(serves); return 0", first) as (process, _):
        end = time.monotonic() + 15
        while not (home / "c").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        assert len(children(process)) == 2
        time.sleep(0.3)
        process.terminate()
        assert process.wait(10) == 0
        assert process.stdout is not None
        assert process.stdout.read() == b"all serve\n"


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

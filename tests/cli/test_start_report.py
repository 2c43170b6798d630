"""What workers report of their start."""

import os

from gateway.cli.start_report import StartReport
from gateway.errors import Problem, StartError

ONE = Problem("PORT", "It is taken.", "Choose another.")
OTHER = Problem("HOST", "It is \u00fc.", "", fatal=False)


def test_what_workers_tell_comes_once() -> None:
    report = StartReport()
    assert report.told() == (set(), [])
    for _ in range(2):
        pid = os.fork()
        if not pid:
            report.tell(StartError([ONE, OTHER]))
            os._exit(0)
        os.waitpid(pid, 0)
    assert report.told() == (set(), [ONE, OTHER])
    assert report.told() == (set(), [])


def test_workers_tell_that_they_serve() -> None:
    report = StartReport()
    pids = set()
    for _ in range(2):
        pid = os.fork()
        if not pid:
            report.serves()
            os._exit(0)
        os.waitpid(pid, 0)
        pids.add(pid)
    report.tell(StartError([ONE]))
    assert report.told() == (pids, [ONE])
    assert report.told() == (set(), [])


def test_a_worker_does_not_wait_for_its_supervisor() -> None:
    report = StartReport()
    for _ in range(2000):
        report.tell(StartError([ONE, OTHER]))
    assert report.told() == (set(), [ONE, OTHER])


def test_of_very_many_problems_those_are_told_that_fit() -> None:
    report = StartReport()
    report.tell(StartError([Problem(f"S{number}", "m" * 100, "") for number in range(200)]))
    _, told = report.told()
    assert 20 < len(told) < 200
    assert told[-1].message == "m" * 100

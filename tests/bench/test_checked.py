"""The bench fails where a relay does not check, does not log, or refuses what it is sent."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.checked import CLIENTS, EACH, INVALID, check
from tests.bench.posts import answering

LINE = '{"request_id":"r","status":%d,"method":"POST"}\n'
BODY = '{"model": "m"}'
SENT = CLIENTS * EACH


@contextmanager
def relay(log: Path, *, invalid: int = 400, loses: int = 0, logs: bool = True) -> Iterator[int]:
    """Answer 200, or `invalid`, and log it, but for the valid request number `loses`."""
    numbers = itertools.count(1)
    lock = threading.Lock()

    def status_of(body: bytes) -> int:
        status = invalid if body == INVALID.encode() else 200
        with lock, log.open("a") as file:
            if logs and (status != 200 or next(numbers) != loses):
                file.write(LINE % status)
        return status

    with answering(status_of) as port:
        yield port


def test_a_relay_that_checks_and_logs_passes(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(LINE % 200 * 5)  # two were under way when the load ended
    with relay(log) as port:
        check(port, log, BODY, answered=3)
    assert log.read_text().count("200") == 5 + SENT


def test_a_relay_that_does_not_check_fails(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with relay(log, invalid=200) as port, pytest.raises(SystemExit, match="200, not 400"):
        check(port, log, BODY)


def test_a_relay_that_lost_a_line_under_load_fails(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(LINE % 200 * 2)
    with relay(log) as port, pytest.raises(SystemExit, match="3 requests were answered, 2 are"):
        check(port, log, BODY, answered=3, patience=0.5)


def test_a_relay_that_loses_one_line_of_a_burst_fails(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(LINE % 200 * 50)
    with relay(log, loses=7) as port, pytest.raises(SystemExit, match=f"{SENT - 1} are in the log"):
        check(port, log, BODY, answered=3, patience=0.5)


def test_a_relay_that_logs_no_refusal_fails(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(LINE % 200 * 3)
    with relay(log, logs=False) as port, pytest.raises(SystemExit, match="3 requests"):
        check(port, log, BODY, answered=3, patience=0.5)


def test_a_relay_that_refuses_a_burst_fails(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with relay(log) as port, pytest.raises(SystemExit, match=r"answered \[400\]"):
        check(port, log, INVALID)

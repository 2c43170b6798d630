"""What the machine did is told apart from what the bench did."""

import subprocess
import sys

import pytest

from tests.bench.machine import Ticks, busy, of_others, ticks


def test_shares() -> None:
    before = Ticks(programs=100, interrupts=10, unused=1000, own=50)
    after = Ticks(programs=160, interrupts=20, unused=1030, own=90)
    assert busy(before, after) == pytest.approx(0.7)
    assert of_others(before, after) == pytest.approx(0.2)


def test_a_child_that_has_ended_is_our_own() -> None:
    before = ticks()
    code = "import time\nwhile time.process_time() < 0.5: pass"
    subprocess.run([sys.executable, "-c", code], check=True)
    after = ticks()
    assert after.own - before.own >= 45
    assert after.programs - before.programs >= 45
    assert 0 < busy(before, after) <= 1

"""How much of the machine is used, and how much of that is not the bench's own."""

import os
from pathlib import Path
from typing import NamedTuple

TICK = os.sysconf("SC_CLK_TCK")


class Ticks(NamedTuple):
    """CPU time of the whole machine since it was started (proc_stat(5)), and our own part."""

    programs: int  # what ran, and what another machine on the same hardware took
    interrupts: int  # the network's part of a load over loopback is among it
    unused: int
    own: int  # this process and those that it started and that have ended


def ticks() -> Ticks:
    first = Path("/proc/stat").read_text().partition("\n")[0]
    user, nice, system, idle, wait, hard, soft, steal = (int(n) for n in first.split()[1:9])
    own = sum(os.times()[:4])
    return Ticks(user + nice + system + steal, hard + soft, idle + wait, round(own * TICK))


def busy(before: Ticks, after: Ticks) -> float:
    """Return the share of the machine that was used between two looks."""
    programs, interrupts, unused, _ = (two - one for one, two in zip(before, after, strict=True))
    return (programs + interrupts) / max(programs + interrupts + unused, 1)


def of_others(before: Ticks, after: Ticks) -> float:
    """Return the share of the machine that programs of others used between two looks.

    All that was started in between must have ended.
    """
    programs, interrupts, unused, own = (b - a for a, b in zip(before, after, strict=True))
    return max(programs - own, 0) / max(programs + interrupts + unused, 1)

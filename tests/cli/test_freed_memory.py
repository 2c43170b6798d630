"""What a large body leaves is used for the next one."""

import os
import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource
from gateway.cli.server import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        bodies = [b"b" * (200_000 + size) for size in range(64)]  # of 32 requests, and their values
        del bodies
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 20

faults()
before = faults()
held = int(open("/proc/self/statm").read().split()[1])
keep_freed_memory()
faults()
print(before, faults(), int(open("/proc/self/statm").read().split()[1]) - held)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that learns")
def test_large_bodies_take_no_new_pages_each_time():
    # Who has set the thresholds by hand has them as set.
    env = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
    env.pop("GLIBC_TUNABLES", None)
    run = subprocess.run(
        [sys.executable, "-c", FAULTS],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=env,
    )
    before, after, pages = map(float, run.stdout.split())
    assert after < 1 < 2000 < before
    assert pages < 4096  # 16 MiB

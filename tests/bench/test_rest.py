"""What a start takes and what a gateway at rest holds, as ratios of processor time and in bytes."""

import http.client
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.servers import cpu_seconds, free_port, resident, running, specrelay
from tests.costs import least

ROUNDS = 3
READY = 2.5  # times the import of the frame, from the second start on
FIRST = 10.0  # the same for the vendor's document, with nothing cached
REST = 110e6  # bytes
VENDOR = os.environ.get("VENDOR_OPENAPI")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def importing_the_frame() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import connexion, uvicorn"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def answer_health(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/-/health")
    assert connection.getresponse().status == 200
    connection.close()


def start(folder: Path, *options: str) -> tuple[float, int]:
    """Start a gateway, its cache in `folder`; return its seconds until ready, and its bytes."""
    port = free_port()
    env = {"RELAY_KEY": "k", "OPENAI_API_KEY": "x", "XDG_CACHE_HOME": str(folder)}
    with running(specrelay(port, 9, *options), port, folder / "log", **env) as process:
        answer_health(port)
        spent = cpu_seconds(process.pid)
        time.sleep(0.3)  # what is freed after the start
        return spent, resident(process.pid)


def test_a_start_and_what_rests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start(tmp_path)  # fills the cache
    assert any((tmp_path / "specrelay").iterdir())
    frames, starts, sizes = [], [], []

    def measure() -> float:
        frames.append(importing_the_frame())
        spent, size = start(tmp_path)
        starts.append(spent)
        sizes.append(size)
        return min(starts) / min(frames)

    for _ in range(ROUNDS - 1):
        measure()
    ratio = least(measure, READY)
    with capsys.disabled():
        print(
            f"\nserve is ready after {min(starts):.2f} s of processor time, {ratio:.2f} × what "
            f"`import connexion, uvicorn` takes; at rest {max(sizes) / 1e6:.1f} MB",
            end="",
        )
    assert ratio <= READY
    assert max(sizes) <= REST


@pytest.mark.skipif(not VENDOR, reason="VENDOR_OPENAPI names no document")
def test_the_first_start_with_the_vendors_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert VENDOR
    frame = min(importing_the_frame() for _ in range(ROUNDS))
    spent, _ = start(tmp_path, "--spec", VENDOR)
    with capsys.disabled():
        print(f"\nvendor's document, first start: {spent / frame:.2f} ×", end="")
    assert spent / frame <= FIRST

"""The npm package `openai` through gateway and stand-in; its tests are those of `node/`."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import RELAY_KEY, Stack
from tests.servers import Served

FOLDER = Path(__file__).parent / "node"
SUITES = sorted(path.name for path in FOLDER.glob("*.test.js"))


def run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=FOLDER, env=os.environ | env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Install what the lock names, where that is not done yet; one process does it."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not installed")
    with (tmp_path_factory.getbasetemp().parent / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "node_modules" / ".package-lock.json").is_file():
            done = run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
            assert done.returncode == 0, done.stderr
    yield


@pytest.mark.parametrize("suite", SUITES)
def test_npm_package(
    suite: str, stack: Stack, standin: tuple[Served, object], packages: None
) -> None:
    place = {"GATEWAY_URL": stack.url, "GATEWAY_KEY": RELAY_KEY, "STAND_IN_URL": standin[0].url}
    done = run("node", "--test", "--test-reporter=spec", suite, **place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 0" not in done.stdout, done.stdout

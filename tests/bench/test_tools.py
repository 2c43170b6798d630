"""What is missing is installed where apt-get is there, and told where it is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Makes an empty program for each package that it is told to install.
APT = """#!/bin/sh
for word; do case $word in install) on=1;; -*) ;; *) [ -n "$on" ] && : > {bin}/$word \
  && /bin/chmod +x {bin}/$word;; esac; done; echo "$@" >> {bin}/../told; exit {code}
"""


def program(path: Path, text: str = "") -> None:
    path.write_text(text)
    path.chmod(0o755)


def require(folder: Path, *tools: str) -> "subprocess.CompletedProcess[str]":
    """Ask for programs where only those in `folder`/bin are found."""
    code = f"import sys; from tests.bench import tools; tools.require(*{tools!r})"
    env = {"PATH": str(folder / "bin"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "env").symlink_to("/usr/bin/env")
    program(tmp_path / "bin" / "sudo", '#!/bin/sh\nexec "$@"\n')
    return tmp_path


def test_nothing_is_said_where_nothing_is_missing(folder: Path) -> None:
    program(folder / "bin" / "wrk-x")
    done = require(folder, "wrk-x")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_is_missing_is_installed(folder: Path) -> None:
    program(folder / "bin" / "wrk-x")
    program(folder / "bin" / "apt-get", APT.format(bin=folder / "bin", code=0))
    done = require(folder, "wrk-x", "curl-x")
    assert done.returncode == 0, done.stderr
    assert "Installing curl-x" in done.stdout
    told = (folder / "told").read_text().splitlines()
    assert told == ["-qq update", "-qq install -y --no-install-recommends curl-x"]


@pytest.mark.parametrize("there", [True, False])
def test_what_cannot_be_installed_is_told(folder: Path, there: bool) -> None:
    if there:  # and fails
        program(folder / "bin" / "apt-get", APT.format(bin=folder / "elsewhere", code=1))
    done = require(folder, "wrk-x", "curl-x")
    assert done.returncode == 1
    assert "Install wrk-x and curl-x (Debian: apt-get install wrk-x curl-x)." in done.stderr


def test_node_is_in_a_package_of_another_name(folder: Path) -> None:
    program(folder / "bin" / "apt-get", APT.format(bin=folder / "bin", code=0))
    done = require(folder, "node", "npm-x")
    assert done.returncode == 1  # that package brought no `node` here
    assert "Install nodejs and npm-x" in done.stderr
    assert (folder / "told").read_text().splitlines()[1].endswith("nodejs npm-x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root needs no sudo")
def test_without_sudo_it_is_told(folder: Path) -> None:
    (folder / "bin" / "sudo").unlink()
    program(folder / "bin" / "apt-get", APT.format(bin=folder / "bin", code=0))
    assert require(folder, "wrk-x").returncode == 1

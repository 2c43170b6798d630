"""The programs that the bench takes from the system, installed where they are missing."""

import os
import shutil
import subprocess
from collections.abc import Sequence

TOOLS = ("wrk", "nginx", "curl")
PEERS = ("wrk", "nginx", "node", "npm")  # two of the peers are for Node
PACKAGES = {"node": "nodejs"}  # Debian's, where they do not have the program's name
# A server that a package brings may be where only root looks for programs.
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))


def missing(tools: Sequence[str]) -> list[str]:
    return [tool for tool in tools if not shutil.which(tool, path=PATH)]


def installing(packages: Sequence[str], *, root: bool) -> list[list[str]]:
    """Return the commands that install packages; none where this system has no way to."""
    before = [] if root else ["sudo"]
    if missing(["apt-get", *before]):
        return []
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    return [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]]


def require(*tools: str) -> None:
    """Install those that are missing; ends the run where that cannot be."""
    packages = [PACKAGES.get(tool, tool) for tool in missing(tools)]
    if not packages:
        return
    told = f"Install {' and '.join(packages)} (Debian: apt-get install {' '.join(packages)})."
    commands = installing(packages, root=os.geteuid() == 0)
    if commands:
        print(f"Installing {' and '.join(packages)} with apt-get …", flush=True)
    for command in commands:
        if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
            break
    if missing(tools):
        raise SystemExit(told)

"""The peers of `make bench-peers`: their versions, and an environment for each.

Every peer is installed once into a folder of its own below `build/peers/`, by pip into a fresh
virtual environment or by npm, with what these are configured to ask. A folder whose mark names
another version is made anew. What a peer requires in turn is not pinned: it gets what its own
package asks for, as anyone would who installs it.
"""

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.servers import ROOT

FOLDER = ROOT / "build" / "peers"
PATIENCE = 900  # seconds for one command


@dataclass(frozen=True)
class Pin:
    """What is installed, by which client."""

    client: str  # pip | npm
    package: str
    version: str

    @property
    def requirement(self) -> str:
        """The package and its version, in the client's own syntax."""
        return f"{self.package}{'==' if self.client == 'pip' else '@'}{self.version}"


PINS = {
    "portkey": Pin("npm", "@portkey-ai/gateway", "1.15.2"),
    # The newest that runs on Node 18 to 22: from 5.15 on it asks for 24.
    "prism": Pin("npm", "@stoplight/prism-cli", "5.14.2"),
    # The newest whose requirements were all to be had when it was pinned.
    "litellm": Pin("pip", "litellm[proxy]", "1.106.2"),
}


class PeerFailed(Exception):
    """A peer cannot be installed or started, or does not do its work; the message tells why."""


def commands(pin: Pin, home: Path) -> list[list[str]]:
    """Give the commands that install `pin` into `home`.

    No package's install script is run: none of these needs one, and one reports to its makers.
    """
    if pin.client == "npm":
        return [
            [
                *("npm", "install", "--prefix", str(home), "--ignore-scripts"),
                *("--no-audit", "--no-fund", "--loglevel", "error", pin.requirement),
            ]
        ]
    python = str(home / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return [[sys.executable, "-m", "venv", str(home)], [*pip, pin.requirement]]


def ending(said: str) -> str:
    """Give the last lines that a client said, each cut to what a terminal shows."""
    lines = [line.strip() for line in said.splitlines() if not line.startswith("WARNING")]
    return " / ".join(line[:200] for line in lines if line)[-700:]


def install(name: str) -> tuple[Path, float]:
    """Install a peer unless it is there; give its folder and the seconds that it took (0: there).

    Raises PeerFailed with the command and the end of what it said.
    """
    pin, home = PINS[name], FOLDER / name
    mark = home / "installed.txt"
    if mark.is_file() and mark.read_text(encoding="utf-8") == pin.requirement:
        return home, 0.0
    begun = time.monotonic()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for command in commands(pin, home):
        try:
            done = subprocess.run(
                command,
                check=False,
                cwd=home,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PeerFailed(f"{' '.join(command)}: {error}") from error
        if done.returncode:
            raise PeerFailed(f"{' '.join(command)}: {ending(done.stderr or done.stdout)}")
    mark.write_text(pin.requirement, encoding="utf-8")
    return home, time.monotonic() - begun

"""Tables: for people on a terminal, for programs elsewhere."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.commands import environment

SCRIPT = """
from gateway.cli.console import print_table
print_table(("Name", "Value"), [("[bold]a", "1"), ("b", "")])
"""


def on_terminal(home: Path) -> str:
    ours, theirs = pty.openpty()
    env = environment(home, {"COLUMNS": "80", "TERM": "dumb"})
    subprocess.run([sys.executable, "-c", SCRIPT], stdout=theirs, cwd=home, env=env, check=True)
    os.close(theirs)
    text = os.read(ours, 65536).decode()
    os.close(ours)
    return text


def test_tab_separated_without_a_heading(home: Path) -> None:
    env = environment(home, {})
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=home, env=env, check=True, capture_output=True
    )
    assert done.stdout == b"[bold]a\t1\nb\t\n"


def test_a_heading_on_a_terminal(home: Path) -> None:
    lines = on_terminal(home).splitlines()
    assert lines[0].split() == ["Name", "Value"]
    assert lines[1].split() == ["[bold]a", "1"]

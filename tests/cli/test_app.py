"""The command line as a whole: its help, its usage errors, and what it costs to ask its version."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway import __version__
from gateway.cli.app import COMMANDS
from tests.cli.commands import ROOT, environment, run


def test_version(home: Path) -> None:
    done = run(home, "--version")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, __version__, "")


def seconds(home: Path, *words: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *words],
        cwd=home,
        env=environment(home, {}),
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_is_asked_often_costs_little(home: Path, option: str) -> None:
    ours, theirs = [], []
    for _ in range(3):
        ours.append(seconds(home, "-m", "gateway", option))
        theirs.append(seconds(home, "-c", "import connexion"))
    ratio = min(ours) / min(theirs)
    print(f"specrelay {option}: {ratio:.2f} of `import connexion`")
    assert ratio <= 0.6


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_nothing_heavy_is_imported_for_it(home: Path, option: str) -> None:
    heavy = ("connexion", "httpx", "pydantic", "aiohttp", "uvicorn", "jsonschema_rs")
    script = (
        "import sys; from gateway.cli.app import run; run(sys.argv[1:]);"
        f"sys.exit(str([each for each in {heavy!r} if each in sys.modules]))"
    )
    done = run(home, option, command=(sys.executable, "-c", script))
    assert done.stderr.strip() == "[]"


def test_help_is_the_default_and_lists_all(home: Path) -> None:
    bare, asked = run(home), run(home, "--help")
    assert bare.stdout == asked.stdout
    assert asked.returncode == bare.returncode == 0
    assert all(f"{name}:" in asked.stdout for name in COMMANDS)
    assert "Examples:" in asked.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_examples(home: Path, command: str) -> None:
    done = run(home, command, "--help")
    assert done.returncode == 0
    assert "Examples:\n  specrelay " in done.stdout
    assert all(f"  {example}" in done.stdout for example in COMMANDS[command][1])


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        (("serv",), 'Did you mean "serve"?'),
        (("serve", "--prot", "1"), "Did you mean --port?"),
        (("mock", "--port", "x"), "--port"),
        (("serve", "--stand-in", "sometimes"), "auto"),
        (("routes", "more"), "more"),
    ],
)
def test_a_wrong_line_is_explained(home: Path, words: tuple[str, ...], suggested: str) -> None:
    done = run(home, *words)
    assert done.returncode == 2
    assert suggested in done.stderr
    assert "--help tells more." in done.stderr
    assert done.stdout == ""


def test_every_problem_is_told_without_a_trace(home: Path) -> None:
    env = {"PORT": "x", "SPECRELAY_UPSTREM": "y"}
    done = run(home, "serve", "--spec", "none.yaml", env=env)
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert [line.split(": ")[1] for line in lines] == ["SPECRELAY_UPSTREM", "PORT", "none.yaml"]
    assert all(line.startswith("error: ") for line in lines)


def test_a_closed_pipe_is_no_error(home: Path) -> None:
    command = f"{sys.executable} -m gateway routes | head -1"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=home,
        env=environment(home, {}),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 1


def test_the_module_is_the_console_script() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'specrelay = "gateway.__main__:main"' in text

"""The README's examples run as they stand, against a gateway with the stand-in beside it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEY = "choose-a-long-random-text"
USUAL = "127.0.0.1:8080"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Run the gateway that the README starts, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gateway", "serve", "--stand-in", "always"]
    env = {**os.environ, "RELAY_KEY": KEY, "PORT": str(port)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 30
            while not _answers(port) and time.monotonic() < end:
                time.sleep(0.1)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"), ids=["openai", "mcp"])
def test_python(address: str, code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code.replace(USUAL, address)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "response.completed" in done.stdout or "gpt-" in done.stdout


def test_curl(address: str) -> None:
    (command,) = (block for block in blocks("") if block.startswith("curl"))
    done = subprocess.run(
        ["bash", "-c", command.replace(USUAL, address)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert '"object": "chat.completion"' in done.stdout


def test_a_tool_call(address: str) -> None:
    (command,) = re.findall(r"`(specrelay call '.*?'[^`]*)`", README)
    script = command.replace("specrelay", f"{sys.executable} -m gateway", 1)
    done = subprocess.run(
        ["bash", "-c", f"{script} --url http://{address} --key {KEY}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert '"object": "list"' in done.stdout, done.stderr


def test_what_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_number_of_actions_is_the_one_published() -> None:
    from json import loads

    document = loads((ROOT / "spec/published/actions/main.json").read_text(encoding="utf-8"))
    count = sum(len(item) for item in document["paths"].values())
    assert f"{count} operations that reach" in README

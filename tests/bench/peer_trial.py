"""One contender of `make bench-peers`: how it is served, and tried before it is measured.

Whatever a peer fails at is raised as PeerFailed with the reason.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.peer_install import PeerFailed
from tests.bench.peer_setups import GATEWAY, Setup
from tests.bench.rivals import Rival
from tests.bench.run import BODY
from tests.bench.servers import end, wait_for

REFUSES = {GATEWAY: 400, "prism": 422}  # status of an invalid body
PATH = "/v1/chat/completions"
PATIENCE = 120  # seconds to start, and to answer the first request
Essence = tuple[object, object]


@dataclass
class Contender:
    """The gateway or a peer: what was measured, and the reason if no more was."""

    name: str
    rival: Rival
    setup: Setup
    install_seconds: float = 0.0
    failure: str = ""


@contextlib.contextmanager
def served(setup: Setup, port: int, folder: Path, log: Path) -> Iterator[int]:
    """Run a server until the block ends; give its process id.

    It gets no variable of this shell but the path: neither keys nor proxies reach it.
    """
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **setup.env}
    with log.open("wb") as output:
        process = subprocess.Popen(
            setup.command, cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            started(process, port, log)
            yield process.pid
        finally:
            end(process)


def started(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server listens; raise PeerFailed with the end of its output if it never does."""
    try:
        wait_for(port, process, PATIENCE)
    except SystemExit as error:
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        raise PeerFailed(f"it did not start: {' / '.join(said)}") from error


def post(port: int, body: str, headers: dict[str, str]) -> httpx.Response:
    fields = {"Content-Type": "application/json", **headers}
    url = f"http://127.0.0.1:{port}{PATH}"
    try:
        return httpx.post(url, content=body, headers=fields, timeout=PATIENCE, trust_env=False)
    except httpx.HTTPError as error:
        raise PeerFailed(f"it did not answer: {type(error).__name__}") from error


def essence(answer: httpx.Response) -> Essence:
    """What every relay keeps of a completion: LiteLLM writes the rest anew."""
    try:
        found = answer.json()
        return found["id"], found["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError) as error:
        raise PeerFailed("the answer is no completion") from error


def assert_relays(each: Contender, sent: Essence) -> None:
    """Raise PeerFailed unless what the upstream has `sent` comes through, and checks are on."""
    answer = post(each.rival.port, BODY, each.setup.headers)
    if answer.status_code != 200:
        raise PeerFailed(f"a valid request was answered {answer.status_code}, not 200")
    if essence(answer) != sent:
        raise PeerFailed("the answer is not the upstream's")
    if each.name in REFUSES:
        status = post(each.rival.port, '{"model": 1}', each.setup.headers).status_code
        if status != REFUSES[each.name]:
            raise PeerFailed(f"an invalid body was answered {status}, not {REFUSES[each.name]}")

"""The contract tests fail for what they are there to find, and say why."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.app import build_app
from gateway.contract.model import Contract
from gateway.settings import Settings
from tests.contract.kennel import (
    DOCUMENT,
    changed,
    failing,
    talkative,
    unchecked,
    with_field,
    wrongly_typed,
)
from tests.contract.run_contract import main
from tests.contract.schemathesis_report import AT
from tests.contract.schemathesis_secrets import CREDENTIAL, KEY
from tests.servers import serve_in_thread

ROOT = Path(__file__).parent.parent.parent
FEW = ["--examples", "3", "--borders", "12", "--seconds", "30"]


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "kennel.json"
    path.write_text(json.dumps(DOCUMENT))
    return str(path)


PLANTED = {
    "invalid request": (unchecked, "addDog: invalid request relayed: addDog: "),
    "500": (changed(failing), "addDog: answer 500: "),
    "relay key": (changed(with_field(f"<{KEY}>")), "key in an answer: the relay key, status"),
    "credential": (
        changed(with_field(CREDENTIAL.format(1))),
        "key in an answer: the upstream's credential 1, status",
    ),
    "answer": (changed(wrongly_typed), "addDog: answer does not conform: addDog: answer: $"),
    "refusal": (changed(wrongly_typed), "refusal does not conform: the refusal (400)"),
    "log": (changed(talkative), "key in the log: the relay key in a line of specrelay.access"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_found(
    name: str, spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    build, reason = PLANTED[name]
    assert main(["--spec", spec, *FEW], build) == 1
    said = capsys.readouterr().out
    assert reason in said
    assert re.search(r"FAILED: [0-9]+ faults", said)
    shown = said.replace(f"X-Relay-Key: {KEY}", "").replace(f"RELAY_KEY={KEY}", "")
    assert KEY not in shown
    assert CREDENTIAL.format(1) not in shown


def test_a_gateway_without_defects_passes(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--spec", spec, *FEW]) == 0
    said = capsys.readouterr().out
    assert "PASSED" in said
    assert "FAULT" not in said
    rows = {line[:10].strip(): line[10:].split() for line in said.splitlines()}
    dogs, everything = rows["dogs"], rows["all"]
    assert dogs[0] == "1"
    assert int(dogs[1]) == int(dogs[2]) + int(dogs[3]) + int(dogs[4])
    assert int(dogs[2]) >= 3
    assert int(dogs[3]) >= 3
    assert everything[0] == "2"
    assert everything[5] == "0"


def commands(said: str) -> Iterator[str]:
    for line in said.splitlines():
        if line.startswith("    ") and "curl " in line and AT in line:
            yield line.strip()


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_command_reproduces_the_case(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--spec", spec, *FEW, "--tag", "DOGS"], changed(failing)) == 1
    (command,) = commands(capsys.readouterr().out)

    async def always(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message["body"]
            if not message.get("more_body"):
                break
        seen.append((scope["method"], scope["raw_path"], dict(scope["headers"]), body))
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body"})

    seen: list[tuple[str, bytes, dict[bytes, bytes], bytes]] = []
    with serve_in_thread(always, lifespan="off") as served:
        script = command.replace(AT, served.url)
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("HTTP/1.1 500")
    method, path, fields, body = seen[0]
    assert (method, path) == ("POST", b"/v1/dogs")
    assert fields[b"x-relay-key"] == KEY.encode()
    assert fields[b"content-type"] == b"application/json"
    assert json.loads(body)["name"]


def test_the_same_seed_makes_the_same_cases(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[list[object]] = []

    def build(contract: Contract, settings: Settings) -> Any:
        inner = build_app(contract, settings)
        heard: list[object] = []
        seen.append(heard)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            async def receive_heard() -> Any:
                message = await receive()
                heard.append(message.get("body"))
                return message

            if scope["type"] == "http":
                heard.append((scope["method"], scope["raw_path"], scope["query_string"]))
            await inner(scope, receive_heard, send)

        return app

    for number in ("1", "1", "2"):
        assert main(["--spec", spec, *FEW, "--seed", number], build) == 0
        assert f"Kennel, seed {number}" in capsys.readouterr().out
    assert len(seen[0]) > 20
    assert seen[0] == seen[1] != seen[2]


def test_where_nothing_is_accepted_nothing_was_tested(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(contract: Contract, settings: Settings) -> Any:
        return build_app(contract, Settings(relay_key=("another",)).with_variables({}))

    assert main(["--spec", spec, *FEW], build) == 1
    assert "not one request was accepted" in capsys.readouterr().out


def test_time_is_kept(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--spec", spec, "--examples", "100000", "--borders", "0", "--seconds", "4"]
    assert main(words) == 0
    assert "2 operations cut short" in capsys.readouterr().out


def test_a_wrong_command_line_is_said(
    spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--spec", spec, "--tag", "fish"]) == 2
    assert "There are: Big cats, dogs." in capsys.readouterr().err
    assert main(["--spec", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["--seconds", "0"])
    assert ended.value.code == 2


@pytest.mark.slow
def test_it_runs_as_a_command(spec: str) -> None:
    words = ["-m", "tests.contract.run_contract", "--spec", spec, *FEW, "--tag", "big cats"]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "PASSED" in done.stdout
    assert "dogs" not in done.stdout

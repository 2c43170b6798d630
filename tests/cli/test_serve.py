"""`specrelay serve`, from its first line to its end."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from tests.cli.commands import COMMAND, PATIENCE, environment, run, serving
from tests.rawhttp import RawRequest
from tests.servers import RawUpstream, chunk, respond

STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
PETS = ("serve", "--spec", "pets.yaml")


def get(url: str, **options: object) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=10, **options)  # type: ignore[arg-type]


def ended(pid: int, seconds: float = 10.0) -> bool:
    """Wait until a process that is not our child is gone."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_it_relays_and_says_what_it_does(home: Path) -> None:
    env = {"PETS_TOKEN": "upstream-key", "RELAY_KEY": "k"}
    with RawUpstream(lambda request: respond(b"{}")) as upstream:
        options = (*PETS, "--upstream", upstream.url, "--credential", "Token=PETS_TOKEN")
        with serving(home, *options, env=env) as served:
            assert get(f"{served.url}/v2/pets").status_code == 401
            answer = get(f"{served.url}/v2/pets", headers={"X-Token": "k"})
            assert (answer.status_code, answer.content) == (200, b"{}")
            assert served.stop() == 0
    assert upstream.requests[0].target == b"/pets"
    assert b"upstream-key" in dict(upstream.requests[0].fields).values()
    first, second, third = served.said[:3]
    assert first.startswith("Specrelay ")
    assert "serves Pets, " in first
    assert second.strip() == f"relays to {upstream.url}"
    assert third.strip() == "a relay key is needed"
    assert "upstream-key" not in served.text()


def test_the_stand_in_is_told_in_the_first_lines(home: Path) -> None:
    with serving(home, "serve", "--stand-in", "auto", lines=4) as served:
        assert "ANSWERS ARE MADE UP" in "".join(served.said[:2])
        assert "no key is needed, and only this machine is served" in served.said[2]
        assert get(f"{served.url}/health").status_code == 200
        body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
        answer = httpx.post(f"{served.url}/v1/chat/completions", json=body, trust_env=False)
        assert answer.status_code == 200, answer.text
        assert served.stop(signal.SIGINT) == 0


def test_auto_relays_where_a_credential_is_set(home: Path) -> None:
    env = {"OPENAI_API_KEY": "x"}
    with serving(home, "serve", "--stand-in", "auto", env=env) as served:
        assert "relays to https://api.openai.com/v1" in served.said[1]


def held_stream(request: RawRequest) -> AsyncGenerator[bytes, None]:
    async def events() -> AsyncGenerator[bytes, None]:
        yield STREAM_HEAD + chunk(b"data: 1\n\n")
        await asyncio.sleep(1)
        yield chunk(b"data: 2\n\n") + b"0\r\n\r\n"

    return events()


def read_while_stopping(home: Path, drain: str) -> tuple[bytes, float, int]:
    """Stop the gateway while a stream of a second runs; return what came, how long, the code."""
    received = b""
    with RawUpstream(held_stream) as upstream:
        options = (*PETS, "--upstream", upstream.url)
        with (
            serving(home, *options, env={"SPECRELAY_DRAIN": drain}) as served,
            httpx.Client(trust_env=False, timeout=10) as client,
            client.stream("GET", f"{served.url}/v2/pets") as response,
        ):
            with contextlib.suppress(httpx.RemoteProtocolError):
                for data in response.iter_raw():
                    if not received:
                        served.process.send_signal(signal.SIGTERM)
                        began = time.monotonic()
                    received += data
            code = served.process.wait(20)
            return received, time.monotonic() - began, code


def test_running_requests_end_when_it_stops(home: Path) -> None:
    received, _, code = read_while_stopping(home, "10")
    assert b"data: 2" in received
    assert code == 0


def test_what_takes_longer_than_the_drain_time_is_cut(home: Path) -> None:
    received, seconds, code = read_while_stopping(home, "0")
    assert b"data: 2" not in received
    assert seconds < 1
    assert code == 0


def test_without_a_key_only_this_machine_is_served(home: Path) -> None:
    done = run(home, *PETS, "--host", "0.0.0.0", "--port", "0", "--upstream", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr.startswith("error: HOST: Other machines reach this address")


def test_an_upstream_that_is_the_gateway_itself(home: Path) -> None:
    options = (*PETS, "--port", "18643", "--upstream", "http://localhost:18643")
    done = run(home, *options)
    assert done.returncode == 1
    assert "the gateway's own address" in done.stderr


def test_all_open_files_that_are_allowed(home: Path) -> None:
    with serving(home, *PETS) as served:
        limits = Path(f"/proc/{served.process.pid}/limits").read_text()
    (line,) = [line for line in limits.splitlines() if line.startswith("Max open files")]
    assert line.split()[3] == line.split()[4]


def test_a_certificate_that_is_none(home: Path) -> None:
    done = run(home, *PETS, "--port", "0", "--ssl-certfile", "pets.yaml")
    assert done.returncode == 1
    assert done.stderr.startswith("error: --ssl-certfile: ")
    done = run(home, *PETS, "--port", "0", "--ssl-keyfile", "pets.yaml")
    assert done.returncode == 1
    assert "A key is given without its certificate." in done.stderr


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_https(home: Path) -> None:
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    words += " -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out c.pem"
    subprocess.run(words.split(), cwd=home, check=True, capture_output=True)
    context = ssl.create_default_context(cafile=home / "c.pem")
    files = ("--ssl-certfile", "c.pem", "--ssl-keyfile", "key.pem")
    with serving(home, *PETS, "--stand-in", "always", *files) as served:
        assert served.url.startswith("https://")
        with httpx.Client(verify=context, trust_env=False) as client:
            assert client.get(f"{served.url}/-/health").status_code == 200


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def wait_until_listening(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None
        assert time.monotonic() < end
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(0.02)


@pytest.mark.parametrize("closing", ["2>&-", "0<&- 1>&- 2>&-"])
@pytest.mark.parametrize("command", ["serve", "mock"])
def test_it_serves_without_standard_descriptors(home: Path, command: str, closing: str) -> None:
    """The next socket would have their numbers, and a client would read the log."""
    port = free_port()
    options = (command, "--spec", "pets.yaml", "--port", str(port))
    process = subprocess.Popen(
        ["sh", "-c", f'exec "$@" {closing}', "sh", *COMMAND, *options],
        cwd=home,
        env=environment(home, {}),
    )
    try:
        wait_until_listening(process, port)
        kept = [str(Path(f"/proc/{process.pid}/fd/{number}").readlink()) for number in range(3)]
        assert not any(name.startswith("socket:") for name in kept), kept
        assert kept[2] == os.devnull
        process.terminate()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    "command", [("serve", "--workers", "1"), ("serve", "--workers", "2"), ("mock",)]
)
def test_it_serves_though_nobody_reads_the_banner(home: Path, command: tuple[str, ...]) -> None:
    port = free_port()
    read_end, write_end = os.pipe()
    os.close(read_end)
    process = subprocess.Popen(
        [*COMMAND, *command, "--spec", "pets.yaml", "--port", str(port)],
        cwd=home,
        env=environment(home, {}),
        stderr=write_end,
    )
    os.close(write_end)
    try:
        wait_until_listening(process, port)
        time.sleep(0.3)  # in which it would end
        process.terminate()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()

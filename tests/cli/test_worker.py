"""A process that serves, and its log: read, read late, and read by nobody."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import COMMAND, environment, fill
from tests.cli.test_serve import PETS, free_port

SERVE = (*COMMAND, *PETS, "--upstream", "http://127.0.0.1:9")
REQUEST = b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
MANY = 1500  # requests, whose lines are more than a pipe takes


@contextlib.contextmanager
def piped(home: Path, *options: str) -> Iterator[tuple["subprocess.Popen[bytes]", int, int]]:
    """Serve, with a pipe as standard error; give process, port, and the pipe's read end."""
    read_end, write_end = os.pipe()
    env = environment(home, {"PORT": "0", "LOG_FORMAT": "json", "SPECRELAY_DRAIN": "1"})
    process = subprocess.Popen([*SERVE, *options], cwd=home, env=env, stderr=write_end)
    os.close(write_end)
    try:
        said = b""
        while b"PUBLIC_URL" not in said:  # the last line before the log
            data = os.read(read_end, 4096)
            assert data, said
            said += data
        found = re.search(rb"127\.0\.0\.1:(\d+)", said)
        assert found
        yield process, int(found[1]), read_end
    finally:
        process.kill()
        process.wait()
        with contextlib.suppress(OSError):
            os.close(read_end)


def ask(port: int, count: int, clients: int = 1) -> None:
    """Have so many requests answered, on each of as many connections."""
    sockets = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(clients)]
    for _ in range(count // 10):
        for each in sockets:
            each.sendall(REQUEST * 10)
        for each in sockets:
            answered = b""
            while answered.count(b"HTTP/1.1 404 ") < 10 or not answered.endswith(b"}"):
                data = each.recv(65_536)
                assert data
                answered += data
    for each in sockets:
        each.close()


def read_lines(read_end: int, pause: float) -> list[bytes]:
    """Read a log to its end, slowly."""
    log = b""
    while data := os.read(read_end, 3000):
        log += data
        time.sleep(pause)
    return log.splitlines()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_nobody_reads_the_log(home: Path, workers: str) -> None:
    with piped(home, "--workers", workers) as (process, port, _):
        ask(port, MANY, clients=4)
        process.terminate()
        assert process.wait(6) == 0


def test_nobody_reads_what_several_workers_say_first(home: Path) -> None:
    read_end, write_end = os.pipe()
    fill(Path(f"/proc/self/fd/{write_end}"))
    port = str(free_port())
    process = subprocess.Popen(
        [*SERVE, "--workers", "2", "--port", port],
        cwd=home,
        env=environment(home, {}),
        stderr=write_end,
    )
    os.close(write_end)
    try:
        end = time.monotonic() + 20
        while not answers(int(port)):
            assert time.monotonic() < end
            time.sleep(0.05)
        time.sleep(0.5)  # until both serve
        process.terminate()
        assert process.wait(6) == 0
    finally:
        process.kill()
        process.wait()
        os.close(read_end)


def answers(port: int) -> bool:
    try:
        ask(port, 10)
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_log_is_read_late(home: Path, workers: str) -> None:
    with piped(home, "--workers", workers) as (process, port, read_end):
        ask(port, MANY // 4, clients=8)
        threading.Timer(0.5, process.terminate).start()
        lines = [json.loads(line) for line in read_lines(read_end, 0.0005)]
        assert process.wait(10) == 0
    assert len(lines) == MANY // 4 // 10 * 10 * 8
    assert {line["status"] for line in lines} == {404}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_reader_of_the_log_goes_away(home: Path, workers: str) -> None:
    with piped(home, "--workers", workers) as (process, port, read_end):
        ask(port, 10)
        os.close(read_end)
        ask(port, 100, clients=4)
        time.sleep(0.2)
        ask(port, 100, clients=4)
        process.terminate()
        assert process.wait(6) == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_key_that_can_be_read_once_only(home: Path, workers: str) -> None:
    """A pipe is empty for those who come later: here for the workers, after the check."""
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    words += " -subj /CN=localhost -keyout key.pem -out c.pem"
    subprocess.run(words.split(), cwd=home, check=True, capture_output=True)
    os.mkfifo(home / "once")

    def feed() -> None:
        data = (home / "key.pem").read_bytes()
        while True:
            (home / "once").write_bytes(data)
            data = b""
            time.sleep(0.1)  # that its reader sees the end

    threading.Thread(target=feed, daemon=True).start()
    files = ("--ssl-certfile", "c.pem", "--ssl-keyfile", "once")
    done = subprocess.run(
        [*SERVE, "--workers", workers, *files],
        cwd=home,
        env=environment(home, {"PORT": "0"}),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("error: --ssl-certfile: ") == 1
    assert "die" not in done.stderr

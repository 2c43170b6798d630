"""The command line as a person runs it: real processes, in a folder and a home of their own."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COMMAND = (sys.executable, "-m", "gateway")
PATIENCE = 30.0  # seconds
URL = re.compile(r"https?://[\w.\[\]:]+:\d+")

PETS = """\
openapi: 3.0.3
info: {title: Pets, version: '1'}
servers: [{url: 'https://api.pets.example/v2'}]
security: [{Token: []}]
components:
  securitySchemes:
    Token: {type: apiKey, in: header, name: X-Token}
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
        - {name: X-Trace, in: header, schema: {type: string}}
      responses:
        '200': &pet
          description: Pets.
          content:
            application/json:
              schema: {type: object, required: [name], properties: {name: {type: string}}}
    post:
      operationId: createPet
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [name], properties: {name: {type: string}}}
      responses: {'200': *pet}
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': *pet}
  /photos:
    post:
      operationId: addPhoto
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties: {file: {type: string, format: binary}, note: {type: string}}
      responses: {'200': *pet}
"""


@dataclass
class Served:
    """A server that was started by a command, and what it has said so far."""

    process: "subprocess.Popen[bytes]"
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return next(found.group() for line in self.said if (found := URL.search(line)))

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def text(self) -> str:
        return "".join(self.said)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def run(
    home: Path,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    command: Sequence[str] = COMMAND,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, in `home`."""
    done = subprocess.run(
        [*command, *arguments],
        cwd=home,
        env=environment(home, env or {}),
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def fill(pipe: Path) -> None:
    """Write to a pipe until nothing more fits; whoever else writes to it waits as before."""
    end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    with suppress(BlockingIOError):
        while True:
            os.write(end, b"x" * 4096)
    os.close(end)


@contextmanager
def serving(
    home: Path, *arguments: str, env: Mapping[str, str] | None = None, lines: int = 2
) -> Iterator[Served]:
    """Start a command that serves; it is ready when it has said `lines` lines with its URL."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=home,
        env=environment(home, {"PORT": "0", **(env or {})}),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    served = Served(process)
    reader = threading.Thread(target=_collect, args=(served,))
    reader.start()
    try:
        end = time.monotonic() + PATIENCE
        while len(served.said) < lines:
            assert process.poll() is None, served.text()
            assert time.monotonic() < end, "it did not start"
            time.sleep(0.01)
        yield served
    finally:
        process.kill()
        process.wait()
        reader.join(PATIENCE)
        assert process.stderr is not None
        process.stderr.close()


def _collect(served: Served) -> None:
    assert served.process.stderr is not None
    for line in served.process.stderr:
        served.said.append(line.decode())

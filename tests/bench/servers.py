"""The processes of a benchmark: nginx as upstream, the relays that stand before it, their costs."""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.tools import PATH

ROOT = Path(__file__).parents[2]
KEY = "bench-relay-key"
ANSWER = '{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[%s]}'
CHOICE = '{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}'
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
# Switches of the interpreter that change what is measured; without bytecode on disk, for one, each
# start compiles the gateway anew.
DISTORTING = {
    *("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONOPTIMIZE", "PYTHONDEVMODE"),
    *("PYTHONPROFILEIMPORTTIME", "PYTHONMALLOC", "PYTHONASYNCIODEBUG"),
}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in DISTORTING}

NGINX = """
daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 10000000; client_body_temp_path {home}/body;
  proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u;
  scgi_temp_path {home}/s; client_max_body_size 0;
  {servers}
}}
"""
ANSWERING = """
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ default_type application/json; return 200 '{answer}'; }}
    location = /v1/files/large/content {{ alias {folder}/large; }}
  }}
"""
RELAYING = """
  upstream api {{ server 127.0.0.1:{upstream}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off;
    }}
  }}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"a server did not start: {process.args}")
        time.sleep(0.01)


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path, **env: str) -> Iterator[subprocess.Popen]:
    """Run a server until the block ends; its output goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**ENVIRONMENT, **env}, stdout=output, stderr=output
        )
        try:
            try:
                wait_for(port, process)
            except SystemExit as failed:
                raise SystemExit(f"{failed}\n{log.read_text()[-2000:]}") from None
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server, kindly at first."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def nginx(home: Path, servers: str) -> list[str]:
    """Set up an nginx of one worker in a new folder; return its command."""
    home.mkdir()
    config = home / "nginx.conf"
    config.write_text(NGINX.format(home=home, servers=servers))
    return [shutil.which("nginx", path=PATH) or "nginx", "-c", str(config)]


def nginx_relay(folder: Path, port: int, upstream: int) -> list[str]:
    """Return the command of an nginx that relays without buffers, over kept connections.

    It is none of the upstream's: one worker that relays to itself would have half a worker for
    each.
    """
    return nginx(folder / "nginx-relay", RELAYING.format(port=port, upstream=upstream))


def upstream(stack: contextlib.ExitStack, folder: Path) -> int:
    """Start nginx as the upstream; return its port. It answers before it has read a body."""
    port = free_port()
    answer = ANSWER % (CHOICE % ("x" * 860))
    answering = ANSWERING.format(port=port, answer=answer, folder=folder)
    command = nginx(folder / "nginx-upstream", answering)
    stack.enter_context(running(command, port, folder / "nginx-upstream.log"))
    return port


def uvicorn(app: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "uvicorn", app, "--port", str(port)),
        *("--no-access-log", "--log-level", "warning", "--loop", "uvloop"),
    ]


def specrelay(port: int, upstream_port: int, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "gateway", "serve", "--port", str(port)),
        *("--upstream", f"http://127.0.0.1:{upstream_port}", *options),
    ]


def reading_upstream(stack: contextlib.ExitStack, folder: Path) -> tuple[int, int]:
    """Start an upstream that reads a body before it answers; return its port and process id.

    One that answers sooner makes a relay that streams the body give its connection up.
    """
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.counted_upstream", str(port)]
    process = stack.enter_context(running(command, port, folder / f"upstream-{port}.log"))
    return port, process.pid


def settings(port: int) -> dict[str, str]:
    """Return the environment that all relays of an upstream get."""
    target = f"http://127.0.0.1:{port}"
    env = {"RELAY_KEY": KEY, "OPENAI_API_KEY": "sk-bench", "UPSTREAM": target}
    return env | {"LOG_FORMAT": "json", "LOG_LEVEL": "info"}


def children(pid: int) -> list[int]:
    """Return the processes that a process has started itself."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == pid:
                    found.append(int(entry.name))
    return sorted(found)


def own_cpu_seconds(pid: int) -> float:
    """User and system time of one process, to the nanosecond; 0 for one that has ended."""
    with contextlib.suppress(OSError):
        return time.clock_gettime(cpu_clock(pid))
    return 0.0


def cpu_clock(pid: int) -> int:
    """Return the clock of a process's CPU time (clock_getcpuclockid(3)); raises OSError."""
    clock = ctypes.c_int()
    failed = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if failed:
        raise OSError(failed, os.strerror(failed))
    return clock.value


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and what it has started, from the kernel."""
    return sum(own_cpu_seconds(each) for each in (pid, *children(pid)))


def settled_cpu_seconds(pid: int) -> float:
    """Return `cpu_seconds` once they stand still: log lines are written after their requests.

    What is still under way after ten seconds is left out.
    """
    seen = cpu_seconds(pid)
    for _ in range(100):
        time.sleep(0.1)
        before, seen = seen, cpu_seconds(pid)
        if seen - before < 2 / TICK:
            break
    return seen


def resident(pid: int) -> int:
    """Resident memory of a process and what it has started, in bytes."""
    pages = 0
    for each in (pid, *children(pid)):
        with contextlib.suppress(OSError):
            pages += int(Path(f"/proc/{each}/statm").read_text().split()[1])
    return pages * PAGE

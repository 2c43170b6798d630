"""The processes of a benchmark: nginx as upstream, and the relays that stand before it."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEY = "bench-relay-key"
ANSWER = '{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[%s]}'
CHOICE = '{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}'


def nginx_config(folder: Path, port: int, proxy_port: int, sink: int) -> str:
    """One server that answers 1 KB of JSON, and one that relays to it."""
    answer = ANSWER % (CHOICE % ("x" * 860))
    return f"""
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 10000000; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s; client_max_body_size 0;
  upstream api {{ server 127.0.0.1:{port}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ default_type application/json; return 200 '{answer}'; }}
    location = /v1/files/large/content {{ alias {folder}/large; }}
  }}
  server {{
    listen 127.0.0.1:{proxy_port} backlog=4096;
    location = /v1/files {{
      proxy_pass http://127.0.0.1:{sink}; proxy_http_version 1.1; proxy_request_buffering off;
    }}
    location / {{
      proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off;
    }}
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
        time.sleep(0.05)


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path, **env: str) -> Iterator[subprocess.Popen]:
    """Run a server until the block ends; its output goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=output, stderr=output
        )
        try:
            wait_for(port, process)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def upstream(folder: Path, sink: int = 9) -> Iterator[tuple[int, int]]:
    """Run nginx; give its upstream's port and its proxy's.

    As upstream it answers before it has read a body, so the proxy sends uploads to `sink`.
    """
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    port, proxy_port = free_port(), free_port()
    config = folder / "nginx.conf"
    config.write_text(nginx_config(folder, port, proxy_port, sink))
    with running([nginx, "-c", str(config)], port, folder / "nginx.log"):
        yield port, proxy_port


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


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and what it has started, from the kernel."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(entry.name) == pid or int(fields[1]) == pid:
                    total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def resident(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")

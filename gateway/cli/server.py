"""One uvicorn server, set up as the gateway needs it."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from gateway.cli.protocol import GatewayProtocol
from gateway.errors import Problem, StartError
from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Tls:
    """Where the certificate is, for gateways without a terminator in front."""

    certfile: Path | None = None
    keyfile: Path | None = None
    password: str | None = None

    @property
    def scheme(self) -> str:
        """`https` where there is a certificate."""
        return "https" if self.certfile else "http"


# Allocations until the collector looks for cycles, and rounds until it looks at older objects. A
# request leaves few cycles; at Python's own figures looking for them is a twelfth of its cost.
COLLECT_AFTER = (20_000, 20, 20)
# Bytes. A freed block of up to this is kept for the next, and in all twice as much: enough for 32
# requests of 200 KB that are read and checked at once.
KEPT = 8 << 20


class GatewayServer(uvicorn.Server):
    """A server that tells when it listens, and that can be tied to the life of its supervisor.

    `lifeline` is the read end of a pipe: when its other end closes, the server drains and stops.
    It is set in workers, which leave Ctrl-C to their supervisor.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        on_started: Callable[[], None] = lambda: None,
        lifeline: int | None = None,
    ) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen; what was made until then is never looked at by the collector again."""
        await super().startup(sockets)
        if self._lifeline is not None:
            asyncio.get_running_loop().add_reader(self._lifeline, self._let_go, self._lifeline)
        # Looking for the start's own cycles first would be a tenth of it, for 2 MiB.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        gc.enable()
        keep_freed_memory()
        self._on_started()

    def _let_go(self, lifeline: int) -> None:
        asyncio.get_running_loop().remove_reader(lifeline)
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at SIGTERM and Ctrl-C; a second Ctrl-C cuts."""
        if self._lifeline is None or sig != signal.SIGINT:
            super().handle_exit(sig, frame)


def server_config(app: Any, settings: Settings, tls: Tls | None = None) -> uvicorn.Config:
    """Make uvicorn's configuration; raises StartError where the certificate cannot be used."""
    tls = tls or Tls()
    if tls.keyfile and not tls.certfile:
        message = "A key is given without its certificate."
        raise StartError([Problem("--ssl-certfile", message, "Give --ssl-certfile too.")])
    config = uvicorn.Config(
        app,
        loop="uvloop" if os.name == "posix" else "asyncio",
        http=GatewayProtocol,
        ws="websockets-sansio",
        ws_max_size=64 << 20,
        ws_ping_interval=20,
        ws_ping_timeout=40,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=2048,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=settings.drain,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        ssl_certfile=tls.certfile,
        ssl_keyfile=tls.keyfile,
        ssl_keyfile_password=tls.password,
    )
    try:
        config.load()
    except OSError as error:  # ssl.SSLError is one
        message = f"The certificate or its key cannot be used: {error.strerror or 'unreadable'}."
        mend = "Give the files of a PEM certificate and its key."
        raise StartError([Problem("--ssl-certfile", message, mend)]) from None
    return config


def run_server(server: uvicorn.Server, sockets: Sequence[socket.socket]) -> int:
    """Serve until SIGTERM or Ctrl-C; running requests have the drain time to end."""

    def stop(*_: object) -> None:
        server.should_exit = True

    # uvicorn puts its own handlers in their place, and when it has drained it raises the signals
    # again. That it did drain is success.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    try:
        server.run(sockets=list(sockets))
    except SystemExit as exit_:
        return int(exit_.code or 0)
    return 0


def raise_file_limit() -> None:
    """Raise the soft limit of open files to the hard one: each stream takes two."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):  # macOS refuses "unlimited"
            return


def keep_freed_memory() -> None:
    """Let the C library keep what a large body leaves, in place of giving it back at each request.

    Giving back and asking again are a page fault each 4 KiB: up to half of what relaying 200 KB
    costs, by where the memory happens to lie.
    glibc learns it from a mapped block that is freed: it raises both of its thresholds
    (mallopt(3), M_MMAP_THRESHOLD). The block is never touched, so it takes no memory.
    """
    block = bytes(KEPT)
    del block

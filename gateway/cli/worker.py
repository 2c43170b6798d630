"""A process that serves: the application, its server and its log."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.app import build_planned
from gateway.cli.server import GatewayServer, Tls, run_server, server_config
from gateway.cli.sockets import bind
from gateway.log_sink import SharedDescriptor, Sink
from gateway.logs import set_up_logs
from gateway.plan import Plan
from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that serves a plan."""

    plan: Plan
    settings: Settings
    tls: Tls

    def check(self) -> None:
        """Raise StartError where the certificate cannot be used."""
        server_config(None, self.settings, self.tls)

    def run(
        self,
        sockets: Sequence[socket.socket],
        on_started: Callable[[], None] = lambda: None,
        lifeline: int | None = None,
        log_sink: Sink | None = None,
    ) -> int:
        """Serve on bound sockets until the process is told to stop; return the exit code."""
        app = build_planned(self.plan, self.settings)
        config = server_config(app, self.settings, self.tls)
        log = set_up_logs(self.settings.log_level, self.settings.log_format, log_sink)
        try:
            return run_server(GatewayServer(config, on_started, lifeline), sockets)
        finally:
            log.close()

    def run_shared(
        self, log_sink: SharedDescriptor, lifeline: int, on_started: Callable[[], None]
    ) -> int:
        """Serve on sockets of its own, on a port that several workers share."""
        sockets = bind(self.settings.host, self.settings.port, shared=True)
        return self.run(sockets, on_started, lifeline, log_sink)

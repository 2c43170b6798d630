"""`specrelay mock`: the stand-in by itself."""

import sys
from typing import Annotated

from cyclopts import Parameter

from gateway.cli.options import Host, Port, Spec


def mock(
    *,
    spec: Spec = None,
    host: Host = None,
    port: Port = None,
    faults: Annotated[
        bool,
        Parameter(help="Let requests ask for delays, errors and broken connections.", negative=""),
    ] = False,
) -> int:
    """Serve made-up answers until SIGTERM or Ctrl-C."""
    from gateway.cli.console import though_unread
    from gateway.cli.opening import open_document
    from gateway.cli.server import GatewayServer, run_server, server_config
    from gateway.cli.sockets import bind, client_url, port_of
    from gateway.logs import set_up_logs
    from gateway.standin.app import standin_app

    opened = open_document(spec=spec, host=host, port=port)
    settings, contract = opened.settings, opened.contract
    sockets = bind(settings.host, settings.port)
    url = client_url(settings.host, port_of(sockets))

    def tell() -> None:
        with though_unread():
            print(f"Specrelay's stand-in answers for {contract.title} at {url}", file=sys.stderr)
            print("  ANSWERS ARE MADE UP from the document; no API is called.", file=sys.stderr)
            sys.stderr.flush()

    log = set_up_logs(settings.log_level, settings.log_format)
    try:
        config = server_config(standin_app(contract, faults=faults), settings)
        return run_server(GatewayServer(config, tell), sockets)
    finally:
        log.close()

"""`specrelay serve`: the gateway."""

import gc
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gateway.cli.options import Credential, Host, Port, Spec, StandInMode, Upstream, Workers

if TYPE_CHECKING:
    from gateway.cli.opening import Opened
    from gateway.cli.server import Tls
    from gateway.plan import Plan
    from gateway.settings import Settings


def serve(
    *,
    spec: Spec = None,
    upstream: Upstream = None,
    credential: Credential = None,
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    stand_in: StandInMode = "never",
    ssl_certfile: Annotated[Path | None, Parameter(help="PEM certificate, for HTTPS.")] = None,
    ssl_keyfile: Annotated[Path | None, Parameter(help="PEM key of the certificate.")] = None,
    ssl_keyfile_password: Annotated[str | None, Parameter(help="Password of that key.")] = None,
) -> int:
    """Serve a document until SIGTERM or Ctrl-C."""
    gc.disable()  # a start makes much that stays, and looking through it again takes a fifth of it
    from gateway.cli.opening import open_document
    from gateway.cli.server import Tls, raise_file_limit
    from gateway.cli.stand_in import wants_stand_in

    opened = open_document(
        spec=spec,
        upstream=upstream,
        credentials=credential,
        host=host,
        port=port,
        workers=workers,
    )
    raise_file_limit()
    made_up = stand_in == "always" or (stand_in == "auto" and wants_stand_in(opened))
    tls = Tls(ssl_certfile, ssl_keyfile, ssl_keyfile_password)
    return _bind_and_run(opened, tls, made_up)


def _bind_and_run(opened: "Opened", tls: "Tls", made_up: bool) -> int:
    """Take the address before all else, so that what is said of it is true."""
    from codegen.project import project
    from gateway.cli.sockets import check_exposure, port_of, reserve
    from gateway.cli.stand_in import stand_in_beside
    from gateway.plan import make_plan

    with ExitStack() as stack:
        sockets = reserve(opened.settings)
        for each in sockets:
            stack.callback(each.close)
        opened = opened.at_port(port_of(sockets))
        if made_up:
            opened = stack.enter_context(stand_in_beside(opened))
        plan = make_plan(opened.contract, opened.settings, project(opened.contract))
        check_exposure(opened.settings, keyless=not plan.keyring)
        code = _run(plan, opened.settings, tls, sockets, made_up)
    return code


def _run(
    plan: "Plan",
    settings: "Settings",
    tls: "Tls",
    sockets: Sequence[socket.socket],
    made_up: bool,
) -> int:
    """Serve by this process, or by as many as the settings say."""
    from gateway.cli.banner import print_banner
    from gateway.cli.console import though_unread
    from gateway.cli.worker import Worker
    from gateway.cli.workers import Supervisor
    from gateway.log_sink import SharedDescriptor
    from gateway.logs import set_up_unqueued_logs

    def tell() -> None:
        with though_unread():
            print_banner(plan, settings, tls.scheme, made_up=made_up)

    worker = Worker(plan, settings, tls)
    worker.check()
    if settings.workers == 1:
        return worker.run(sockets, on_started=tell)
    sink = SharedDescriptor(sys.stderr.fileno())
    set_up_unqueued_logs(settings.log_level, settings.log_format, sink)
    work = partial(worker.run_shared, sink)

    def tell_readers() -> None:
        if sink.has_room():  # a supervisor that waits replaces nobody, and cannot be stopped
            tell()

    return Supervisor(settings.workers, work, settings.drain, on_serving=tell_readers).run()

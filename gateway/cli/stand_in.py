"""The stand-in beside the gateway: every upstream is replaced by it, and no credential leaves."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn

from gateway.cli.opening import Opened
from gateway.cli.server import server_config
from gateway.cli.sockets import bind, client_url, port_of
from gateway.contract.model import Contract
from gateway.errors import Problem, StartError
from gateway.settings import Settings

HOST = "127.0.0.1"
START_TIME = 10.0  # seconds


def credential_variables(opened: Opened) -> list[str]:
    """Return the variables that hold the upstream's credentials."""
    named = [policy.env for policy in opened.contract.credentials.values()]
    return [*named, *(each.partition("=")[2] for each in opened.settings.credentials)]


def wants_stand_in(opened: Opened) -> bool:
    """Tell whether the API cannot be reached for want of any credential."""
    names, settings = credential_variables(opened), opened.settings
    return bool(names) and not settings.upstream and not any(map(settings.variable, names))


@contextmanager
def stand_in_beside(opened: Opened) -> Iterator[Opened]:
    """Run the stand-in in a thread; yield the same document and settings, pointed at it."""
    from gateway.standin.app import standin_app

    contract, settings = opened.contract, opened.settings
    if settings.workers > 1:
        message = "The stand-in serves one worker."
        raise StartError([Problem("SPECRELAY_WORKERS", message, "Leave out --workers.")])
    sockets = bind(HOST, 0)
    config = server_config(standin_app(contract), Settings(drain=0))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    end = time.monotonic() + START_TIME
    while not server.started and thread.is_alive() and time.monotonic() < end:
        time.sleep(0.005)
    url = client_url(HOST, port_of(sockets))
    dummies = dict.fromkeys(credential_variables(opened), "stand-in")
    try:
        yield Opened(redirected(contract, url), settings.with_variables(dummies))
    finally:
        server.should_exit = True
        thread.join(START_TIME)


def redirected(contract: Contract, url: str) -> Contract:
    """Return the contract with `url` as the server of every relayed operation, paths kept."""
    operations = {
        name: operation
        if operation.local
        else replace(operation, server=url, policy=replace(operation.policy, upstream="default"))
        for name, operation in contract.operations.items()
    }
    return replace(contract, operations=operations, upstreams={})

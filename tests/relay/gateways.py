"""Gateways over documents of the tests, on real sockets, with a raw client and the access log.

with relaying({"/pets": {"get": {}}}) as (gateway, upstream):
    answer = gateway.ask("GET", "/pets")
"""

import contextlib
import json
import logging
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.app import build_app
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.logs import members
from gateway.settings import Settings
from tests.rawhttp import RawRequest, body_of, respond
from tests.servers import Answer, RawUpstream, Served, raw_request, serve_in_thread

KEY = "a-relay-key-of-the-tests"
ANY = {"responses": {"default": {"description": "any"}}}


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as a raw client got it. `complete` is False for one that broke off."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    complete: bool

    def values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]

    @property
    def error(self) -> dict[str, Any]:
        """The members of an error that the gateway answered, in either shape."""
        said = json.loads(self.body)
        found: dict[str, Any] = said.get("error", said)
        return found


def parsed(data: bytes, head: bool = False) -> Reply:
    """Take one response apart; interim ones before it are skipped."""
    status, rest = 0, data
    while status < 200:
        first, _, rest = rest.partition(b"\r\n\r\n")
        line, *lines = first.split(b"\r\n")
        status = int(line.split(b" ")[1])
    fields = RawRequest(line, tuple(lines)).fields
    bare = head or status in (204, 304)
    body = body_of([] if bare else fields, 0 if bare else None, True)
    body.feed(rest)
    return Reply(status, tuple(fields), bytes(body.decoded), body.done)


class Lines(logging.Handler):
    """Keeps what the access log says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(members(record.__dict__["exchange"]))


@dataclass(slots=True)
class Gateway:
    """A gateway that runs."""

    served: Served
    log: Lines = field(default_factory=Lines)

    def line(self, number: int = -1, seconds: float = 5.0) -> dict[str, Any]:
        """Return a line of the access log, once it is there."""
        needed = number + 1 if number >= 0 else 1
        end = time.monotonic() + seconds
        while len(self.log.said) < needed:
            assert time.monotonic() < end, "the access log has no such line"
            time.sleep(0.005)
        return self.log.said[number]

    def ask(
        self,
        method: str,
        target: str | bytes,
        headers: Sequence[str | bytes] = (),
        body: bytes | None = None,
        key: bool = True,
    ) -> Reply:
        """Send a request as it stands here; a body gets its Content-Length."""
        data = request_bytes(method, target, headers, body, key)
        return self.send(data, head=method == "HEAD")

    def send(self, data: bytes, head: bool = False) -> Reply:
        """Send bytes as they are."""
        return parsed(raw_request(self.served.host, self.served.port, data), head)

    def connect(self) -> socket.socket:
        return socket.create_connection((self.served.host, self.served.port), 10)


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def request_bytes(
    method: str,
    target: str | bytes,
    headers: Sequence[str | bytes] = (),
    body: bytes | None = None,
    key: bool = True,
) -> bytes:
    lines = [_raw(method) + b" " + _raw(target) + b" HTTP/1.1", b"Host: 127.0.0.1"]
    lines += [f"X-Relay-Key: {KEY}".encode()] if key else []
    lines += [_raw(line) for line in headers]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def compiled(paths: Mapping[str, Any], **root: Any) -> Contract:
    """Compile a document; an operation without responses gets any."""
    filled = {
        path: {
            name: {**ANY, **value} if name != "parameters" else value
            for name, value in item.items()
        }
        for path, item in paths.items()
    }
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": filled, **root}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return load_contract(path, Path(folder) / "cache")


@contextlib.contextmanager
def gateway_to(
    contract: Contract,
    upstream: str,
    around: Callable[[Any], Any] = lambda app: app,
    **env: str,
) -> Iterator[Gateway]:
    """Serve a contract; variables that are empty are unset. `around` may wrap the application."""
    variables = {"RELAY_KEY": KEY, "SPECRELAY_UPSTREAM": upstream, **env}
    settings = Settings.load(env={k: v for k, v in variables.items() if v}, env_file=None)
    log = Lines()
    logger = logging.getLogger("specrelay.access")
    level = logger.level
    logger.addHandler(log)
    logger.setLevel(logging.INFO)
    try:
        with serve_in_thread(around(build_app(contract, settings))) as served:
            yield Gateway(served, log)
    finally:
        logger.removeHandler(log)
        logger.setLevel(level)


@contextlib.contextmanager
def relaying(
    paths: Mapping[str, Any],
    answer: Callable[[RawRequest], Answer] = lambda request: respond(b"ok"),
    root: Mapping[str, Any] | None = None,
    early: Callable[[RawRequest], Answer] | None = None,
    **env: str,
) -> Iterator[tuple[Gateway, RawUpstream]]:
    """Serve paths in front of a raw upstream."""
    contract = compiled(paths, **(root or {}))
    with (
        RawUpstream(answer, early=early) as upstream,
        gateway_to(contract, upstream.url, **env) as gateway,
    ):
        yield gateway, upstream


def taking(media_type: str, schema: Any = True, **more: Any) -> dict[str, Any]:
    """Make an operation that takes one kind of body."""
    media = {} if schema is None else {"schema": schema}
    return {"requestBody": {"required": True, "content": {media_type: media}}, **more}

"""The whole gateway in this process, called as a server calls it, and what a call costs, counted.

Counts do not depend on how busy the machine is. `python -m tests.bench.in_process` prints which
functions a small request calls.
"""

import asyncio
import collections
import gc
import io
import logging
import sys
import threading
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvloop
from starlette.types import ASGIApp, Message

from gateway.app import build_app
from gateway.contract.compile import load_contract
from gateway.log_handler import LineHandler
from gateway.logs import JsonLines
from gateway.settings import Settings
from tests.bench.counted_upstream import upstream
from tests.bench.run import BODY
from tests.costs import Note, noting

ROOT = Path(__file__).parents[2]
SMALL = BODY.encode()
JSON = b"application/json"
CHUNK = 64 * 1024
ROUNDS = 20
LIMIT = 60  # seconds for all requests of a count: no signal of a test runner interrupts uvloop
Request = tuple[str, Sequence[tuple[bytes, bytes]], Sequence[bytes]]  # path, fields, body
Work = Callable[[], Awaitable[object]]
Count = Callable[[Work], Awaitable[collections.Counter[str]]]


def small(**fields: str) -> Request:
    """Make a POST of 1 KB of JSON."""
    more = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    return "/v1/chat/completions", [(b"content-type", JSON), *more], [SMALL]


def upload(chunks: int, size: int) -> Request:
    """Make a multipart upload whose file comes in `chunks` pieces of `size` bytes."""
    head = b'--B\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    head += b'--B\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    body = [head, *([b"x" * size] * chunks), b"\r\n--B--\r\n"]
    return "/v1/files", [(b"content-type", b"multipart/form-data; boundary=B")], body


async def call(app: ASGIApp, request: Request) -> int:
    """Send one request; return how many bytes came back. Any status but 200 is an error."""
    path, fields, pieces = request
    length = str(sum(map(len, pieces))).encode()
    given = iter(pieces)
    left = len(pieces)
    received = 0

    async def receive() -> Message:
        nonlocal left
        piece = next(given, None)
        if piece is None:
            await asyncio.Event().wait()
        left -= 1
        return {"type": "http.request", "body": piece, "more_body": left > 0}

    async def send(message: Message) -> None:
        nonlocal received
        assert message.get("status", 200) == 200, message
        received += len(message.get("body", b""))

    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST"},
        **{"scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b""},
        "root_path": "",
        "headers": [
            *((b"host", b"x"), (b"authorization", b"Bearer k1"), (b"accept", b"*/*")),
            *((b"content-length", length), *fields),
        ],
        **{"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)},
    }
    await app(scope, receive, send)
    return received


async def repeated(app: ASGIApp, rounds: int, request: Callable[[], Request] = small) -> None:
    """Send requests one after the other."""
    for _ in range(rounds):
        await call(app, request())


@contextmanager
def gateway(
    spec: Path = ROOT / "spec" / "openapi.yaml",
) -> Iterator[tuple[ASGIApp, io.BytesIO]]:
    """Give the gateway, with key check and access log on, and its log."""
    log = io.BytesIO()
    handler = LineHandler(JsonLines(), log)
    logger = logging.getLogger("specrelay")
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel("INFO")
    logger.propagate = False
    try:
        with upstream() as origin:
            env = {"RELAY_KEY": "k1", "OPENAI_API_KEY": "sk-up", "SPECRELAY_UPSTREAM": origin}
            contract = load_contract(spec)
            yield build_app(contract, Settings.load(env=env, env_file=None)), log
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before
        handler.close()


async def close(app: ASGIApp) -> None:
    """Run the application's shutdown, as a server does."""

    async def receive() -> Message:
        return {"type": "lifespan.shutdown"}

    async def send(message: Message) -> None:
        assert message["type"] == "lifespan.shutdown.complete"

    await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)


@contextmanager
def unobserved() -> Iterator[None]:
    """Take away the log's other handlers: those of a test runner keep each record."""
    logger = logging.getLogger("specrelay")
    handlers = logger.handlers
    logger.handlers = [each for each in handlers if isinstance(each, LineHandler)]
    try:
        yield
    finally:
        logger.handlers = handlers


async def profiled(note: Note, work: Work) -> None:
    """Do `work` while `note` is told of every call of this thread."""
    with unobserved():
        sys.setprofile(note)
        try:
            await work()
        finally:
            sys.setprofile(None)


async def calls(work: Work) -> collections.Counter[str]:
    """Count what this thread calls while `work` runs, but for functions of this module."""
    seen: collections.Counter[str] = collections.Counter()
    await profiled(noting(seen, __file__), work)
    return seen


async def peak(work: Work) -> int:
    """Return how many bytes are allocated at the worst moment of `work`, above those before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        await work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


async def cycles(work: Work) -> int:
    """Return how many objects `work` leaves for the collector of cycles."""
    gc.collect()
    gc.disable()
    try:
        await work()
        return gc.collect()
    finally:
        gc.enable()


async def counted(
    count: Count, app: ASGIApp, request: Callable[[], Request], rounds: int = 1
) -> float:
    """Return what a request costs by `count`. What the first one compiles is not counted."""
    await repeated(app, 1, request)
    return (await count(lambda: repeated(app, rounds, request))).total() / rounds


async def of_one_more(
    count: Count, app: ASGIApp, request: Callable[[int], Request], few: int, many: int
) -> float:
    """Return what each further piece costs a request that is made with their number."""
    least = await counted(count, app, lambda: request(few))
    return (await counted(count, app, lambda: request(many)) - least) / (many - few)


async def costs(count: Count, app: ASGIApp) -> dict[str, float]:
    """Return by `count` what a small request costs, and a further event and chunk of an upload."""
    # Events that come quickly run together where counting is slow, and then cost less.
    return {
        "request": await counted(count, app, small, ROUNDS),
        "event": await of_one_more(
            count, app, lambda events: small(x_events=str(events), x_pace="3"), 10, 70
        ),
        "chunk": await of_one_more(count, app, lambda chunks: upload(chunks, CHUNK), 4, 36),
    }


def main() -> None:
    """Print the calls of one small request."""

    async def run() -> None:
        with gateway() as (app, _):
            await repeated(app, 100)
            seen = await calls(lambda: call(app, small()))
            for name, count in seen.most_common():
                print(f"{count:5d}  {name}")
            print(f"{seen.total():5d}  in all; threads {threading.active_count()}")
            await close(app)

    uvloop.run(run())


if __name__ == "__main__":
    main()

"""What answers every projected call, and whoever asks for the job of one."""

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Iterable

from starlette.types import Receive, Scope, Send

from gateway.actions.adapter import restore
from gateway.actions.arguments import read_arguments
from gateway.actions.calls import Calls
from gateway.actions.jobs import CallAnswer, Jobs, poll_answer, promise
from gateway.actions.reading import read_body, within
from gateway.actions.routes import Called, CallRoutes
from gateway.answers import Shape, render
from gateway.errors import RelayError
from gateway.exchange import exchange_of
from gateway.projection import ActionSet
from gateway.relay.headers import BODILESS

MAX_BODY = 4 << 20  # bytes; ChatGPT sends fewer than 100,000 characters
PATIENCE = 2.0  # seconds that a call has to end by itself once its client is gone
KEYLESS = "keyless"


class ActionsApplications:
    """One ASGI application for the calls of all sets, the poll of jobs included."""

    def __init__(self, sets: Iterable[ActionSet], calls: Calls, jobs: Jobs, shape: Shape) -> None:
        self._routes = CallRoutes(call for each in sets for call in each.calls)
        self._calls = calls
        self._jobs = jobs
        self._shape = shape

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one projected call. Raises RelayError for all that is wrong with it."""
        # The server leaves out the body of an answer to HEAD (RFC 9110, section 9.3.2).
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        called = self._routes.match(method, scope["raw_path"])
        body = await read_body(scope, receive, MAX_BODY)
        if called.call.kind == "job":
            answer = await self._poll(scope, called, receive)
        else:
            answer = await self._call(scope, called, body, receive)
        await send_answer(send, answer)

    async def close(self) -> None:
        """Cut the jobs that run."""
        await self._jobs.close()

    async def _call(
        self, scope: Scope, called: Called, body: bytes, receive: Receive
    ) -> CallAnswer:
        """Return a call's answer, or the job that it became."""
        call = called.call
        arguments = read_arguments(call, called.path_values, scope["query_string"], body)
        restored = restore(call, arguments, bool(body))
        gone = asyncio.Event()
        work = asyncio.create_task(self._calls.run(call, arguments, restored, scope, gone))
        seconds = self._jobs.times.answer_after - (time.perf_counter() - exchange_of(scope).started)
        try:
            if await within(work, seconds, receive):
                return work.result()
        except BaseException:
            gone.set()
            await _ended(work)
            raise
        try:
            failed = self._failed(scope)
            identity = await self._jobs.adopt(work, _owner(scope), call.name, failed)
        except BaseException:
            work.cancel()
            raise
        return promise(identity, call.name)

    async def _poll(self, scope: Scope, called: Called, receive: Receive) -> CallAnswer:
        """Return how a job stands. Raises `not_found` for one that this key has not."""
        poll = asyncio.create_task(self._jobs.poll(called.path_values[0], _owner(scope)))
        try:
            await within(poll, math.inf, receive)
            record = poll.result()
        finally:
            poll.cancel()
        if record is None:
            message = "This key has no such job; answers are kept for an hour."
            raise RelayError("not_found", message)
        return poll_answer(record)

    def _failed(self, scope: Scope) -> Callable[[RelayError], CallAnswer]:
        """Return what writes an error that nobody waits for any more."""
        exchange = exchange_of(scope)

        def failed(error: RelayError) -> CallAnswer:
            content, media_type = render(error, exchange, self._shape)
            return CallAnswer(int(error.status), content, media_type)

        return failed


async def send_answer(send: Send, answer: CallAnswer) -> None:
    """Send an answer whole."""
    headers = [*answer.headers, (b"cache-control", b"no-store")]
    if answer.media_type:
        headers.append((b"content-type", answer.media_type.encode("latin-1")))
    if answer.content or answer.status not in BODILESS:
        headers.append((b"content-length", str(len(answer.content)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})


def _owner(scope: Scope) -> str:
    return exchange_of(scope).key_id or KEYLESS


async def _ended(work: asyncio.Task[CallAnswer]) -> None:
    """Let a call that nobody waits for end by itself, so that its log line is right."""
    _, late = await asyncio.wait({work}, timeout=PATIENCE)
    for task in late:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await work

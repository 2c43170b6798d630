"""Calls that take too long for ChatGPT: answered with a job, while the upstream call goes on.

A call is waited for until a moment before its client would give up. If it is not over then, the
client is told a job to ask for, and the call goes on without it: the one exception to the rule
that a client's departure cancels its request.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gateway.errors import RelayError, UpstreamError
from gateway.logs import trace

if TYPE_CHECKING:
    from gateway.actions.store import JobRecord, JobStore

ANSWER_AFTER = 40.0  # seconds; ChatGPT gives up after 45
POLL_FOR = 20.0  # seconds that a poll waits for the end of its job
POLL_EVERY = 0.25  # seconds
Found = TypeVar("Found")
logger = logging.getLogger("specrelay")


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What a call is answered: `headers` are raw pairs without those of the content."""

    status: int
    content: bytes
    media_type: str = "application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class JobTimes:
    """Seconds. `answer_after` runs from the begin of the request."""

    answer_after: float = ANSWER_AFTER
    poll_for: float = POLL_FOR
    poll_every: float = POLL_EVERY


class Jobs:
    """The jobs of one worker, and those of all others through the store.

    The store is opened at its first use, so that a gateway that needs none writes no file.
    """

    def __init__(self, folder: Path, times: JobTimes = JobTimes()) -> None:
        self.times = times
        self._folder = folder
        self._store: JobStore | None = None
        self._opening = asyncio.Lock()
        self._running: dict[str, asyncio.Task[None]] = {}

    async def adopt(
        self,
        work: asyncio.Task[CallAnswer],
        owner: str,
        call: str,
        failed: Callable[[RelayError], CallAnswer],
    ) -> str:
        """Let a call go on as a job and return its id; `failed` writes an error of ours.

        Raises UpstreamError `upstream_timeout` where the key has too many jobs; the call is the
        caller's to cancel then.
        """
        identity = await self._call(lambda store: store.begin(owner, call))
        if identity is None:
            message = (
                f"{call} takes long, and this key has as many jobs as may run at a time; ask for "
                "one of those first."
            )
            raise UpstreamError("too_many_jobs", message, sent=True)
        follower = asyncio.create_task(self._follow(identity, work, failed))
        self._running[identity] = follower
        follower.add_done_callback(lambda _: self._running.pop(identity, None))
        return identity

    async def poll(self, identity: str, owner: str) -> "JobRecord | None":
        """Return a job of a key, once it is over or after `poll_for` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self.times.poll_for
        while True:
            record = await self._call(lambda store: store.find(identity, owner))
            if record is None or record.state != "running" or loop.time() >= end:
                return record
            await asyncio.sleep(self.times.poll_every)

    async def close(self) -> None:
        """Cut what still runs, and say so to whoever asks for it."""
        running = list(self._running.values())
        for follower in running:
            follower.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        store, self._store = self._store, None
        if store is not None:
            await asyncio.to_thread(store.close)

    async def _follow(
        self,
        identity: str,
        work: asyncio.Task[CallAnswer],
        failed: Callable[[RelayError], CallAnswer],
    ) -> None:
        """Wait for a call's end and keep what it was answered."""
        try:
            answer = await work
        except asyncio.CancelledError:
            work.cancel()
            await asyncio.shield(self._call(lambda store: store.interrupt(identity)))
            raise
        except RelayError as error:
            answer = failed(error)
        except Exception as error:
            logger.error("job %s failed: %s", identity, trace(error))
            answer = failed(
                RelayError("internal_error", "The gateway failed; its log has the place.")
            )
        kept = (answer.status, answer.media_type, answer.content)
        try:
            await self._call(lambda store: store.finish(identity, *kept))
        except Exception as error:
            logger.error("the answer of job %s is not kept: %s", identity, trace(error))

    async def _call(self, work: "Callable[[JobStore], Found]") -> Found:
        async with self._opening:
            if self._store is None:
                self._store = await asyncio.to_thread(_open, self._folder)
        return await asyncio.to_thread(work, self._store)


def _open(folder: Path) -> "JobStore":
    from gateway.actions.store import JobStore  # what is heavy and rare is imported at its use

    return JobStore(folder)


def promise(identity: str, call: str) -> CallAnswer:
    """Return the answer of a call that has become a job (RFC 9110, section 15.3.3)."""
    message = (
        f"{call} still runs. Ask for the job by its id; that answers what {call} would have "
        "answered."
    )
    return _told(202, identity, "running", message)


def poll_answer(record: "JobRecord") -> CallAnswer:
    """Return what a poll is answered: what the call was answered, once it is over."""
    if record.state == "done":
        return CallAnswer(record.status, record.answer, record.media_type)
    if record.state == "running":
        message = f"{record.call} runs for {record.seconds:.0f} s now. Ask for the job again."
        return _told(202, record.id, "running", message)
    message = (
        f"The gateway was stopped while {record.call} ran. Whether the work was done is not "
        "known: look before you make the call again."
    )
    return _told(200, record.id, "interrupted", message)


def _told(status: int, identity: str, state: str, message: str) -> CallAnswer:
    said = {"job": {"id": identity, "status": state}, "message": message}
    return CallAnswer(status, json.dumps(said, ensure_ascii=False).encode())

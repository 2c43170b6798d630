import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.actions.jobs import CallAnswer, Jobs, JobTimes
from gateway.contract.model import Contract
from gateway.errors import RelayError, UpstreamError
from tests.actions.garden import projection
from tests.actions.projected import Projected, projected
from tests.rawhttp import RawRequest, respond
from tests.servers import Act, RawUpstream

JSON = [("Content-Type", "application/json")]
QUICK = JobTimes(answer_after=0.3, poll_for=0.2, poll_every=0.02)


class Slow:
    """An upstream that answers when it is told to."""

    def __init__(self, answer: bytes = b"") -> None:
        self.answer = answer or respond(b'{"data": ["done"]}', headers=JSON)
        self.upstream = RawUpstream(self._answer)
        self.released = asyncio.Event()

    async def _answer(self, _: RawRequest) -> AsyncIterator[bytes | Act]:
        await self.released.wait()
        yield self.answer

    def release(self) -> None:
        self.upstream._loop.call_soon_threadsafe(self.released.set)


def ended(client: httpx.Client, identity: str) -> httpx.Response:
    end = time.monotonic() + 5
    while (got := client.get(f"/-/actions/jobs/{identity}")).status_code == 202:
        assert time.monotonic() < end
    return got


@pytest.fixture
def slow(plot: Contract, tmp_path: Path) -> Iterator[tuple[Slow, Projected]]:
    slow = Slow()
    with (
        slow.upstream as upstream,
        projected(plot, projection(), upstream.url, tmp_path, times=QUICK) as gateway,
    ):
        yield slow, gateway


def test_a_call_that_takes_long_becomes_a_job(slow: tuple[Slow, Projected]) -> None:
    upstream, gateway = slow
    began = time.monotonic()
    got = gateway.client.get("/-/actions/trees")
    assert 0.25 < time.monotonic() - began < 10
    assert (got.status_code, got.json()["job"]["status"]) == (202, "running")
    identity = got.json()["job"]["id"]
    began = time.monotonic()
    assert gateway.client.get(f"/-/actions/jobs/{identity}").json()["job"] == {
        "id": identity,
        "status": "running",
    }
    assert time.monotonic() - began > 0.15, "a poll waits for a while"
    upstream.release()
    said = ended(gateway.client, identity)
    assert (said.status_code, said.json()) == (200, {"data": ["done"]})
    again = gateway.client.get(f"/-/actions/jobs/{identity}")
    assert again.json() == said.json(), "an answer can be had more than once"
    assert len(upstream.upstream.requests) == 1


def test_a_job_goes_on_without_its_client(slow: tuple[Slow, Projected]) -> None:
    upstream, gateway = slow
    with httpx.Client(base_url=gateway.url, headers=gateway.client.headers) as client:
        identity = client.get("/-/actions/trees").json()["job"]["id"]
    time.sleep(0.2)
    assert not upstream.upstream.gone
    upstream.release()
    assert ended(gateway.client, identity).json() == {"data": ["done"]}


def test_a_job_is_its_own_key_s(slow: tuple[Slow, Projected]) -> None:
    upstream, gateway = slow
    identity = gateway.client.get("/-/actions/trees").json()["job"]["id"]
    upstream.release()
    with gateway.as_other() as other:
        got = other.get(f"/-/actions/jobs/{identity}")
        assert (got.status_code, got.json()["error"]["code"]) == (404, "not_found")
    assert httpx.get(f"{gateway.url}/-/actions/jobs/{identity}").status_code == 401
    assert gateway.client.get("/-/actions/jobs/job_none").status_code == 404
    assert ended(gateway.client, identity).status_code == 200


def test_another_worker_can_be_polled(plot: Contract, tmp_path: Path) -> None:
    slow = Slow()
    with (
        slow.upstream as upstream,
        projected(plot, projection(), upstream.url, tmp_path, times=QUICK) as one,
        projected(plot, projection(), upstream.url, tmp_path, times=QUICK) as two,
    ):
        identity = one.client.get("/-/actions/trees").json()["job"]["id"]
        assert two.client.get(f"/-/actions/jobs/{identity}").status_code == 202
        slow.release()
        assert ended(two.client, identity).json() == {"data": ["done"]}


def test_an_error_is_the_answer_of_a_job(plot: Contract, tmp_path: Path) -> None:
    async def answer(_: RawRequest) -> AsyncIterator[bytes | Act]:
        await asyncio.sleep(0.6)
        yield Act.RESET

    with (
        RawUpstream(answer) as upstream,
        projected(plot, projection(), upstream.url, tmp_path, times=QUICK) as gateway,
    ):
        identity = gateway.client.get("/-/actions/trees").json()["job"]["id"]
        got = ended(gateway.client, identity)
    assert (got.status_code, got.json()["error"]["code"]) == (502, "upstream_disconnected")


def test_a_restart_marks_what_it_cut(plot: Contract, tmp_path: Path) -> None:
    slow = Slow()
    with slow.upstream as upstream:
        with projected(plot, projection(), upstream.url, tmp_path, times=QUICK) as gateway:
            identity = gateway.client.get("/-/actions/trees").json()["job"]["id"]
        assert upstream.wait(lambda up: up.gone, 3), "the upstream call was cut"
        with projected(plot, projection(), upstream.url, tmp_path, times=QUICK) as gateway:
            got = gateway.client.get(f"/-/actions/jobs/{identity}")
    assert got.json()["job"] == {"id": identity, "status": "interrupted"}


def test_a_quick_call_leaves_no_trace(plot: Contract, tmp_path: Path) -> None:
    with (
        RawUpstream(lambda _: respond(b"{}", headers=JSON)) as upstream,
        projected(plot, projection(), upstream.url, tmp_path, times=QUICK) as gateway,
    ):
        assert gateway.client.get("/-/actions/trees").json() == {}
    assert not list(tmp_path.iterdir())


def test_too_many_jobs_of_one_key(tmp_path: Path) -> None:
    async def work() -> CallAnswer:
        await asyncio.Event().wait()
        raise AssertionError

    def failed(error: RelayError) -> CallAnswer:
        return CallAnswer(int(error.status), b"")

    async def adopted() -> list[Any]:
        jobs = Jobs(tmp_path, QUICK)
        tasks = [asyncio.create_task(work()) for _ in range(18)]
        try:
            adopting = (jobs.adopt(task, "a-key", "slow", failed) for task in tasks)
            return list(await asyncio.gather(*adopting, return_exceptions=True))
        finally:
            await jobs.close()
            await asyncio.sleep(0)
            assert [task.cancelled() for task in tasks].count(True) == 16, "what was taken is cut"
            for task in tasks:
                task.cancel()

    found = asyncio.run(adopted())
    refused = [each for each in found if isinstance(each, UpstreamError)]
    assert (len(refused), refused[0].code) == (2, "too_many_jobs")

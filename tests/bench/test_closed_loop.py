"""A closed loop fails where a relay refuses what it is sent, or is not there."""

import os
import shutil
import time
from pathlib import Path

import pytest

from tests.bench.closed_loop import LoadFailed, load, posting
from tests.bench.posts import answering
from tests.bench.rivals import Rival
from tests.bench.servers import free_port

BODY = '{"model": "m"}'

pytestmark = pytest.mark.skipif(shutil.which("wrk") is None, reason="needs wrk")


def rival(port: int) -> Rival:
    return Rival("relay", port, os.getpid())


def test_each_answer_is_counted_and_timed(tmp_path: Path) -> None:
    seen: set[bytes] = set()

    def status_of(body: bytes) -> int:
        seen.add(body)
        return 200

    with answering(status_of) as port:
        one = rival(port)
        load(one, posting(tmp_path / "post.lua", BODY), 1, 2)
    assert seen == {BODY.encode()}
    assert one.answered > 10
    assert one.rates[0] > 10
    assert one.costs[0] > 1
    assert 0 < one.p50[0] <= one.p99[0] <= one.p999[0]
    assert one.memory > 1 << 20


def test_a_refused_request_fails_and_is_told_by_its_kind(tmp_path: Path) -> None:
    script = posting(tmp_path / "post.lua", BODY)
    with (
        answering(lambda _: 403) as port,
        pytest.raises(LoadFailed, match=r"failed under load: \d+ requests; errors: status \d+$"),
    ):
        load(rival(port), script, 1, 2)


def test_a_late_answer_fails(tmp_path: Path) -> None:
    def late(_: bytes) -> int:
        time.sleep(1.2)
        return 200

    script = posting(tmp_path / "post.lua", BODY)
    with answering(late) as port:
        with pytest.raises(LoadFailed, match="timeout"):
            load(rival(port), script, 2, 2, patience=1)
        load(rival(port), script, 2, 2, patience=2)


def test_a_relay_that_is_not_there_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="wrk failed: unable to connect"):
        load(rival(free_port()), posting(tmp_path / "post.lua", BODY), 1, 2)


def test_a_script_has_the_fields_that_it_is_given_and_no_other(tmp_path: Path) -> None:
    text = posting(tmp_path / "post.lua", BODY, {"X-Own": "key"}).read_text()
    assert 'wrk.headers["X-Own"] = "key"' in text
    assert "Authorization" not in text
    assert 'Bearer bench-relay-key"' in posting(tmp_path / "post.lua", BODY).read_text()

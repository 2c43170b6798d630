"""The first answer of a cold start is one of the upstream's."""

from pathlib import Path

import pytest

from tests.bench.cold import first_answer
from tests.bench.posts import answering
from tests.bench.run import BODY


def test_the_first_request_is_valid_and_relayed(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def status_of(body: bytes) -> int:
        seen.append(body)
        return 200

    with answering(status_of) as port:
        ready, answered, held = first_answer(tmp_path, port)
    assert seen == [BODY.encode()]
    assert 0 < ready < answered
    assert held > 10 << 20


def test_a_first_request_that_fails_ends_the_run(tmp_path: Path) -> None:
    with answering(lambda _: 418) as port, pytest.raises(SystemExit, match="answered 418"):
        first_answer(tmp_path, port)

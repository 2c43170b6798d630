"""A closed loop fails where a relay refuses what it is sent; ratios are of rounds side by side."""

import shutil
from pathlib import Path

import pytest

from tests.bench.posts import answering
from tests.bench.run import BODY, SCRIPT, Rival, load, ratio
from tests.bench.servers import KEY


@pytest.mark.skipif(shutil.which("wrk") is None, reason="needs wrk")
def test_a_refused_request_under_load_fails(tmp_path: Path) -> None:
    script = tmp_path / "post.lua"
    script.write_text(SCRIPT % (BODY, KEY))
    with answering(lambda _: 403) as port, pytest.raises(SystemExit, match="failed under load"):
        load(Rival("specrelay", port, 0), script, 1, 2)
    with answering(lambda _: 200) as port:
        rival = Rival("specrelay", port, 0)
        load(rival, script, 1, 2)
    assert rival.answered > 10
    assert rival.rates[0] > 10
    assert 0 < rival.p50[0] <= rival.p99[0] <= rival.p999[0]


def test_ratios_are_of_rounds_side_by_side() -> None:
    assert ratio([10.0, 40.0, 90.0], [5.0, 10.0, 30.0]) == 3

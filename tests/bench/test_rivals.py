"""Relays stand before the upstream that they are given; ratios are of rounds side by side."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway.contract.compile import load_contract
from tests.bench.checked import status_of
from tests.bench.posts import answering
from tests.bench.rivals import BARE, NGINX, USUAL, ratio, start, unchecked
from tests.bench.tools import missing

needs_nginx = pytest.mark.skipif(missing(["nginx"]) != [], reason="needs nginx")


def test_ratios_are_of_rounds_side_by_side() -> None:
    assert ratio([10.0, 40.0, 90.0], [5.0, 10.0, 30.0]) == 3


def test_a_round_that_one_did_not_have_is_not_compared() -> None:
    assert ratio([10.0], [5.0, 1.0, 1.0]) == 2


@pytest.mark.parametrize("name", [USUAL, BARE, pytest.param(NGINX, marks=needs_nginx)])
def test_a_relay_sends_the_body_on_and_the_answer_back(name: str, tmp_path: Path) -> None:
    statuses = {b"one": 200, b"two": 418}
    with answering(statuses.__getitem__) as port, ExitStack() as stack:
        (rival,) = start(stack, tmp_path, port, [name])
        assert [status_of(rival.port, body.decode()) for body in statuses] == [200, 418]
        assert rival.name == name
        assert Path(f"/proc/{rival.pid}").is_dir()


def test_the_document_without_validation_is_the_same_but_for_that(tmp_path: Path) -> None:
    operations = load_contract(unchecked(tmp_path)).operations
    relayed = [each for each in operations.values() if not each.local]
    assert len(relayed) > 100
    assert {each.policy.request for each in relayed} == {"off"}
